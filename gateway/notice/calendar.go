package notice

import (
	"bytes"
	"fmt"
	"strings"
	"time"
)

// Event is a window of maintenance as a calendar takes it over (RFC 5545).
type Event struct {
	// UID is the same in all notices of one window, Sequence grows with each change (RFC 5545 3.8.7.4).
	UID      string
	Sequence int
	Stamp    time.Time
	// Start and End are written in UTC, so that no reader needs to know Berlin's clock changes.
	Start, End           time.Time
	Summary, Description string
	// Organiser is an e-mail address.
	Organiser string
	Cancelled bool
}

// Text writes the calendar object with the method PUBLISH, or CANCEL: nobody is asked to answer (S0-051).
func (e Event) Text() []byte {
	method, status := "PUBLISH", "CONFIRMED"
	if e.Cancelled {
		method, status = "CANCEL", "CANCELLED"
	}
	var b bytes.Buffer
	for _, line := range []string{
		"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//De-Mail-Gateway//Wartung//DE", "METHOD:" + method,
		"BEGIN:VEVENT", "UID:" + e.UID, fmt.Sprintf("SEQUENCE:%d", e.Sequence), "DTSTAMP:" + utc(e.Stamp),
		"DTSTART:" + utc(e.Start), "DTEND:" + utc(e.End), "SUMMARY:" + escape(e.Summary), "DESCRIPTION:" + escape(e.Description),
		"ORGANIZER:mailto:" + e.Organiser, "STATUS:" + status, "TRANSP:TRANSPARENT", "END:VEVENT", "END:VCALENDAR",
	} {
		fold(&b, line)
	}
	return b.Bytes()
}

func utc(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// escape is the text type of RFC 5545 3.3.11.
func escape(s string) string {
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`).Replace(s)
}

// fold breaks a line into parts of at most 75 octets, never inside a character (RFC 5545 3.1).
func fold(b *bytes.Buffer, line string) {
	const most = 75
	room := most
	for _, r := range line {
		if n := len(string(r)); n > room {
			b.WriteString("\r\n ")
			room = most - 1 - n
		} else {
			room -= n
		}
		b.WriteRune(r)
	}
	b.WriteString("\r\n")
}
