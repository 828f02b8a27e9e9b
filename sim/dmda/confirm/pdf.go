package confirm

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"demailbench/sim/demail/acknowledge"

	"codeberg.org/go-pdf/fpdf"
)

// Line is one statement of a document in the order of its XML: a label and what it says.
type Line struct{ Label, Value string }

// dateFormat is that of the guideline's texts, with seconds and the offset from UTC.
const dateFormat = "02.01.2006 15:04:05 -07:00"

// Content is everything that a document says, as the PDF shows it: no element of the XML is left out.
func Content(m acknowledge.Message) []Line {
	out := []Line{{"Aussteller", m.Sender}, {"Betreff", m.Subject}, {"Text", m.Text}}
	if m.Hash != "" {
		out = append(out, Line{"Prüfsumme", m.Hash})
	}
	out = append(out, Line{"Zeitpunkt", m.Time.Format(dateFormat)})
	if !m.Delivery.IsZero() {
		out = append(out, Line{"Eingang im Postfach", m.Delivery.Format(dateFormat)})
	}
	for _, d := range m.Metadata {
		out = append(out, Line{"Name", d.Name}, Line{"Wert", d.Value}, Line{"Originalzeile", strings.ReplaceAll(d.OriginalHeader, "\r\n", "\n")})
	}
	return out
}

// PDF draws the document. Equal documents give equal octets: the only date in the file is the document's.
// The streams are not compressed, so that anybody can read them.
func PDF(m acknowledge.Message) ([]byte, error) {
	f := fpdf.New("P", "mm", "A4", "")
	f.SetCompression(false)
	f.SetCatalogSort(true)
	f.SetCreationDate(m.Time.In(time.UTC))
	f.SetModificationDate(m.Time.In(time.UTC))
	f.SetTitle(m.Subject, true)
	f.AddPage()
	f.SetFont("Helvetica", "B", 14)
	f.MultiCell(0, 7, latin(m.Subject), "", "L", false)
	f.Ln(3)
	for _, line := range Content(m) {
		f.SetFont("Helvetica", "B", 8)
		f.MultiCell(0, 4, latin(line.Label+":"), "", "L", false)
		f.SetFont("Courier", "", 8)
		f.MultiCell(0, 3.5, latin(line.Value), "", "L", false)
	}
	var b bytes.Buffer
	if err := f.Output(&b); err != nil {
		return nil, fmt.Errorf("confirm: pdf: %w", err)
	}
	return b.Bytes(), nil
}

// latin writes text in the encoding of PDF's own fonts (WinAnsi), which need no font file; characters that
// it lacks stand as \u{hex}, so that nothing gets lost.
func latin(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n' || r >= ' ' && r <= '~' || r >= 0xa0 && r <= 0xff:
			b.WriteByte(byte(r))
		case r == '\t':
			b.WriteByte(' ')
		case r == '€':
			b.WriteByte(0x80)
		default:
			fmt.Fprintf(&b, `\u{%x}`, r)
		}
	}
	return b.String()
}
