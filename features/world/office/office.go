// Package office is where the people of a scenario administer the gateway: it lets them do operations of the
// contract, and notes in the record who tried what on which ground and what the gateway said. Passwords and PINs
// are masked there.
//
// It leaves out where the people sit (features/world), how an operation reaches a gateway (features/sut), and
// whether the answer is right (features/check).
package office

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"demailbench/features/check"
	"demailbench/features/check/deed"
	"demailbench/features/sut/contract"
	"demailbench/features/sut/driver"
	"demailbench/features/sut/protocol"
	"demailbench/sim/record"
)

// Patience is how long a person waits for an answer.
const Patience = time.Minute

// Options say for which world.
type Options struct {
	Record *record.Record
	Clock  interface {
		Now() time.Time
		WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc)
	}
	// Driver is what carries out operations now; the error says why there is nothing.
	Driver func() (driver.Driver, error)
	// Host is the host at which the people of an organisation sit.
	Host func(org string) (string, error)
	// Scenario is named to drivers.
	Scenario string
	// Secret is what passwords derive from.
	Secret []byte
	// Note puts an expectation into the record, and returns the error of the step when it does not hold now.
	Note func(check.Expectation) error
	// GiveUp ends the scenario without a judgement of the gateway: name is check.Impossible, check.Inapplicable or
	// check.Unjudged.
	GiveUp func(name, reason string) error
	// Networks says how a gateway outside the world sees networks of the world; nil: as they are.
	Networks func(networks []string) ([]string, error)
	// Lacks returns why the gateway's vendor says that it has no such operation; lacks is false when he does not.
	Lacks func(operation string) (reason string, lacks bool)
}

// Office is the people and their papers. Its methods are for one goroutine at a time.
type Office struct {
	o      Options
	papers map[string]string
	// seen are networks as the gateway sees them, in JSON, and as they are.
	seen  map[string]json.RawMessage
	count int
	last  Answer
	staff map[contract.As]bool
	// work and incident are the maintenance and the disturbance that steps mean.
	work, incident string
}

// New returns an office without people.
func New(o Options) *Office {
	return &Office{o: o, papers: map[string]string{}, seen: map[string]json.RawMessage{}, staff: map[contract.As]bool{}}
}

// Answer is what became of an operation.
type Answer struct {
	// Number is its number in the record, Name its name.
	Number, Name string
	// Outcome is deed.Done, deed.Refusal or deed.NoAnswer.
	Outcome string
	// Result is the answer when done, Refusal the no when refused.
	Result  json.RawMessage
	Refusal *contract.Refusal
	// Reason is why there is no answer.
	Reason string
	// As is who acted.
	As contract.As
}

// Lacking is the error of an operation that the gateway has not. Declared says that its vendor said so.
type Lacking struct {
	Operation, Reason string
	Declared          bool
}

// Error says so.
func (l *Lacking) Error() string {
	if l.Declared {
		return fmt.Sprintf("sut.yaml declares that the gateway has no %s (%s), and it has not", l.Operation, l.Reason)
	}
	return fmt.Sprintf("UNSUPPORTED: the scenario needs %s, and the gateway's driver answers that it has nothing like it (%s); declare it in sut.yaml under capabilities, with the reason", l.Operation, l.Reason)
}

// Unready is the error of what a scenario begins with, when the gateway does not do it.
type Unready struct{ Reason string }

// Error is the reason.
func (u *Unready) Error() string { return u.Reason }

// Last is the answer to the operation that a step asked for last.
func (f *Office) Last() Answer {
	if f.last.Number == "" {
		panic("this step needs an operation, and none was done before it")
	}
	return f.last
}

// Do lets somebody do an operation that a step asked for. args is what encodes to the contract's arguments. What the
// gateway says is in the answer; the error ends the scenario.
func (f *Office) Do(as contract.As, operation string, args any) (Answer, error) {
	a, err := f.do(as, operation, args, "")
	f.last = a
	return a, f.Asked(err)
}

// Try is Do for one of many operations of a step: the error is a *Lacking, a *driver.Fault, or a mistake of the step.
func (f *Office) Try(as contract.As, operation string, args any) (Answer, error) {
	return f.do(as, operation, args, "")
}

// Asked tells apart what an operation's error means for the scenario.
func (f *Office) Asked(err error) error {
	var lacking *Lacking
	var unready *Unready
	var fault *driver.Fault
	switch {
	case errors.As(err, &lacking) && lacking.Declared:
		return f.o.GiveUp(check.Inapplicable, lacking.Error())
	case errors.As(err, &lacking), errors.As(err, &unready):
		return f.o.GiveUp(check.Impossible, err.Error())
	case errors.As(err, &fault):
		return f.o.GiveUp(check.Unjudged, fault.Error())
	}
	return err
}

