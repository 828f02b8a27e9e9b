package check

import (
	"crypto/x509"
	"fmt"
	"slices"
	"strings"

	"demailbench/sim/demail"
	"demailbench/sim/demail/sign"
	"demailbench/sim/record"
)

// proven judges the integrity header of the mail in Mailbox as its holder would: with the certificate in the
// message, never with anything from the network (TR-01201-3.4 3.1.13).
func (c *Case) proven(x Expectation) Finding {
	f := Finding{Expected: fmt.Sprintf("the proof of the De-Mail %s in mailbox %s holds", x.Nonce, x.Mailbox)}
	if x.Type == Broken {
		f.Expected = fmt.Sprintf("the proof of the De-Mail %s in mailbox %s does not hold", x.Nonce, x.Mailbox)
	}
	got := c.stored(x.Mailbox, func(m *record.Message) bool { return carries(m, x.Nonce) })
	if len(got) == 0 {
		f.Observed, f.Event, f.Missing = "it is not there"+c.last(x.Nonce), c.lastEvent(x.Nonce), !c.denied(x.Nonce)
		return f
	}
	e := got[0]
	f.Event = e.Seq
	h, err := demail.ScanHeader(e.Msg.Header)
	if err != nil {
		f.Observed = err.Error()
		return f
	}
	roots, ok := c.roots()
	if !ok {
		f.Observed, f.Verdict = "the scene names no authority", Inconclusive
		return f
	}
	body, err := c.Body(e.Msg.Body) // whole, however large: the hash is over all of it
	if err != nil {
		f.Observed, f.Verdict = "its body cannot be read: "+err.Error(), Inconclusive
		return f
	}
	defer body.Close()
	proof, err := sign.Verify(h, body, sign.Trust{Roots: roots, At: e.At})
	if err != nil {
		f.OK, f.Observed = x.Type == Broken, err.Error()
		return f
	}
	if x.Type == Broken {
		f.Observed = "it holds"
		return f
	}
	f.OK = true
	f.Observed = fmt.Sprintf("%s, hash only", proof.Hash)
	if proof.Certificate != nil {
		f.Observed = fmt.Sprintf("%s with %s, signed by %s", proof.Hash, proof.Algorithm, proof.Certificate.Subject)
	}
	return f
}

// Broken is the Type of a Proven expectation about a De-Mail that was tampered with.
const Broken = "broken"

// discreet judges blind copies: each recipient has a De-Mail of its own (TR-01201-3.1 step 29), which does not name
// another one that is blind.
func (c *Case) discreet(x Expectation) Finding {
	f := Finding{Expected: fmt.Sprintf("the De-Mail %s in mailbox %s does not name %s, and is another one than there", x.Nonce, x.Mailbox, x.Address)}
	is := func(m *record.Message) bool { return carries(m, x.Nonce) }
	here, there := c.stored(x.Mailbox, is), c.stored(x.Address, is)
	if len(here) == 0 || len(there) == 0 {
		f.Observed, f.Missing = "one of them is not there", true
		return f
	}
	f.Event = here[0].Seq
	switch {
	case strings.Contains(strings.ToLower(here[0].Msg.Header), strings.ToLower(x.Address)):
		f.Observed = "it names " + x.Address
	case slices.Equal(header(here[0].Msg.Header, demail.FieldMessageID), header(there[0].Msg.Header, demail.FieldMessageID)):
		f.Observed = "both are one De-Mail"
	default:
		f.OK, f.Observed = true, "it does not"
	}
	return f
}

// roots is whom the judge trusts for providers' certificates, and whether the scene names one.
func (c *Case) roots() (*x509.CertPool, bool) {
	roots := x509.NewCertPool()
	return roots, roots.AppendCertsFromPEM([]byte(c.Scene.Authority))
}
