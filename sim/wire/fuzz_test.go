package wire_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"demailbench/sim/record"
	"demailbench/sim/wire/internal/memory"
)

// FuzzServer feeds raw octets to a server. It must never panic, hang or accept a message that did not end
// with CRLF.CRLF, and what it accepts must be the very octets without the dot-stuffing.
func FuzzServer(f *testing.F) {
	const envelope = "EHLO pc\r\nMAIL FROM:<bau@radebeul.de>\r\nRCPT TO:<post@pirna.de>\r\nDATA\r\n"
	for _, seed := range []string{
		"", "QUIT\r\n", envelope, envelope + "Subject: x\r\n\r\n.\r\n", envelope + ".\r\n" + envelope[9:] + "..\r\n.\r\nQUIT\r\n",
		envelope + "x\r\r\n.\r\n", envelope + "a\nb\r\n.\r\nNOOP\r\n", envelope + "x\n.\n" + inner, envelope + "x\r\n.\r\r\n" + inner,
		"EHLO pc\r\nSTARTTLS\r\nMAIL FROM:<>\r\n", "EHLO pc\r\nBDAT 3 LAST\r\nabc", "EHLO pc\nNOOP\r\n", "NOOP\rRSET\r\n",
		"EHLO pc\r\nAUTH EXTERNAL\r\n=\r\n", "EHLO pc\r\nMAIL FROM:<\"a>\"@b> SIZE=1\r\n", "HELO [1.2.3.4]\r\nVRFY x\r\nHELP\r\nRSET\r\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		w := newWorld(t)
		w.run(w.withTLS(w.config()), func() {
			c, err := w.net.Dial(context.Background(), "tcp", "192.168.10.25:25")
			if err != nil {
				t.Fatal(err)
			}
			read := make(chan struct{})
			go func() {
				defer close(read)
				io.Copy(io.Discard, c)
			}()
			c.Write(input)
			c.(*memory.Conn).CloseWrite()
			<-read
			c.Close()
		})
		ends := bytes.Count(input, []byte("\r\n.\r\n"))
		for _, e := range w.rec.Events() {
			if e.Kind == record.Accepted {
				ends--
				w.checkOctets(*e.Msg, input)
			}
		}
		if ends < 0 {
			t.Errorf("%d messages more than ends of data", -ends)
		}
	})
}

func (w *world) checkOctets(msg record.Message, input []byte) {
	w.t.Helper()
	body, err := w.bodies.Open(msg.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		w.t.Fatal(err)
	}
	sent := "\r\n" + msg.Header + string(text)
	stuffed := strings.ReplaceAll(sent, "\r\n.", "\r\n..")[2:] + ".\r\n"
	if !bytes.Contains(input, []byte(stuffed)) || int64(len(sent)-2) != msg.Size {
		w.t.Errorf("accepted %q, %d octets, which was not sent", sent[2:], msg.Size)
	}
	if check := strings.ReplaceAll(sent, "\r\n", ""); strings.ContainsAny(check, "\r\n") {
		w.t.Errorf("accepted %q with a bare CR or LF", sent[2:])
	}
}
