package courier

import (
	"context"
	"errors"
	"fmt"

	"github.com/emersion/go-smtp"

	"demailbench/gateway/queue"
)

// ErrUnbound means that the DMDA has not bound a domain to the gateway's ITSP, or that its account is not open for
// gateways (S0-016, S0-031).
var ErrUnbound = errors.New("the DMDA has not bound the domain to this gateway")

// Bound asks the DMDA whether a De-Mail domain is bound to the gateway's ITSP (S0-016). It offers an address of the
// domain as sender and goes away: the account decides, and nothing is sent. The error is ErrUnbound, or says why
// the DMDA could not be asked.
func (c *Courier) Bound(ctx context.Context, domain string) error {
	ctx, cancel := c.Clock.WithTimeout(ctx, commandTimeout)
	defer cancel()
	targets, t := c.targets(ctx, queue.RouteDMDA)
	for _, to := range targets {
		var k *smtp.Client
		if k, _, t = c.connect(ctx, to); t != nil {
			continue
		}
		err := k.Mail("postmaster@"+domain, nil)
		_ = k.Quit() // it has answered
		_ = k.Close()
		return verdict(domain, err)
	}
	return fmt.Errorf("the DMDA cannot be asked about %s: %w", domain, t)
}

// verdict reads the answer to the sender. Enhanced code 5.1.0 is about the mailbox, so the account is the gateway's.
func verdict(domain string, err error) error {
	var e *smtp.SMTPError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &e) && e.Code/100 == 5 && e.EnhancedCode == smtp.EnhancedCode{5, 1, 0}:
		return nil
	case errors.As(err, &e) && e.Code/100 == 5:
		return fmt.Errorf("%s: %w (it answers %s)", domain, ErrUnbound, answer(e))
	}
	return fmt.Errorf("the DMDA cannot be asked about %s: %w", domain, err)
}
