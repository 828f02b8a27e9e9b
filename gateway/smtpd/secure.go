package smtpd

import (
	"crypto/tls"
	"errors"
	"fmt"
)

// tlsConfig is TR-03116-4 2 as far as crypto/tls lets it be chosen; time is the gateway's. Tickets are off:
// every session proves its certificate anew.
func (s *Server) tlsConfig() *tls.Config {
	return &tls.Config{
		GetCertificate:         func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return s.config.Certificate(), nil },
		MinVersion:             tls.VersionTLS12,
		CurvePreferences:       []tls.CurveID{tls.X25519},
		SessionTicketsDisabled: true,
		Time:                   s.config.Clock.Now,
		CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
			tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384},
	}
}

// mutualTLS asks the DMDA for its certificate (D16, TR-01201-6.2 10.1.1).
func (s *Server) mutualTLS() (*tls.Config, error) {
	switch {
	case s.config.Certificate == nil:
		return nil, errors.New("smtpd: provider side: no certificate: give the gateway one")
	case s.config.Roots == nil:
		return nil, errors.New("smtpd: provider side: no roots: name the authority of the DMDA's certificate")
	case len(s.config.Peers) == 0:
		return nil, errors.New("smtpd: provider side: no peers: name the DMDA's certificate")
	}
	c := s.tlsConfig()
	c.ClientAuth, c.ClientCAs = tls.RequireAndVerifyClientCert, s.config.Roots
	c.VerifyConnection = s.verifyPeer
	return c, nil
}

// verifyPeer accepts a verified certificate that carries one of the DMDA's names.
func (s *Server) verifyPeer(state tls.ConnectionState) error {
	cert := state.PeerCertificates[0]
	for _, name := range s.config.Peers {
		if cert.Subject.CommonName == name || cert.VerifyHostname(name) == nil {
			return nil
		}
	}
	return fmt.Errorf("certificate of %q is not the DMDA's", cert.Subject.CommonName)
}
