package dmda

import (
	"context"
	"fmt"
	"io"
	"time"

	"demailbench/sim/dmda/message"
)

// Unkindness is what the provider may do otherwise without breaking a rule: see UNKINDNESS.md. The zero value
// is kind, and the same for every seed.
type Unkindness struct {
	// Style is how metadata are written; its Random is Config.Rand.
	message.Style
	// Later is how long after the reply to the end of data messages are carried and confirmations written;
	// 0: before the reply.
	Later time.Duration
	// Idle is after how long the link closes a connection on which nothing happens; 0: as wire.Config.
	Idle time.Duration
	// Renew is after how long whoever builds the world renews the provider's certificate (RenewCertificate); 0: never.
	Renew time.Duration
}

// Draw throws dice for every knob: another provider for another seed.
func Draw(random io.Reader) (Unkindness, error) {
	var b [6]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return Unkindness{}, fmt.Errorf("dmda: unkindness: %w", err)
	}
	return Unkindness{
		Style: message.Style{Shuffle: b[0]%2 == 1, LowerCase: b[1]%2 == 1, Fold: []int{0, 40, 60, 76, 998}[b[2]%5]},
		Idle:  []time.Duration{0, time.Minute, 30 * time.Second}[b[3]%3],
		Later: []time.Duration{0, 2 * time.Second, 20 * time.Second}[b[4]%3],
		Renew: []time.Duration{0, 30 * time.Millisecond, 10 * time.Minute}[b[5]%3],
	}, nil
}

// later runs f before it returns, or after the time of the knob Later; then an error has nobody to go to and
// stands in the record.
func (s *Server) later(f func() error) error {
	if s.cfg.Unkindness.Later == 0 {
		return f()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.work.Go(func() {
		if s.cfg.Clock.Sleep(s.ctx, s.cfg.Unkindness.Later) != nil {
			return
		}
		if err := f(); err != nil {
			s.note("dmda.failure", err.Error())
		}
	})
	return nil
}

// stop ends what Later delayed.
func (s *Server) stop() {
	s.cancel()
	s.work.Wait()
}

func background() (context.Context, context.CancelFunc) {
	return context.WithCancel(context.Background())
}
