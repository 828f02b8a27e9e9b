package document

import (
	"errors"
	"strings"
	"testing"
	"time"
)

type file struct {
	Name string        `yaml:"name"`
	Wait time.Duration `yaml:"wait"`
	List []struct {
		Size int `yaml:"size"`
	} `yaml:"list"`
}

var form = Form{Size: 1000, Compare: "compare with the example", Begin: "write at least name"}

func TestFaults(t *testing.T) {
	for text, want := range map[string]string{
		"name: a\nwait: 3m\nlist: [{size: 1}]\n": "",
		"":                                       "f: is empty; write at least name",
		"# only\n":                               "f: is not one YAML document; write at least name",
		"nmae: a":                                `f:1:1: nmae: "nmae": unknown key; correct the spelling or remove it`,
		"list:\n- size: x":                       `f:2:9: list[0].size: "x": has the wrong form; compare with the example`,
		"wait: 3 days":                           `f:1:7: wait: "3 days": is not a duration; write a number with its unit: 30s, 5m, 4h`,
		"name: &a b":                             `f:1:7: "&": anchors, aliases and tags are not allowed; write the value itself`,
		"name: \xe4":                             "f:1:1: is not UTF-8 without byte order mark; save it as UTF-8",
		"name: " + strings.Repeat("a", 5000):     "f: has 5006 octets, the limit is 1000; name the right file",
		strings.Repeat("[", 50):                  "f:1:17: is nested too deeply; indent by two blanks a level",
	} {
		_, err := Decode("f", []byte(text), new(file), form)
		var fault *Fault
		if want == "" && err != nil || want != "" && (!errors.As(err, &fault) || err.Error() != want) {
			t.Errorf("%.20q: want %q, got %v", text, want, err)
		}
	}
}

func TestPlace(t *testing.T) {
	d, err := Decode("f", []byte("name: a\nlist:\n- size: 1\n"), new(file), form)
	if err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]string{"list[0].size": "f:3:9: ", "list[0].none": "f:3:7: ", "none": "f:1:1: ", "": "f:1:1: "} {
		e := &Fault{Field: field, Problem: "is wrong"}
		if d.Place(e); !strings.HasPrefix(e.Error(), want) {
			t.Errorf("%s: want %q, got %v", field, want, e)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("name: a\nwait: 3m\n"))
	f.Add([]byte("a: &a [*a, *a]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var fault *Fault
		if _, err := Decode("f", text, new(file), form); err != nil && (!errors.As(err, &fault) || strings.ContainsAny(err.Error(), "\r\n")) {
			t.Errorf("%q: %v", text, err)
		}
	})
}
