package journal

// Extract is a part of a log.
type Extract struct {
	Lines []Line
	// Intact says that the whole log is as it was written.
	Intact bool
	// More says that lines were left off; Next is the number after which they begin.
	More bool
	Next int64
}

// Chunk is how many lines Read asks for at a time.
const Chunk = 1000

// Read follows a whole log and keeps the lines after number after that fit, at most limit. lines returns the next
// Chunk lines after a number, fewer at the end; known is the end of the log that was noted elsewhere. The error is
// that of lines; a log that is broken is not Intact.
func Read(known Head, after int64, limit int, fits func(Entry) bool, lines func(after int64) ([]Line, error)) (Extract, error) {
	x := Extract{Intact: true}
	var at Head
	for last := int64(0); ; {
		part, err := lines(last)
		if err != nil {
			return Extract{}, err
		}
		if at, err = Verify(at, part); err != nil {
			x.Intact = false
		}
		if err := x.take(part, after, limit, fits); err != nil {
			x.Intact = false
		}
		if len(part) < Chunk {
			break
		}
		last = part[len(part)-1].Number
	}
	if at.Number < known.Number { // it may have grown meanwhile, but never shrunk
		x.Intact = false
	}
	return x, nil
}

func (x *Extract) take(lines []Line, after int64, limit int, fits func(Entry) bool) error {
	for _, l := range lines {
		if l.Number <= after || x.More {
			continue
		}
		e, err := l.Entry()
		if err != nil {
			return err
		}
		if !fits(e) {
			continue
		}
		if len(x.Lines) == limit {
			x.More, x.Next = true, x.Lines[limit-1].Number
			continue
		}
		x.Lines = append(x.Lines, l)
	}
	return nil
}
