package check

import (
	"crypto/x509"
	"fmt"

	"demailbench/sim/demail"
	"demailbench/sim/demail/sign"
	"demailbench/sim/record"
)

// proven judges the integrity header of the mail in Mailbox as its holder would: with the certificate in the
// message, never with anything from the network (TR-01201-3.4 3.1.13).
func (c *Case) proven(x Expectation) Finding {
	f := Finding{Expected: fmt.Sprintf("the proof of the De-Mail %s in mailbox %s holds", x.Nonce, x.Mailbox)}
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
		f.Observed = err.Error()
		return f
	}
	f.OK = true
	f.Observed = fmt.Sprintf("%s, hash only", proof.Hash)
	if proof.Certificate != nil {
		f.Observed = fmt.Sprintf("%s with %s, signed by %s", proof.Hash, proof.Algorithm, proof.Certificate.Subject)
	}
	return f
}

// roots is whom the judge trusts for providers' certificates, and whether the scene names one.
func (c *Case) roots() (*x509.CertPool, bool) {
	roots := x509.NewCertPool()
	return roots, roots.AppendCertsFromPEM([]byte(c.Scene.Authority))
}
