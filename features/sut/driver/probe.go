package driver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"demailbench/features/sut/contract"
	"demailbench/features/sut/jsonschema"
	"demailbench/features/sut/protocol"
)

// unknown asks for what no driver can know.
func (k *checker) unknown(ctx context.Context) {
	name := "check." + k.nonce
	switch out, err := k.do(ctx, name, contract.Bench, []byte("{}")); {
	case err != nil:
		k.fault(err)
	case out.Status != protocol.Unsupported:
		k.add(Problem, "answer every operation that is not in your table with \"unsupported\"", "the unknown operation %s was answered with %s", name, out.Status)
	default:
		k.add(OK, "", "an unknown operation is answered with unsupported")
	}
}

// reset does it twice.
func (k *checker) reset(ctx context.Context) {
	if !slices.Contains(k.report.Hello.Capabilities, "reset") {
		return // noted as missing
	}
	for _, turn := range []string{"first", "second"} {
		switch out, err := k.do(ctx, "reset", contract.Bench, []byte("{}")); {
		case err != nil:
			k.fault(err)
			k.add(NotChecked, "", "reset: the %s did not succeed, so idempotence is unknown", turn)
			return
		case out.Status != protocol.Done:
			k.add(Problem, "reset must succeed at any time, twice in a row too", "the %s reset was answered with %s", turn, out.Status)
			return
		}
	}
	k.add(OK, "", "reset is answered with done, twice; whether it did anything only a run can tell")
}

// resetAgain leaves the gateway as it was found.
func (k *checker) resetAgain(ctx context.Context) {
	if slices.Contains(k.report.Hello.Capabilities, "reset") {
		if _, err := k.do(ctx, "reset", contract.Bench, []byte("{}")); err != nil {
			k.fault(err)
		}
	}
}

// absent asks for what is not declared.
func (k *checker) absent(ctx context.Context) {
	var wrong []string
	tried := k.each(ctx, func(o contract.Operation) bool { return !slices.Contains(k.report.Hello.Capabilities, o.Name) }, func(o contract.Operation, out Outcome) {
		if out.Status != protocol.Unsupported {
			wrong = append(wrong, fmt.Sprintf("%s (%s)", o.Name, out.Status))
		}
	})
	switch {
	case len(wrong) > 0:
		k.add(Problem, "declare what is carried out, and answer the rest with \"unsupported\"", "not declared, but not answered with unsupported: %s", strings.Join(wrong, ", "))
	case tried > 0:
		k.add(OK, "", "%d operations that are not declared are answered with unsupported", tried)
	}
}

// present asks for what is declared and does no harm.
func (k *checker) present(ctx context.Context) {
	var wrong, untouched []string
	answered := 0
	k.each(ctx, func(o contract.Operation) bool {
		if !slices.Contains(k.report.Hello.Capabilities, o.Name) || o.Name == "reset" {
			return false
		}
		if !harmless(o) {
			untouched = append(untouched, o.Name)
			return false
		}
		return true
	}, func(o contract.Operation, out Outcome) {
		if answered++; out.Status == protocol.Unsupported {
			wrong = append(wrong, o.Name)
		}
	})
	if len(wrong) > 0 {
		k.add(Problem, "declare only what is carried out", "declared, but answered with unsupported: %s", strings.Join(wrong, ", "))
	} else if answered > 0 {
		k.add(OK, "", "%d declared operations answer, well-formed", answered)
	}
	if len(untouched) > 0 {
		k.add(NotChecked, "", "these would change the gateway and were not called: %s", strings.Join(untouched, ", "))
	}
}

// harmless reports whether an operation can be tried: it reads, or names a tenant that will not exist.
func harmless(o contract.Operation) bool {
	if o.Disruptive {
		return false
	}
	var args map[string]any
	if err := json.Unmarshal(o.Examples[0].Args, &args); err != nil {
		return false
	}
	_, tenant := args["tenant"]
	_, org := args["org"]
	return o.Reads || o.Name != "tenant.enrol" && (tenant || org)
}

// each calls the operations that want says, as many at once as the driver takes, and gives what was answered to
// got, one at a time. It returns how many answered.
func (k *checker) each(ctx context.Context, want func(contract.Operation) bool, got func(contract.Operation, Outcome)) int {
	var wg sync.WaitGroup
	var mu sync.Mutex
	tried, late := 0, 0
	for _, o := range contract.Operations() {
		if !want(o) {
			continue
		}
		wg.Go(func() {
			e := o.Examples[0]
			out, err := k.do(ctx, o.Name, k.nobody(e.As), k.nowhere(e.Args))
			mu.Lock()
			defer mu.Unlock()
			switch {
			case ctx.Err() != nil:
				late++
			case err != nil:
				k.failed(o, err)
			default:
				tried++
				got(o, out)
			}
		})
	}
	wg.Wait()
	if late > 0 {
		k.add(NotChecked, "make the driver faster, or give the check more time", "%d operations were not reached within %v", late, k.o.Budget)
	}
	return tried
}

// failed reports a fault once: those that end the driver reach every operation under way. That the driver could
// not carry out an operation for a tenant that does not exist is worth a note only.
func (k *checker) failed(o contract.Operation, err error) {
	var f *Fault
	switch {
	case k.broken:
	case errors.As(err, &f) && f.Kind == Failed:
		k.add(Note, "answer refusals of the gateway with status \"refused\"", "%s for a tenant that does not exist: %s", o.Name, f.Text)
	default:
		k.fault(err)
	}
}

// nobody is the acting person of an example in a tenant that does not exist.
func (k *checker) nobody(as contract.As) contract.As {
	if as.Org != contract.Operator && as.Org != contract.KDNGmbH {
		as.Org, as.Person = "check-"+k.nonce, "check-"+k.nonce
	}
	return as
}

// nowhere are the arguments of an example for a tenant that does not exist.
func (k *checker) nowhere(args json.RawMessage) []byte {
	v, err := jsonschema.Parse(args)
	o, ok := v.(jsonschema.Object)
	if err != nil || !ok {
		return args
	}
	for i, m := range o {
		if m.Key == "tenant" || m.Key == "org" {
			o[i].Value = "check-" + k.nonce
		}
	}
	out, err := json.Marshal(o)
	if err != nil {
		return args
	}
	return out
}
