package queue

import (
	"context"
	"fmt"
	"testing"
	"time"
)

// TestLetterOncePerOutage: of two settlements that report one outage the first queues the letter; after the
// outage's end the next does again. A restart between does not make it forget.
func TestLetterOncePerOutage(t *testing.T) {
	b := newBench(t)
	letter := Letter{Outage: "transport/annaberg", Text: []byte("Message-ID: <alert@gw>\r\n\r\nno TLS\r\n"),
		Envelope: Envelope{Kind: Notice, Tenant: "annaberg", To: []Recipient{{"technik@kdn-gmbh.example", "technik@kdn-gmbh.example", RouteMail("kdn-gmbh.example")}}}}
	count := func() (n int) {
		for _, w := range b.Waiting() {
			if w.Message.Kind == string(Notice) {
				n++
			}
		}
		return n
	}
	for i := range 3 {
		b.mail(t, "annaberg", fmt.Sprintf("%d@x", i), "body", "cz@x.de-mail.de")
		b.finish(t, b.take(t), Deferred, letter)
		if i == 1 {
			if err := b.st.Kill(); err != nil {
				t.Fatal(err)
			}
			b = open(t, b.dir, b.clock)
			for w := b.take(t); w != nil; w = b.take(t) {
				if w.Message.Kind == string(Notice) {
					b.back(w.b, w.Deliveries) // not tried
					break
				}
			}
		}
		if count() != 1 {
			t.Fatalf("after %d reports: %d letters", i+1, count())
		}
	}
	b.clock.Advance(time.Minute)
	w := b.take(t)
	for w.Message.Kind == string(Notice) {
		w = b.take(t)
	}
	s := b.Judge(w, map[int64]Outcome{w.Deliveries[0].ID: {Verdict: Delivered}})
	res, err := b.Settle(context.Background(), s, nil, "transport/annaberg", "transport/none")
	if err != nil || len(res.Ended) != 1 || !res.Ended["transport/annaberg"].Equal(start) {
		t.Fatalf("ended %v, %v", res.Ended, err)
	}
	b.mail(t, "annaberg", "9@x", "body", "cz@x.de-mail.de")
	for w = b.take(t); w.Message.Kind == string(Notice); {
		w = b.take(t)
	}
	b.finish(t, w, Deferred, letter)
	if count() != 2 {
		t.Fatalf("a new outage has no letter of its own")
	}
}
