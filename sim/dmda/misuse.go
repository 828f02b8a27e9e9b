package dmda

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"fmt"

	"demailbench/sim/record"
)

// Fingerprint names a certificate for BlockCertificate: the SHA-256 of its DER in hex.
func Fingerprint(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.Raw)
	return hex.EncodeToString(sum[:])
}

// BlockCertificate refuses one certificate of an operator from now on, also on connections that are open:
// reported as misused, lost or replaced (S1-036, S1-056). Another certificate of the same name goes on
// working, so a renewal needs no outage.
func (s *Server) BlockCertificate(fingerprint, reason string) {
	s.block("certificate "+fingerprint, reason)
}

// BlockOperator keeps a whole gateway from the link: nothing is taken from it and nothing pushed to it until
// UnblockOperator (TR-01201-6.1 10.1). What arrives waits.
func (s *Server) BlockOperator(number, reason string) { s.block("operator "+number, reason) }

// UnblockOperator lifts BlockOperator.
func (s *Server) UnblockOperator(number string) { s.unblock("operator " + number) }

// BlockLink keeps one account from the link, on suspected misuse, and leaves its portal as it is
// (TR-01201-6.1 10.1). What arrives waits.
func (s *Server) BlockLink(account, reason string) { s.block("account "+account, reason) }

// UnblockLink lifts BlockLink.
func (s *Server) UnblockLink(account string) { s.unblock("account " + account) }

func (s *Server) block(what, reason string) {
	s.mu.Lock()
	s.blocked[what] = reason
	s.mu.Unlock()
	s.note("dmda.block", what+": "+reason)
}

func (s *Server) unblock(what string) {
	s.mu.Lock()
	delete(s.blocked, what)
	s.mu.Unlock()
	s.note("dmda.unblock", what)
}

// kept reports why something is kept from the link.
func (s *Server) kept(what string) (reason string, yes bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	reason, yes = s.blocked[what]
	return reason, yes
}

// alarm records what the guideline wants an alarm for: forbidden attempts (TR-01201-6.1 6.3.8, 10.1).
func (s *Server) alarm(format string, a ...any) { s.note("dmda.alarm", fmt.Sprintf(format, a...)) }

func (s *Server) note(name, detail string) {
	s.cfg.Record.Add(record.Event{Who: s.cfg.Who, Kind: record.Action, Name: name, Detail: detail})
}

// RenewCertificate shows another certificate from the next handshake on, at the link and at the push.
// Connections that are open stay.
func (s *Server) RenewCertificate(cert tls.Certificate) {
	s.mu.Lock()
	s.renewed = &cert
	s.mu.Unlock()
	s.note("dmda.certificate", "renewed")
}

// renewable makes TLS configurations ask for the present certificate.
func (s *Server) renewable() {
	own := func() *tls.Certificate {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.renewed
	}
	server := s.cfg.TLS.Clone()
	server.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
		cert := own()
		if cert == nil {
			return nil, nil // the configuration as it is
		}
		c := s.cfg.TLS.Clone()
		c.Certificates = []tls.Certificate{*cert}
		return c, nil
	}
	s.linkTLS = server
	if s.cfg.ClientTLS == nil {
		return
	}
	client := s.cfg.ClientTLS.Clone()
	old := client.GetClientCertificate
	client.GetClientCertificate = func(i *tls.CertificateRequestInfo) (*tls.Certificate, error) {
		if cert := own(); cert != nil || old == nil {
			switch {
			case cert != nil:
				return cert, nil
			case len(client.Certificates) > 0:
				return &client.Certificates[0], nil
			}
			return &tls.Certificate{}, nil
		}
		return old(i)
	}
	s.cfg.ClientTLS = client
}
