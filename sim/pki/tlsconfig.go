package pki

import "crypto/tls"

// ServerConfig is the configuration of a server that shows cert and asks clients for nothing.
func (a *Authority) ServerConfig(cert tls.Certificate) *tls.Config {
	c := a.config()
	c.Certificates = []tls.Certificate{cert}
	return c
}

// MutualConfig is ServerConfig for a server that lets nobody in without a client certificate of this
// authority. Whose certificate it is, the server must check itself (tls.ConnectionState). With TLS 1.3 a
// refused client learns it only at its first read after the handshake.
func (a *Authority) MutualConfig(cert tls.Certificate) *tls.Config {
	c := a.ServerConfig(cert)
	c.ClientAuth, c.ClientCAs = tls.RequireAndVerifyClientCert, a.Pool()
	return c
}

// ClientConfig is the configuration of a client that trusts this authority and expects the server to be
// serverName (a DNS name or an IP address). A certificate is shown to every server that asks, even to one
// that names other authorities: the refusal is the server's to make.
func (a *Authority) ClientConfig(serverName string, cert ...tls.Certificate) *tls.Config {
	c := a.config()
	c.RootCAs, c.ServerName = a.Pool(), serverName
	if len(cert) > 0 {
		own := cert[0]
		c.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &own, nil }
	}
	return c
}

// config holds what all parties share: dates by the world's clock, no resumption (it would skip checks and
// make handshakes differ from one another), one curve.
func (a *Authority) config() *tls.Config {
	return &tls.Config{
		Time:                   a.now,
		MinVersion:             tls.VersionTLS12,
		SessionTicketsDisabled: true,
		CurvePreferences:       []tls.CurveID{tls.X25519},
	}
}
