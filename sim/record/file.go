package record

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// Write stores events as JSON lines.
func Write(w io.Writer, events []Event) error {
	bw := bufio.NewWriter(w)
	enc := json.NewEncoder(bw)
	enc.SetEscapeHTML(false)
	for _, e := range events {
		if err := enc.Encode(e); err != nil {
			return fmt.Errorf("record: write event %d: %w", e.Seq, err)
		}
	}
	return bw.Flush()
}

// Read loads events written by Write. It refuses unknown fields and kinds, missing fields and gaps in the
// numbering, naming the line.
func Read(r io.Reader) ([]Event, error) {
	var events []Event
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 64<<10), 16<<20)
	for sc.Scan() {
		line := len(events) + 1
		dec := json.NewDecoder(bytes.NewReader(sc.Bytes()))
		dec.DisallowUnknownFields()
		var e Event
		if err := dec.Decode(&e); err != nil {
			return nil, fmt.Errorf("record: line %d: %w", line, err)
		}
		if err := Validate(e); err != nil {
			return nil, fmt.Errorf("record: line %d: %w", line, err)
		}
		if e.Seq != line {
			return nil, fmt.Errorf("record: line %d has seq %d: lines are missing or out of order", line, e.Seq)
		}
		events = append(events, e)
	}
	if err := sc.Err(); err != nil {
		return nil, fmt.Errorf("record: line %d: %w", len(events)+1, err)
	}
	return events, nil
}
