package fault

import (
	"bytes"
	"regexp"
	"strings"
	"sync"

	"demailbench/features/mutant/inpath"
	"demailbench/features/sut"
	"demailbench/gateway"
)

// Peer is a fault in the path.
func Peer(p inpath.Peer) Fault { return Fault{Peer: func(sut.Setup) inpath.Peer { return p }} }

// Message changes the messages on some ways.
func Message(change func(m []byte) []byte, sides ...inpath.Side) Fault {
	return Peer(inpath.Peer{On: sides, Message: func(_ *inpath.Session, m []byte) []byte { return change(m) }})
}

// Config is a fault of the configuration.
func Config(do func(*gateway.Config)) Fault { return Fault{Config: do} }

// Tenants changes every tenant of the set-up.
func Tenants(do func(*sut.Tenant)) Fault {
	return Fault{Setup: func(s *sut.Setup) {
		for i := range s.Tenants {
			do(&s.Tenants[i])
		}
	}}
}

// Domains changes every De-Mail domain of the set-up.
func Domains(do func(*sut.Domain)) Fault {
	return Tenants(func(t *sut.Tenant) {
		list := append([]sut.Domain(nil), t.Domains...)
		for i := range list {
			do(&list[i])
		}
		t.Domains = list
	})
}

// Split cuts a message behind its header.
func Split(m []byte) (header, body []byte) {
	if i := bytes.Index(m, []byte("\r\n\r\n")); i >= 0 {
		return m[:i+2], m[i+2:]
	}
	return m, nil
}

// Field matches a whole header field with its folded lines; name is a regular expression.
func Field(name string) *regexp.Regexp {
	return regexp.MustCompile(`(?im)^(?:` + name + `)[ \t]*:.*\r\n(?:[ \t].*\r\n)*`)
}

// Value is the value of the first field of the name, unfolded, "" without one.
func Value(m []byte, name string) string {
	h, _ := Split(m)
	_, v, _ := strings.Cut(string(Field(name).Find(h)), ":")
	return strings.TrimSpace(strings.ReplaceAll(v, "\r\n", ""))
}

// Without removes fields.
func Without(name string) func([]byte) []byte {
	f := Field(name)
	return func(m []byte) []byte {
		h, b := Split(m)
		return append(f.ReplaceAll(bytes.Clone(h), nil), b...)
	}
}

// With adds a field on top of the header.
func With(line string) func([]byte) []byte {
	return func(m []byte) []byte { return append([]byte(line+"\r\n"), m...) }
}

// Hidden carries fields past the gateway: what it would judge, remove or rewrite it does not see.
func Hidden(name string) Fault {
	f := Field(name)
	return Peer(inpath.Peer{On: []inpath.Side{inpath.Submission, inpath.ToProvider}, Message: func(s *inpath.Session, m []byte) []byte {
		h, b := Split(m)
		h = bytes.Clone(h)
		if s.Side == inpath.Submission {
			h = f.ReplaceAllFunc(h, func(x []byte) []byte {
				var out []byte
				for _, l := range bytes.SplitAfter(x, []byte("\r\n")) {
					if len(l) > 0 {
						out = append(append(out, "X-Past: |"...), l...)
					}
				}
				return out
			})
		} else {
			h = bytes.ReplaceAll(h, []byte("X-Past: |"), nil)
		}
		return append(h, b...)
	}})
}

// Body changes what is below the header.
func Body(change func(b []byte) []byte) func([]byte) []byte {
	return func(m []byte) []byte {
		h, b := Split(m)
		return append(bytes.Clone(h), change(b)...)
	}
}

// Swallow takes messages for which drop holds with 250 and gives nothing to the server.
func Swallow(drop func(s *inpath.Session, m []byte) bool, sides ...inpath.Side) Fault {
	return Peer(inpath.Peer{On: sides, Swallow: drop})
}

// Once lets something happen one time in the life of a gateway.
type Once struct {
	mu   sync.Mutex
	done bool
}

// First reports whether this is the first time, and makes it happen.
func (o *Once) First() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	first := !o.done
	o.done = true
	return first
}

// Memory keeps words between sessions.
type Memory struct {
	mu    sync.Mutex
	words map[string]string
}

// NewMemory returns an empty one.
func NewMemory() *Memory { return &Memory{words: map[string]string{}} }

// Put keeps a word under a key.
func (m *Memory) Put(key, word string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.words[key] = word
}

// Get returns the word under a key, false when there is none.
func (m *Memory) Get(key string) (string, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	w, ok := m.words[key]
	return w, ok
}

// Happened reports whether it has happened.
func (o *Once) Happened() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.done
}

// Set says whether it has happened.
func (o *Once) Set(done bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.done = done
}

// CRLF ends every line of a message in CRLF.
func CRLF(m []byte) []byte {
	return bytes.ReplaceAll(bytes.ReplaceAll(m, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
}
