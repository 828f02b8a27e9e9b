package wiring

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strings"

	"demailbench/reports/failure"
	report "demailbench/reports/wiring"
)

// talk is one conversation of a client at from with the server at to, up to but without a mail.
type talk struct {
	s        *Subject
	from, to string
	conn     net.Conn
	text     *textproto.Conn
	// local and remote are the ends of the connection, which a broken one no longer knows.
	local, remote string
	// hello is the client's name, server the name in the server's certificate.
	hello, server string
	// shown is the client's certificate, nil for none.
	shown *tls.Certificate
}

// begin reads the greeting, and puts TLS under it first when implicit is set.
func (t *talk) begin(implicit bool) *report.Finding {
	if implicit {
		if f := t.secure(); f != nil {
			return f
		}
	}
	t.text = textproto.NewConn(t.conn)
	if _, _, err := t.text.ReadResponse(220); err != nil {
		return t.ungreeted(err)
	}
	return nil
}

// hi says EHLO and, when that is asked for, starts TLS.
func (t *talk) hi(starttls bool) *report.Finding {
	offer, err := t.say(250, "EHLO "+t.hello)
	if err != nil {
		return t.ungreeted(err)
	}
	if !starttls {
		return nil
	}
	if !strings.Contains(strings.ToUpper(offer), "STARTTLS") {
		return &report.Finding{Hop: report.TLS, Key: "tls.none", At: t.to, Fixer: t.s.owner(t.to), Expected: "STARTTLS", Observed: strings.ReplaceAll(offer, "\n", " ")}
	}
	if _, err := t.say(220, "STARTTLS"); err != nil {
		return &report.Finding{Hop: report.TLS, Key: "tls.none", At: t.to, Fixer: t.s.owner(t.to), Expected: "STARTTLS", Observed: err.Error()}
	}
	if f := t.secure(); f != nil {
		return f
	}
	t.text = textproto.NewConn(t.conn)
	if _, err := t.say(250, "EHLO "+t.hello); err != nil {
		return t.ungreeted(err)
	}
	return nil
}

// ungreeted is a server that does not take the client for one of its own, or does not speak SMTP.
func (t *talk) ungreeted(err error) *report.Finding {
	if f := t.alert(err); f != nil {
		return f
	}
	f := &report.Finding{Hop: report.Auth, Key: t.auth(), At: t.to, Fixer: t.s.authorises(t.to), Expected: t.from, Observed: text(err)}
	if reply := new(textproto.Error); !errors.As(err, &reply) {
		f.Hop, f.Key, f.Fixer = report.Port, "port.hangup", t.s.owner(t.to)
	}
	return f
}

// auth is the message about a host that may not send, as who decides it.
func (t *talk) auth() string {
	if t.to == t.s.Provider {
		return "auth.provider"
	}
	return "auth.gateway"
}

// authorises is who decides who may send by a server.
func (s *Subject) authorises(server string) string {
	if server == s.Gateway {
		return failure.Operator
	}
	return s.owner(server)
}

// say sends a command and returns the answer when it has the code.
func (t *talk) say(code int, command string) (string, error) {
	if err := t.text.PrintfLine("%s", command); err != nil {
		return "", err
	}
	_, answer, err := t.text.ReadResponse(code)
	return answer, err
}

// secure makes the connection a TLS connection as the server's.
func (t *talk) secure() *report.Finding {
	cfg := t.s.Lab.PKI().ClientConfig(t.server)
	if t.shown != nil {
		cfg.Certificates = []tls.Certificate{*t.shown}
	}
	safe := tls.Client(t.conn, cfg)
	if err := safe.Handshake(); err != nil {
		return t.insecure(err)
	}
	t.conn = safe
	return nil
}

// insecure says why TLS did not come about: by the server's certificate, or by the client's.
func (t *talk) insecure(err error) *report.Finding {
	if f := t.alert(err); f != nil {
		return f
	}
	f := &report.Finding{Hop: report.TLS, Key: "tls.failed", At: t.to, Fixer: t.s.owner(t.to), Expected: t.server, Observed: text(err)}
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(err, &name):
		f.Key, f.Observed = "tls.name", strings.Join(name.Certificate.DNSNames, ", ")
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		f.Key, f.Observed = "tls.expired", fmt.Sprintf("%s - %s", invalid.Cert.NotBefore.Format("2006-01-02"), invalid.Cert.NotAfter.Format("2006-01-02"))
		f.Expected = t.s.Clock.Now().Format("2006-01-02")
	case errors.As(err, &unknown):
		f.Key, f.Observed = "tls.unknown", unknown.Cert.Issuer.CommonName
	}
	return f
}

// alert is a server's complaint about the client's certificate (RFC 8446 6.2), nil when err is none. Where it calls a
// certificate expired that is valid, its clock is wrong.
func (t *talk) alert(err error) *report.Finding {
	said := complaint(err)
	if said == "" {
		return nil
	}
	f := &report.Finding{Hop: report.ClientCertificate, Key: "cert.refused", At: t.to, Fixer: t.s.holder(t.from), Expected: t.from, Observed: said}
	if t.shown == nil || t.shown.Leaf == nil {
		return f
	}
	now, leaf := t.s.Clock.Now(), t.shown.Leaf
	valid := now.After(leaf.NotBefore) && now.Before(leaf.NotAfter)
	switch {
	case !valid:
		f.Key, f.Observed = "cert.expired", fmt.Sprintf("%s - %s", leaf.NotBefore.Format("2006-01-02"), leaf.NotAfter.Format("2006-01-02"))
		f.Expected = now.Format("2006-01-02")
	case strings.Contains(said, "expired"):
		f.Hop, f.Key, f.Expected = report.Clock, "clock.peer", now.Format("2006-01-02 15:04")
		f.Fixer = t.s.keeper(t.to)
	case t.to == t.s.Gateway: // it shows the DMDA's, which the gateway has to know
		f.Key, f.Fixer = "cert.distrust", failure.Gateway
	}
	return f
}

// complaint is the TLS alert that the other side sent, or "".
func complaint(err error) string {
	if err == nil {
		return ""
	}
	_, said, ok := strings.Cut(err.Error(), "remote error: tls: ")
	if !ok {
		return ""
	}
	return said
}

// holder is who looks after a host's client certificate: the ITSP card is the operator's.
func (s *Subject) holder(host string) string {
	if host == s.Gateway {
		return failure.Operator
	}
	return s.owner(host)
}

// keeper is who looks after a host's clock.
func (s *Subject) keeper(host string) string {
	if host == s.Gateway {
		return failure.Operator
	}
	return s.owner(host)
}

// about notes on which connection something was found.
func (t *talk) about(f *report.Finding) *report.Finding {
	if f != nil && f.Remote == "" {
		f.When, f.Local, f.Remote = t.s.Clock.Now(), t.local, t.remote
	}
	return f
}

// end says QUIT and closes.
func (t *talk) end() {
	if t.text != nil {
		_ = t.text.PrintfLine("QUIT") // whether it is heard does not matter
	}
	_ = t.conn.Close()
}
