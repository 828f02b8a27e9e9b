package office

import (
	"encoding/json"
	"fmt"
)

// abroad writes the networks among arguments as a gateway outside the world sees them.
func (f *Office) abroad(args json.RawMessage) (json.RawMessage, error) {
	var fields map[string]json.RawMessage
	var networks []string
	if f.o.Networks == nil || json.Unmarshal(args, &fields) != nil || json.Unmarshal(fields["networks"], &networks) != nil {
		return args, nil
	}
	theirs, err := f.o.Networks(networks)
	if err != nil {
		return nil, fmt.Errorf("networks: %w", err)
	}
	ours := fields["networks"]
	if fields["networks"], err = json.Marshal(theirs); err != nil {
		return nil, err
	}
	f.seen[string(fields["networks"])] = ours
	return json.Marshal(fields)
}

// home writes the networks in an answer as they are in the world.
func (f *Office) home(answer json.RawMessage) json.RawMessage {
	var fields map[string]json.RawMessage
	if f.o.Networks == nil || json.Unmarshal(answer, &fields) != nil {
		return answer
	}
	var networks []string
	if json.Unmarshal(fields["networks"], &networks) != nil {
		return answer
	}
	text, err := json.Marshal(networks)
	ours, ok := f.seen[string(text)]
	if err != nil || !ok {
		return answer
	}
	fields["networks"] = ours
	if text, err = json.Marshal(fields); err != nil {
		return answer
	}
	return text
}
