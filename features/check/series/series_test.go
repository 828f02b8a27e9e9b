package series_test

import (
	"strings"
	"testing"

	"demailbench/features/check/series"
	"demailbench/sim/record"
)

// mail is a mail with a subject, a body and an author.
func mail(subject, body, from string) record.Event {
	return record.Event{Seq: 7, Msg: &record.Message{Header: "From: <" + from + ">\r\nSubject: " + subject + "\r\n\r\n", Body: body}}
}

func TestJudge(t *testing.T) {
	const a = "a@x.de-mail.de"
	handed := []record.Event{mail("1", "one", "clerk@x.example"), mail("2", "two", "clerk@x.example")}
	for _, c := range []struct {
		name        string
		stored      []record.Event
		ok, missing bool
		says        string
	}{
		{"all", []record.Event{mail("2", "two", a), mail("1", "one", a)}, true, false, "2 were handed over, 2 are there"},
		{"one is missing", []record.Event{mail("1", "one", a)}, false, true, "1 are there"},
		{"one is there twice", []record.Event{mail("1", "one", a), mail("1", "one", a), mail("2", "two", a)}, false, false, `"1" is there, copy 2`},
		{"a body is another", []record.Event{mail("1", "two", a)}, false, false, "as it was handed over: false"},
		{"From is another", []record.Event{mail("1", "one", "b@x.de-mail.de")}, false, false, "From b@x.de-mail.de"},
		{"nobody handed it over", []record.Event{mail("3", "three", a)}, false, false, "as it was handed over: false"},
	} {
		r := series.Judge(handed, c.stored, 2, a)
		if r.OK != c.ok || r.Missing != c.missing || !strings.Contains(r.Observed, c.says) {
			t.Errorf("%s: %+v", c.name, r)
		}
	}
}
