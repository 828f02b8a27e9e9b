package table_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"demailbench/features/rehearse/table"
)

func TestRead(t *testing.T) {
	one := []table.Row{{Line: 2, Mail: "a@stadt.example", DeMail: "a@stadt.de-mail.de"}}
	cases := []struct {
		name, text string
		want       table.Table
	}{
		{"plain", "mail;demail\na@stadt.example;a@stadt.de-mail.de\n", table.Table{Rows: one, Charset: "UTF-8"}},
		{"as Excel saves CSV UTF-8", "\ufeffMail;DeMail\r\na@stadt.example;a@stadt.de-mail.de\r\n", table.Table{Rows: one, Charset: "UTF-8"}},
		{"as Excel saves CSV", "Amt;E-Mail;De-Mail\r\nB\xfcrgermeister;a@stadt.example;a@stadt.de-mail.de\r\n", table.Table{Rows: one, Charset: "Windows-1252"}},
		{"as Excel saves Unicode text", "\xff\xfem\x00a\x00i\x00l\x00\t\x00d\x00e\x00m\x00a\x00i\x00l\x00\n\x00a\x00\t\x00b\x00",
			table.Table{Rows: []table.Row{{Line: 2, Mail: "a", DeMail: "b"}}, Charset: "UTF-16"}},
		{"comma, quotes, blank lines", "\n\"De-Mail-Adresse\",\"E-Mail-Adresse\"\n,\n\" a@stadt.de-mail.de \",a@stadt.example",
			table.Table{Rows: []table.Row{{Line: 4, Mail: "a@stadt.example", DeMail: "a@stadt.de-mail.de"}}, Charset: "UTF-8"}},
		{"every fault is listed", "mail;demail\na;\n;b\n=cmd|' /C calc'!A0;@SUM(A1)\na;\"b\nalone\nx;y;z\n", table.Table{
			Rows: []table.Row{{Line: 7, Mail: "x", DeMail: "y"}}, Charset: "UTF-8",
			Problems: []table.Problem{{2, "demail", "a", table.Empty}, {3, "mail", "b", table.Empty}, {4, "mail", "=cmd|' /C calc'!A0", table.Formula},
				{4, "demail", "@SUM(A1)", table.Formula}, {5, "", "a;\"b", table.Quotes}, {6, "", "alone", table.Cells}}}},
		{"a character that Windows has not", "mail;demail\nb\xfc\x81o;b\n", table.Table{Charset: "Windows-1252",
			Problems: []table.Problem{{2, "", "bü\ufffdo;b", table.Octets}}}},
		{"a row without end", "mail;demail\n" + strings.Repeat("x", 5000) + ";b\n", table.Table{Charset: "UTF-8",
			Problems: []table.Problem{{2, "", strings.Repeat("x", 80), table.Long}}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := table.Read(strings.NewReader(c.text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadNoTable(t *testing.T) {
	for name, text := range map[string]string{"empty": "", "no head": "a@b.example;c@d.de-mail.de\n", "one column": "mail\na\n", "binary": "\x00\x01\x02", "zip": "PK\x03\x04\x14\x00"} {
		if _, err := table.Read(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), `"mail;demail"`) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := table.Read(bytes.NewReader(make([]byte, table.MaxSize+1))); err == nil {
		t.Error("a file beyond the limit was read")
	}
}

// A million rows are answered with what fits, and with the line at which reading ended.
func TestReadBounds(t *testing.T) {
	var text strings.Builder
	text.WriteString("mail;demail\n")
	for i := range 1_000_000 {
		fmt.Fprintf(&text, "a%d@stadt.example;a%d@stadt.de-mail.de\n", i, i)
	}
	got, err := table.Read(strings.NewReader(text.String()))
	if err != nil || len(got.Rows) != table.MaxRows {
		t.Fatalf("%d rows, %v", len(got.Rows), err)
	}
	if diff := cmp.Diff([]table.Problem{{Line: table.MaxRows + 2, Kind: table.Many}}, got.Problems); diff != "" {
		t.Error(diff)
	}
	bad, err := table.Read(strings.NewReader("mail;demail\n" + strings.Repeat("=x;\n", 1_000_000)))
	if err != nil || len(bad.Problems) > table.MaxProblems+2 {
		t.Errorf("%d problems, %v", len(bad.Problems), err)
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"mail;demail\na;b\n", "\ufeffmail,demail\n\"a\",b", "\xff\xfem\x00", "mail\tdemail\n\xfc\t\x81"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := table.Read(bytes.NewReader(text))
		if err != nil {
			return
		}
		for _, r := range got.Rows {
			if r.Line < 2 || r.Mail == "" || r.DeMail == "" || table.IsFormula(r.Mail) || table.IsFormula(r.DeMail) {
				t.Errorf("row %+v", r)
			}
		}
	})
}
