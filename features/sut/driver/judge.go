package driver

import (
	"encoding/json"
	"strings"

	"demailbench/features/sut/contract"
	"demailbench/features/sut/driver/transcript"
	"demailbench/features/sut/protocol"
)

// judge turns a result into an outcome.
func (p *Process) judge(op Op, r *protocol.Result) (Outcome, error) {
	out, f := judge(op.Name, r, p.o.Kept)
	if f == nil {
		clean(p.log, &out)
		return out, nil
	}
	f = f.during(op.Name, r.ID)
	f.Text = p.log.Mask(f.Text)
	f.Stderr = p.log.Mask(lastLine(p.prog.LastWords()))
	p.log.Text("note", f.Error())
	return Outcome{}, f
}

// lastLine is the last line of a text that is not empty.
func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndexByte(text, '\n')+1:]
}

// judge checks that an answer is well-formed for its operation. kept is where the transcript will be found.
func judge(name string, r *protocol.Result, kept string) (Outcome, *Fault) {
	out := Outcome{Status: r.Status, Reason: r.Reason, Evidence: r.Evidence}
	operation, known := contract.Lookup(name)
	switch r.Status {
	case protocol.Failed:
		return out, faultf(Failed, "read what was said in "+kept, "the driver could not carry it out: %s", orNone(r.Reason))
	case protocol.Refused:
		if err := contract.CheckRefusal(orEmpty(r.Refusal)); err != nil {
			return out, faultf(Malformed, "answer refusals with rule, reason and who_fixes", "refused, but: %v", err)
		}
		out.Refusal = new(contract.Refusal)
		if err := json.Unmarshal(r.Refusal, out.Refusal); err != nil {
			return out, faultf(Malformed, "answer refusals with rule, reason and who_fixes", "refused, but: %v", err)
		}
	case protocol.Done:
		out.Data = orEmpty(r.Data)
		if !known {
			return out, nil
		}
		if err := operation.CheckResult(out.Data); err != nil {
			return out, faultf(Malformed, "answer as "+operation.Group+".json says", "done, but the result is not as agreed: %v", err)
		}
	}
	return out, nil
}

// oneLine joins the lines of a text.
func oneLine(s string) string { return strings.ReplaceAll(s, "\n", ", ") }

func orNone(reason string) string {
	if reason == "" {
		return "no reason given"
	}
	return reason
}

func orEmpty(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage("{}")
	}
	return raw
}

// clean masks what a driver wrote freely and reports will show.
func clean(log *transcript.Transcript, o *Outcome) {
	o.Reason = log.Mask(o.Reason)
	for i := range o.Evidence {
		o.Evidence[i].Text = log.Mask(o.Evidence[i].Text)
	}
	if o.Refusal != nil {
		o.Refusal.Reason = log.Mask(o.Refusal.Reason)
	}
}
