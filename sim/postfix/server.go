package postfix

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"

	"demailbench/sim/record"
)

// File is a file of the configuration.
type File struct {
	Path string
	Mode int64
	Data []byte
}

// Process is a running Postfix.
type Process interface {
	// Put replaces a file, Signal sends a signal ("HUP"), Remove ends it at once.
	Put(ctx context.Context, f File) error
	Signal(ctx context.Context, name string) error
	Remove() error
	// Ended is closed when it has ended.
	Ended() <-chan struct{}
}

// Run starts Postfix on a host with files, and writes its log line by line to log.
type Run func(ctx context.Context, host string, files []File, log func(line string)) (Process, error)

// Server is a running mail server. Its events are those that a simulated one would write.
type Server struct {
	c       Config
	record  *record.Record
	process Process
	started chan struct{}
	once    sync.Once

	mu       sync.Mutex
	sessions map[string]*session // by process
	sent     map[string]string   // TLS of the sending side, by remote
	queue    map[string]*item
	count    int
}

// session is a connection to the receiving side.
type session struct{ id, remote, tls string }

// item is a message in the queue.
type item struct {
	session  session
	id, from string
	accepted bool
}

// ready is how long Postfix may take to start.
const ready = 15 * time.Second

// Start starts Postfix; what it does goes to rec.
func Start(ctx context.Context, c Config, rec *record.Record, run Run) (*Server, error) {
	s := &Server{c: c, record: rec, started: make(chan struct{}), sessions: map[string]*session{}, sent: map[string]string{}, queue: map[string]*item{}}
	files := []File{{mainCF, 0o644, []byte(c.main(true))}, {masterCF, 0o644, []byte(master)}, {rootsPEM, 0o644, c.Roots}}
	if len(c.Chain) > 0 {
		files = append(files, File{chainPEM, 0o600, c.Chain})
	}
	var last bytes.Buffer
	var err error
	s.process, err = run(ctx, c.Who, files, func(line string) {
		if s.take(line) {
			last.Reset()
			last.WriteString(line)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("postfix on %s: %w", c.Who, err)
	}
	late, cancel := context.WithTimeout(ctx, ready)
	defer cancel()
	select {
	case <-s.started:
		return s, nil
	case <-s.process.Ended():
		err = errors.New("it ended at once")
	case <-late.Done():
		err = fmt.Errorf("it is not ready after %v", ready)
	}
	_ = s.process.Remove() // what stays ends with its world
	return nil, fmt.Errorf("postfix on %s: %w", c.Who, err)
}

// SetSTARTTLS switches the offer of STARTTLS for connections to come.
func (s *Server) SetSTARTTLS(on bool) error {
	ctx, cancel := context.WithTimeout(context.Background(), ready)
	defer cancel()
	if err := s.process.Put(ctx, File{mainCF, 0o644, []byte(s.c.main(on))}); err != nil {
		return err
	}
	return s.process.Signal(ctx, "HUP")
}

// Close ends the server.
func (s *Server) Close() error { return s.process.Remove() }

// take reads a line of the log; it reports lines that it could not read.
func (s *Server) take(line string) (unread bool) {
	e := read(line)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch e.what {
	case "":
		return true
	case "started":
		s.once.Do(func() { close(s.started) })
	case "connect":
		s.count++
		c := &session{id: fmt.Sprintf("%s-%d", s.c.Who, s.count), remote: e.remote}
		s.sessions[e.pid] = c
		s.record.Add(record.Event{Who: s.c.Who, Kind: record.ConnOpen, Local: s.own(), Remote: e.remote})
		s.reached(c, "open")
	case "tls":
		s.secured(e)
	case "disconnect":
		if c := s.sessions[e.pid]; c != nil {
			s.reached(c, "close")
			delete(s.sessions, e.pid)
		}
	case "client":
		if c := s.sessions[e.pid]; c != nil {
			s.item(e.queue).session = *c
		}
	case "id":
		s.item(e.queue).id = e.value
	case "from":
		s.item(e.queue).from = e.value
	case "reject":
		s.refused(e)
	case "delivery":
		s.delivered(e)
	}
	return false
}

func (s *Server) own() string { return s.c.Address.String() + ":25" }

func (s *Server) item(queue string) *item {
	if s.queue[queue] == nil {
		s.queue[queue] = &item{}
	}
	return s.queue[queue]
}

// reached notes the state of a session.
func (s *Server) reached(c *session, state string) {
	s.record.Add(record.Event{Who: s.c.Who, Kind: record.Session, Session: c.id, Text: state, Local: s.own(), Remote: c.remote, TLS: c.tls})
}

func (s *Server) secured(e entry) {
	if e.service != "smtpd" {
		s.sent[e.remote] = e.tls
		return
	}
	if c := s.sessions[e.pid]; c != nil {
		c.tls = e.tls
		s.reached(c, "starttls")
	}
}

func (s *Server) refused(e entry) {
	c := s.sessions[e.pid]
	if c == nil {
		return
	}
	out := record.Event{Who: s.c.Who, Kind: record.Refused, Session: c.id, Local: s.own(), Remote: e.remote, TLS: c.tls, Verb: e.verb, Code: e.code,
		Enhanced: e.enhanced, Text: e.said, From: e.value}
	if e.to != "" {
		out.To = []string{e.to}
	}
	s.record.Add(out)
}

// delivered notes how the sending side fared; what goes into mailboxes they report themselves.
func (s *Server) delivered(e entry) {
	if e.remote == Mailboxes {
		return
	}
	i := s.item(e.queue)
	msg := s.message(i.id)
	if msg == nil {
		return // a notice that Postfix made for somebody elsewhere
	}
	s.accept(i, []string{e.to}, msg)
	out := record.Event{Who: s.c.Who, Kind: record.Sent, Session: s.c.Who + "-" + e.queue, Local: s.c.Address.String() + ":0", Remote: e.remote, TLS: s.sent[e.remote],
		Code: e.code, Enhanced: e.enhanced, Text: e.said, From: i.from, To: []string{e.to}, Msg: msg, Verb: e.verb}
	switch {
	case e.status == "sent":
		out.Verb = ""
	case e.remote == "" || e.code == 0:
		out.Kind, out.Verb, out.Error = record.Rejected, "CONNECT", e.said
	default:
		out.Kind = record.Rejected
		if out.Verb == "" {
			out.Verb = "RCPT"
		}
	}
	s.record.Add(out)
}

// accept notes once that the message was taken.
func (s *Server) accept(i *item, to []string, msg *record.Message) {
	if i.accepted || i.session.id == "" {
		return
	}
	i.accepted = true
	s.record.Add(record.Event{Who: s.c.Who, Kind: record.Accepted, Session: i.session.id, Local: s.own(), Remote: i.session.remote, TLS: i.session.tls,
		From: i.from, To: to, Msg: msg})
}

// message finds what crossed a hop before under a Message-ID: Postfix's log knows a message by nothing else.
func (s *Server) message(id string) *record.Message {
	if id == "" {
		return nil
	}
	events := s.record.Events()
	for k := len(events) - 1; k >= 0; k-- {
		if m := events[k].Msg; m != nil && strings.Contains(m.Header, id) {
			return m
		}
	}
	return nil
}

var taken = regexp.MustCompile(`\(Postfix\)[^;]* id ([0-9A-Za-z]+)`)

// Deliver takes an event of the mailboxes behind Postfix and notes it as the server's own. Postfix's trace field says
// which message of its queue it is, and so from whom it came.
func (s *Server) Deliver(e record.Event) {
	e.Seq, e.At = 0, time.Time{}
	switch e.Kind {
	case record.Stored:
		s.record.Add(e)
	case record.Accepted:
		m := taken.FindStringSubmatch(e.Msg.Header)
		if m == nil {
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.accept(s.item(m[1]), e.To, e.Msg)
	}
}
