package option_test

import (
	"strings"
	"testing"

	"demailbench/gateway/demail"
	"demailbench/gateway/option"
	"demailbench/gateway/tenant"
)

var tags = map[string]tenant.Option{"vb": tenant.Dispatch, "eb": tenant.Receipt, "persoenlich": tenant.Private, "abholung": tenant.Retrieve}

func scan(t *testing.T, text string) demail.Header {
	t.Helper()
	h, err := demail.ScanHeader([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestApply(t *testing.T) {
	const (
		dispatch = "x-de-mail-confirmation-of-dispatch: yes\r\n"
		receipt  = "x-de-mail-confirmation-of-receipt: yes\r\n"
		private  = "x-de-mail-private: yes\r\n"
	)
	w := tenant.Wishes{Tags: tags}
	preset := tenant.Wishes{Preset: []tenant.Option{tenant.Receipt}}
	forbid := tenant.Wishes{Tags: tags, Forbid: []tenant.Option{tenant.Receipt, tenant.Private}}
	for _, c := range []struct {
		name     string
		w        tenant.Wishes
		in, want string // want is the header, or the beginning of a refusal
	}{
		{"nothing", tenant.Wishes{}, "Subject: [VB] x\r\n", "Subject: [VB] x\r\n"},
		{"fields are primary and stay", w, "X-De-Mail-Private:  yes\r\nSubject: x\r\n", "X-De-Mail-Private:  yes\r\nSubject: x\r\n"},
		{"one tag", w, "Subject: [VB] Bescheid\r\n", "Subject: Bescheid\r\n" + dispatch},
		{"two tags, any case, no blank", w, "Subject:[vb][Eb]Bescheid [1/2]\r\n", "Subject: Bescheid [1/2]\r\n" + dispatch + receipt},
		{"tag twice", w, "Subject: [VB] [VB] x\r\n", "Subject: x\r\n" + dispatch},
		{"only tags", w, "Subject: [VB]\r\n", "Subject: \r\n" + dispatch},
		{"folded", w, "Subject:\r\n [VB]\r\n Bescheid\r\n", "Subject: Bescheid\r\n" + dispatch},
		{"tag repeats a field", w, "X-de-mail-confirmation-of-dispatch: yes\r\nSubject: [VB] x\r\n", "X-de-mail-confirmation-of-dispatch: yes\r\nSubject: x\r\n"},
		{"encoded, Q", w, "Subject: =?utf-8?Q?[VB]_[EB]_Gr=C3=BC=C3=9Fe?=\r\n", "Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n" + dispatch + receipt},
		{"encoded, B, other charset", w, "Subject: =?windows-1252?B?W1ZCXSBHcvzfZQ==?= =?utf-8?q?x?=\r\n", "Subject: =?windows-1252?B?R3L832U=?= =?utf-8?q?x?=\r\n" + dispatch},
		{"encoded word of a tag only", w, "Subject: =?utf-8?Q?=5BVB=5D?= =?utf-8?Q?=C3=BC?=\r\n", "Subject: =?utf-8?Q?=C3=BC?=\r\n" + dispatch},
		{"clear and encoded", w, "Subject: [VB] =?utf-8?Q?[eb]=C3=BC?=\r\n", "Subject: =?utf-8?Q?=C3=BC?=\r\n" + dispatch + receipt},
		{"brackets later", w, "Subject: Ticket [4711]\r\n", "Subject: Ticket [4711]\r\n"},
		{"preset", preset, "Subject: x\r\n", "Subject: x\r\n" + receipt},
		{"preset taken back", preset, "X-de-mail-confirmation-of-receipt: no\r\n", "X-de-mail-confirmation-of-receipt: no\r\n"},
		{"preset repeated by a tag", tenant.Wishes{Tags: tags, Preset: preset.Preset}, "Subject: [EB] x\r\n", "Subject: x\r\n" + receipt},
		{"forbidden said no", forbid, "X-de-mail-private: no\r\n", "X-de-mail-private: no\r\n"},
		{"retrieve", w, "X-de-mail-confirmation-of-retrieve: yes\r\n", "X-de-mail-confirmation-of-retrieve: yes\r\n"},
		{"retrieve and private", w, "X-de-mail-confirmation-of-retrieve: yes\r\nSubject: [persoenlich]\r\n",
			"X-de-mail-confirmation-of-retrieve: yes\r\nSubject: \r\n" + private},

		{"unknown tag", w, "Subject: [Einschreiben] x\r\n", "550 5.6.0 subject tag [Einschreiben] is not known"},
		{"unknown tag behind a known", w, "Subject: [VB] [Ticket 1] x\r\n", "550 5.6.0 subject tag [Ticket 1] is not known"},
		{"unknown tag, encoded", w, "Subject: =?utf-8?Q?[VB]=5Bpers=C3=B6nlich=5D?=\r\n", "550 5.6.0 subject tag [pers"},
		{"not closed", w, "Subject: [VB x\r\n", "550 5.6.0 subject tag is not closed"},
		{"misplaced", w, "Subject: Bescheid [vb]\r\n", "550 5.6.0 subject tag [vb] must stand at the beginning"},
		{"misplaced in encoded words", w, "Subject: =?utf-8?Q?x_=5BV?= =?utf-8?B?Ql0=?=\r\n", "550 5.6.0 subject tag [VB] must stand at the beginning"},
		{"contradiction", w, "X-de-mail-confirmation-of-dispatch: no\r\nSubject: [VB] x\r\n", "550 5.6.0 subject tag [vb] contradicts x-de-mail-confirmation-of-dispatch: no"},
		{"retrieve implies private", w, "X-de-mail-private: no\r\nSubject: [Abholung] x\r\n", "550 5.6.0 x-de-mail-private: no contradicts"},
		{"S1-080 forbidden field", forbid, "X-de-mail-confirmation-of-receipt: yes\r\n", "550 5.7.1 x-de-mail-confirmation-of-receipt: this option is not allowed"},
		{"S1-080 forbidden tag", forbid, "Subject: [EB] x\r\n", "550 5.7.1 x-de-mail-confirmation-of-receipt"},
		{"S1-080 forbidden by implication", forbid, "X-de-mail-confirmation-of-retrieve: yes\r\n", "550 5.7.1 x-de-mail-private"},
	} {
		got, r := option.Apply(scan(t, c.in), c.w)
		text := string(got.Bytes())
		if r != nil {
			text = r.Error()
		}
		if text != c.want && (r == nil || !strings.HasPrefix(text, c.want)) {
			t.Errorf("%s:\n got %q\nwant %q", c.name, text, c.want)
		}
	}
}

// FuzzApply: what comes out is a header, says no tag at its beginning any more, and applying it again changes
// nothing.
func FuzzApply(f *testing.F) {
	for _, s := range []string{"[VB] x", "=?utf-8?Q?[VB]_x?=", "=?utf-8?B?W1ZCXQ==?= =?x?q?[eb]?=", "[[", "=?a?b?????=", "[ vb ]\r\n\t[EB]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		h, err := demail.ScanHeader([]byte("Subject: " + s + "\r\n"))
		if err != nil || len(h.Fields) != 1 {
			return
		}
		w := tenant.Wishes{Tags: tags}
		out, r := option.Apply(h, w)
		if r != nil {
			return
		}
		again, err := demail.ScanHeader(out.Bytes())
		if err != nil {
			t.Fatalf("%q became %q: %v", s, out.Bytes(), err)
		}
		same, r := option.Apply(again, w)
		if r != nil || string(same.Bytes()) != string(out.Bytes()) {
			t.Fatalf("%q became %q, then %q, %v", s, out.Bytes(), same.Bytes(), r)
		}
	})
}