// Prepare lets somebody do what a scenario begins with. Anything but done is an error.
func (f *Office) Prepare(as contract.As, args contract.Args, result any) error {
	a, err := f.do(as, args.Operation(), args, deed.SetUp)
	switch {
	case err != nil:
		return err
	case a.Outcome == deed.Refusal:
		return &Unready{fmt.Sprintf("%s by %s of %s, which the scenario begins with, is %s", a.Name, as.Person, as.Org, a.Refusal)}
	case a.Outcome != deed.Done:
		return &Unready{fmt.Sprintf("%s by %s of %s, which the scenario begins with, got no answer: %s", a.Name, as.Person, as.Org, a.Reason)}
	case result == nil:
		return nil
	}
	return json.Unmarshal(a.Result, result)
}

func (f *Office) do(as contract.As, operation string, args any, kind string) (Answer, error) {
	f.count++
	a := Answer{Number: fmt.Sprintf("op-%d", f.count), Name: operation, As: as}
	host, err := f.o.Host(as.Org)
	if err != nil {
		return a, err
	}
	op, r, err := request(as, operation, args)
	if err != nil {
		return a, err
	}
	d, err := f.o.Driver()
	if err != nil {
		return a, err
	}
	ctx, cancel := f.o.Clock.WithTimeout(context.Background(), Patience)
	defer cancel()
	sent := r
	if sent.Args, err = f.abroad(r.Args); err != nil {
		return a, err
	}
	out, err := d.Do(ctx, driver.Op{Request: sent, Scenario: f.o.Scenario})
	out.Data = f.home(out.Data)
	var fault *driver.Fault
	if errors.As(err, &fault) {
		return a, err
	}
	e := record.Event{Who: host, Kind: record.Operation, Session: a.Number, Name: operation, Type: kind, Identity: fmt.Sprintf("%s (%s of %s)", as.Person, as.Role, as.Org)}
	if err := a.note(&e, op, r, out, err); err != nil {
		return a, err
	}
	f.o.Record.Add(e)
	return a, f.declared(operation, a, out.Reason)
}

// note writes what became of an operation into the answer and into its event, secrets masked.
func (a *Answer) note(e *record.Event, op contract.Operation, r contract.Request, out driver.Outcome, err error) error {
	masked, secrets := op.RedactArgs(r.Args)
	detail := map[string]any{"as": a.As, "args": json.RawMessage(masked)}
	switch {
	case err != nil:
		a.Outcome, a.Reason = deed.NoAnswer, hide(err.Error(), secrets)
		e.Error = a.Reason
	case out.Status == protocol.Done:
		shown, _ := op.RedactResult(out.Data)
		a.Outcome, a.Result, detail["result"] = deed.Done, out.Data, json.RawMessage(shown)
	case out.Status == protocol.Refused:
		said := *out.Refusal
		said.Reason = hide(said.Reason, secrets)
		a.Outcome, a.Refusal, detail["refusal"] = deed.Refusal, &said, said
		e.Rule, e.Error = said.Rule, said.Reason
	default:
		a.Outcome, e.Error = deed.Unsupported, out.Reason
	}
	text, err := json.Marshal(detail)
	e.Text, e.Detail = a.Outcome, string(text)
	return err
}

// declared compares an answer with what the vendor has declared.
func (f *Office) declared(operation string, a Answer, said string) error {
	reason, lacks := f.o.Lacks(operation)
	switch {
	case a.Outcome == deed.Unsupported && lacks:
		return &Lacking{operation, reason, true}
	case a.Outcome == deed.Unsupported:
		return &Lacking{operation, said, false}
	case lacks && a.Outcome != deed.NoAnswer:
		f.o.Record.Add(record.Event{Who: "bench", Kind: record.Action, Name: check.Undeclared,
			Detail: fmt.Sprintf("%s is declared absent (%s), and it is answered: %s", operation, reason, a.Outcome)})
	}
	return nil
}

// request makes a request of an operation.
func request(as contract.As, operation string, args any) (contract.Operation, contract.Request, error) {
	r := contract.Request{Name: operation}
	op, ok := contract.Lookup(operation)
	if !ok {
		return op, r, fmt.Errorf("the contract has no operation %q; its operations are %s", operation, strings.Join(contract.Names(), ", "))
	}
	if args == nil {
		args = contract.Nothing{}
	}
	var err error
	if r.As, err = json.Marshal(as); err == nil {
		r.Args, err = contract.Encode(args)
	}
	if err == nil {
		err = contract.CheckAs(r.As)
	}
	if err == nil {
		err = op.CheckArgs(r.Args)
	}
	if err != nil {
		return op, r, fmt.Errorf("%s: %w", operation, err)
	}
	return op, r, nil
}

// hide masks secrets in a text.
func hide(text string, secrets []string) string {
	for _, s := range secrets {
		if s != "" {
			text = strings.ReplaceAll(text, s, "***")
		}
	}
	return text
}
