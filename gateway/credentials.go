package gateway

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"demailbench/gateway/alarm"
	"demailbench/gateway/card"
	"demailbench/gateway/door"
	"demailbench/gateway/queue"
)

// expiryNotice is how long before its end a certificate is reported (S1-033), watchEvery how often it is looked at.
const (
	expiryNotice = 30 * 24 * time.Hour
	watchEvery   = 24 * time.Hour
)

// unlock presents the PIN, once. A PIN that the card has refused in an earlier life of the gateway is not
// presented again, as a supervisor that restarts the process would block the card; ReplaceCard does. What waited for
// the right one is tried at once.
func (g *Gateway) unlock() {
	if g.d.PIN == "" {
		return
	}
	trouble := alarm.PINPrefix + g.hint(g.d.PIN)
	if g.alarm.Open(trouble) {
		g.trail.CardRefused(errors.New("gateway: the card has refused this PIN before, it is not presented again: give another, or replace the card"))
		return
	}
	err := g.card.Unlock(g.d.PIN)
	if err == nil {
		g.trail.CardUnlocked()
		refused := g.alarm.Named(alarm.PINPrefix)
		if len(refused) > 0 || g.alarm.Open(alarm.Card) {
			g.queue.Hurry(queue.RouteDMDA)
		}
		g.alarm.End(g.hard, refused...)
		return
	}
	g.trail.CardRefused(err)
	if card.WrongPIN(err) {
		g.alarm.RaisePIN(g.hard, trouble, err.Error())
	} else {
		g.alarm.RaiseCard(g.hard, err.Error())
	}
}

// hint tells a wrong PIN from the next one. It is 16 bits of a hash of a PIN that opens nothing: too little to
// find even that.
func (g *Gateway) hint(pin string) string {
	sum := sha256.Sum256([]byte(g.c.Hostname + "\x00" + pin))
	return hex.EncodeToString(sum[:2])
}

// ReplaceCard puts another card, or the same one with another PIN, into use without an outage: sessions under way
// end with the old one, the next begins with the new. pin is presented once; on an error the old card stays. Mail
// that waited for a card is tried at once.
func (g *Gateway) ReplaceCard(c door.Card, pin string) error {
	leaf, err := g.card.Replace(c, pin)
	if err != nil {
		g.trail.CardRefused(err)
		return fmt.Errorf("gateway: replace the card: %w", err)
	}
	g.trail.CardReplaced(fmt.Sprintf("%x", leaf.SerialNumber), leaf.NotAfter)
	g.alarm.End(g.hard, append(g.alarm.Named(alarm.PINPrefix), alarm.Card)...)
	g.queue.Hurry(queue.RouteDMDA)
	g.judgeCertificates()
	return nil
}

// ReplaceCertificate puts another certificate of the gateway's own into use: the next TLS handshake shows it.
func (g *Gateway) ReplaceCertificate(c tls.Certificate) error {
	leaf, err := card.Leaf(c)
	if err != nil {
		return fmt.Errorf("gateway: replace the certificate: %w", err)
	}
	if now := g.d.Clock.Now(); now.After(leaf.NotAfter) || now.Before(leaf.NotBefore) {
		return fmt.Errorf("gateway: replace the certificate: it is valid from %s to %s: use one that is valid now",
			leaf.NotBefore.Format(time.RFC3339), leaf.NotAfter.Format(time.RFC3339))
	}
	g.own.Store(&c)
	g.judgeCertificates()
	return nil
}

// certificate gives the listeners a way to the gateway's own certificate, nil when it has none.
func (g *Gateway) certificate() func() *tls.Certificate {
	if len(g.d.Certificate.Certificate) == 0 {
		return nil
	}
	return g.own.Load
}

// watch looks at the certificates now and then, until ctx ends.
func (g *Gateway) watch(ctx context.Context) {
	for {
		g.judgeCertificates()
		if g.d.Clock.Sleep(ctx, watchEvery) != nil {
			return
		}
	}
}

// judgeCertificates tells the operator of certificates that are about to end, and that others have been replaced.
func (g *Gateway) judgeCertificates() {
	ending := []string{}
	judge := func(what string, leaf *x509.Certificate, err error) {
		if err != nil || leaf.NotAfter.Sub(g.d.Clock.Now()) > expiryNotice {
			return
		}
		serial := fmt.Sprintf("%x", leaf.SerialNumber)
		ending = append(ending, alarm.ExpiryPrefix+what+"/"+serial)
		g.alarm.RaiseExpiry(g.hard, what, serial, leaf.NotAfter)
	}
	leaf, err := g.card.Inserted()
	judge("card", leaf, err)
	leaf, err = card.Leaf(*g.own.Load())
	judge("gateway "+g.c.Hostname, leaf, err)
	for _, name := range g.alarm.Named(alarm.ExpiryPrefix) {
		if !slices.Contains(ending, name) {
			g.alarm.End(g.hard, name)
		}
	}
}

// sharedRand lets many goroutines draw.
type sharedRand struct {
	mu sync.Mutex
	r  io.Reader
}

// Read draws.
func (s *sharedRand) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.r.Read(p)
}
