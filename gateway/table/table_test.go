package table

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"demailbench/fixtures"
)

func TestRead(t *testing.T) {
	want := []Row{{Line: 2, Number: 1, Mail: "a@stadt.example", DeMail: "a@stadt.de-mail.de"}}
	for name, text := range map[string]string{
		"plain":          "mail;demail\na@stadt.example;a@stadt.de-mail.de",
		"BOM, CRLF":      "\ufeffE-Mail;De-Mail\r\na@stadt.example;a@stadt.de-mail.de\r\n\r\n;;\r\n",
		"Windows-1252":   "mail;Amt;demail\r\na@stadt.example;B\xfcrgerb\xfcro;a@stadt.de-mail.de\r\n",
		"commas, quotes": "\"DE-Mail Adresse\",mail\n\"a@stadt.de-mail.de\", a@stadt.example \n",
		"UTF-16":         "\xfe\xff\x00m\x00a\x00i\x00l\x00\t\x00d\x00e\x00m\x00a\x00i\x00l\x00\n" + wide("a@stadt.example\ta@stadt.de-mail.de"),
	} {
		got, err := Read([]byte(text), 10)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v %s", name, err, diff)
		}
	}
	faults := func(n int, f ...Fault) Row { return Row{Line: n + 1, Number: n, Faults: f} }
	got, err := Read([]byte("mail;demail\n;b@c.d\n=1+1;@x\na;\"b\n\"a\"b;c\nalone\n"+strings.Repeat("y", 5000)+"\n'+x@stadt.example;b\n"), 10)
	first, second := faults(1, Fault{"mail", "", "is empty", "write the address, or delete the row"}), faults(2,
		Fault{"mail", "=1+1", "begins as a formula of a spreadsheet does", "correct the cell"}, Fault{"demail", "@x", "begins as a formula of a spreadsheet does", "correct the cell"})
	first.DeMail, second.Mail, second.DeMail = "b@c.d", "=1+1", "@x"
	all := []Row{first, second,
		faults(3, Fault{"", "a;\"b", "has quotation marks that do not match", "remove them"}),
		faults(4, Fault{"", "\"a\"b;c", "has quotation marks that do not match", "remove them"}),
		faults(5, Fault{"", "alone", "has fewer cells than the first line", "complete the row, or delete it"}),
		faults(6, Fault{"", strings.Repeat("y", 100) + "...", "is too long", "leave only the two addresses in the row"}),
		{Line: 8, Number: 7, Mail: "+x@stadt.example", DeMail: "b"}}
	if diff := cmp.Diff(all, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if _, err := Read([]byte("mail;demail\n"+strings.Repeat("a;b\n", 11)), 10); !errors.Is(err, ErrTooMany) {
		t.Errorf("eleven rows of ten: %v", err)
	}
	for _, text := range []string{"", "\ufeff", "a;b\n", "PK\x03\x04\x00\xff", "mail\n"} {
		if _, err := Read([]byte(text), 10); err == nil {
			t.Errorf("%q is a table", text)
		}
	}
}

func wide(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		b.WriteByte(0)
		b.WriteByte(c)
	}
	return b.String()
}

// The table of the rehearsals, as Excel saves it, is the same for the bench and for the gateway.
func TestReadExample(t *testing.T) {
	text, err := fs.ReadFile(fixtures.FS, "rehearsals/example.csv")
	if err != nil {
		t.Fatal(err)
	}
	got, err := Read(text, 10)
	want := []Row{{Line: 2, Number: 1, Mail: "poststelle@neustadt.example", DeMail: "poststelle@neustadt-sachsen.de-mail.de"},
		{Line: 3, Number: 2, Mail: "standesamt@neustadt.example", DeMail: "standesamt@neustadt-sachsen.de-mail.de"}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

// What is written is read again, and no cell of it is run.
func FuzzWrite(f *testing.F) {
	f.Add("=1+1@stadt.example", "-x;\"y\"@stadt.de-mail.de")
	f.Add("'+a", "@b")
	f.Fuzz(func(t *testing.T, mail, demail string) {
		if !utf8.ValidString(mail) || !utf8.ValidString(demail) || strings.ContainsAny(mail+demail, "\r\n\ufffd") || len(mail)+len(demail) > 1000 || strings.TrimSpace(mail) != mail || strings.TrimSpace(demail) != demail ||
			strings.Trim(mail, "\t;, '") == "" || strings.Trim(demail, "\t;, '") == "" || strings.HasPrefix(mail, "'") || strings.HasPrefix(demail, "'") {
			return
		}
		file := Write([][2]string{{mail, demail}})
		for _, line := range strings.Split(string(file), "\r\n") {
			cells, ok := cut(strings.TrimPrefix(line, "\ufeff"), ';')
			for _, c := range cells {
				if !ok || Formula(c) {
					t.Errorf("%q would be run", c)
				}
			}
		}
		rows, err := Read(file, 1)
		if err != nil || len(rows) != 1 || len(rows[0].Faults) > 0 || rows[0].Mail != mail || rows[0].DeMail != demail {
			t.Errorf("%q %q came back as %+v %v", mail, demail, rows, err)
		}
	})
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"mail;demail\na;b\n", "\ufeffmail,demail\n\"a\",b", "\xff\xfem\x00", "mail\tdemail\n\xfc\t\x81"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		rows, err := Read(file, 100)
		for _, r := range rows {
			if err == nil && len(r.Faults) == 0 && (r.Mail == "" || r.DeMail == "") {
				t.Errorf("row %+v", r)
			}
		}
	})
}
