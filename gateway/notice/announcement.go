package notice

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"time"
)

// Occasion is what a notice of maintenance tells.
type Occasion string

// Occasions.
const (
	Planned   Occasion = "planned"
	Changed   Occasion = "changed"
	Cancelled Occasion = "cancelled"
	// Overrun: the work goes on after its announced end.
	Overrun Occasion = "overrun"
	// Over: work that overran has ended.
	Over Occasion = "over"
)

// titles are the occasions for people, German and English.
var titles = map[Occasion][2]string{
	Planned: {"Wartung des De-Mail-Gateways", "maintenance of the De-Mail gateway"}, Changed: {"Geänderte Wartung des De-Mail-Gateways", "changed maintenance of the De-Mail gateway"},
	Cancelled: {"Abgesagte Wartung des De-Mail-Gateways", "cancelled maintenance of the De-Mail gateway"},
	Overrun:   {"Wartung des De-Mail-Gateways dauert länger", "maintenance of the De-Mail gateway takes longer"},
	Over:      {"Wartung des De-Mail-Gateways beendet", "maintenance of the De-Mail gateway has ended"},
}

// Announcement tells somebody of maintenance: the window and its effects (S0-045), in German and English, with the
// window for his calendar. It names no tenant: one person may answer for several.
type Announcement struct {
	Letter
	Occasion Occasion
	// Number names the window, Revision counts its changes from 1.
	Number   string
	Revision int
	// Start and End are the window, in the zone in which they are to be read.
	Start, End time.Time
	Services   []string
	Effects    string
	// Reason is why it was cancelled.
	Reason string
	// Contact is the e-mail address for questions.
	Contact string
}

// Text builds the message.
func (a Announcement) Text() []byte {
	var b bytes.Buffer
	title := titles[a.Occasion]
	a.head(&b, fmt.Sprintf("%s %s: %s (%s)", title[0], a.Number, a.when(), title[1]), "", "auto-generated")
	boundary := "=_" + a.Token
	fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n--%s\r\n", boundary, boundary)
	plain(&b, a.german()+"\r\n"+a.english())
	if a.Occasion == Planned || a.Occasion == Changed || a.Occasion == Cancelled {
		event := a.event()
		method := "PUBLISH"
		if event.Cancelled {
			method = "CANCEL"
		}
		fmt.Fprintf(&b, "\r\n--%s\r\nContent-Type: text/calendar; charset=utf-8; method=%s\r\nContent-Transfer-Encoding: base64\r\n", boundary, method)
		fmt.Fprintf(&b, "Content-Disposition: attachment; filename=\"wartung-%s.ics\"\r\n\r\n", strings.ToLower(a.Number))
		lines(&b, event.Text())
	}
	fmt.Fprintf(&b, "\r\n--%s--\r\n", boundary)
	return b.Bytes()
}

func (a Announcement) event() Event {
	return Event{UID: strings.ToLower(a.Number) + "@" + a.Hostname, Sequence: a.Revision - 1, Stamp: a.Now, Start: a.Start, End: a.End,
		Summary:     titles[a.Occasion][0] + " / " + titles[a.Occasion][1],
		Description: "Betroffene Dienste / affected services: " + strings.Join(a.Services, ", ") + "\n" + "Auswirkungen / effects: " + a.Effects,
		Organiser:   a.Contact, Cancelled: a.Occasion == Cancelled}
}

// when is the window for a subject; its end without the date when that is the same.
func (a Announcement) when() string {
	end := "02.01.2006 15:04"
	if a.Start.Format(time.DateOnly) == a.End.Format(time.DateOnly) {
		end = "15:04"
	}
	return a.Start.Format("02.01.2006 15:04") + " - " + a.End.Format(end)
}

func (a Announcement) german() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\r\n\r\n", titles[a.Occasion][0], a.Number)
	fmt.Fprintf(&b, "  Beginn:            %s\r\n  Ende:              %s\r\n  Dauer:             %d Minuten\r\n", a.Start.Format(moment), a.End.Format(moment), a.minutes())
	fmt.Fprintf(&b, "  Betroffene Dienste: %s\r\n  Auswirkungen:      %s\r\n\r\n", strings.Join(a.Services, ", "), a.Effects)
	switch a.Occasion {
	case Cancelled:
		fmt.Fprintf(&b, "Diese Wartung findet nicht statt: %s\r\n", a.Reason)
	case Overrun:
		b.WriteString("Die Arbeiten sind zum angekündigten Ende nicht fertig geworden und dauern an.\r\n")
	case Over:
		b.WriteString("Die Arbeiten sind beendet. Zurückgehaltene Nachrichten werden jetzt zugestellt.\r\n")
	}
	if a.Occasion != Over && a.Occasion != Cancelled {
		b.WriteString("Ausgehende und eingehende Nachrichten warten so lange und werden danach zugestellt; es geht keine verloren.\r\n" +
			"Die Webdienste Ihres De-Mail-Diensteanbieters sind weiter nutzbar. Ihre Zustimmung ist nicht erforderlich.\r\n")
	}
	fmt.Fprintf(&b, "Fragen: %s\r\n", a.Contact)
	return b.String()
}

func (a Announcement) english() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\r\n\r\n", a.Number, titles[a.Occasion][1])
	fmt.Fprintf(&b, "  Start:             %s\r\n  End:               %s\r\n  Duration:          %d minutes\r\n", a.Start.Format(moment), a.End.Format(moment), a.minutes())
	fmt.Fprintf(&b, "  Affected services: %s\r\n  Effects:           %s\r\n\r\n", strings.Join(a.Services, ", "), a.Effects)
	switch a.Occasion {
	case Cancelled:
		fmt.Fprintf(&b, "It does not take place: %s\r\n", a.Reason)
	case Overrun:
		b.WriteString("The work was not done by the announced end and goes on.\r\n")
	case Over:
		b.WriteString("The work is done. Messages that waited are delivered now.\r\n")
	}
	if a.Occasion != Over && a.Occasion != Cancelled {
		b.WriteString("Messages in both directions wait meanwhile and are delivered afterwards; none is lost.\r\n" +
			"Your DMDA's web services remain usable. Your consent is not needed.\r\n")
	}
	return b.String()
}

// moment is an instant with its offset: 02:30 may come twice in a night.
const moment = "02.01.2006 15:04:05 MST (-07:00)"

// minutes is the duration, rounded up: nothing is announced shorter than it is.
func (a Announcement) minutes() int {
	return int((a.End.Sub(a.Start) + time.Minute - 1) / time.Minute)
}

// lines writes octets in base64, 76 characters a line (RFC 2045 6.8).
func lines(b *bytes.Buffer, octets []byte) {
	text := base64.StdEncoding.EncodeToString(octets)
	for len(text) > 76 {
		b.WriteString(text[:76] + "\r\n")
		text = text[76:]
	}
	b.WriteString(text + "\r\n")
}
