package admin

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxDepth is how deep JSON may nest. The deepest body of the contract has three levels.
const maxDepth = 16

// parse reads one JSON text strictly: UTF-8 without byte order mark, no key twice in an object (two readers of the
// same text must not find two values), no lone surrogates, nothing after the end (RFC 8259 4, 8.1).
func parse(text []byte) (any, error) {
	if !utf8.Valid(text) || bytes.HasPrefix(text, []byte("\ufeff")) {
		return nil, errors.New("the body is not UTF-8 without byte order mark")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	v, err := value(d, 0)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the JSON text")
	}
	return v, nil
}

// value reads the next value.
func value(d *json.Decoder, depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("the JSON is nested more than %d deep", maxDepth)
	}
	t, err := d.Token()
	if err != nil {
		return nil, fmt.Errorf("the body is not JSON: %w", plainJSON(err))
	}
	switch t {
	case json.Delim('{'):
		return object(d, depth+1)
	case json.Delim('['):
		return array(d, depth+1)
	}
	if s, ok := t.(string); ok {
		return s, plain(s)
	}
	return t, nil
}

func object(d *json.Decoder, depth int) (any, error) {
	o := map[string]any{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, plainJSON(err)
		}
		key, _ := t.(string) // the decoder lets nothing else be a key
		if _, twice := o[key]; twice {
			return nil, fmt.Errorf("the key %.50q is given twice", key)
		}
		if o[key], err = value(d, depth); err != nil {
			return nil, err
		}
	}
	_, err := d.Token()
	return o, plainJSON(err)
}

func array(d *json.Decoder, depth int) (any, error) {
	a := []any{}
	for d.More() {
		v, err := value(d, depth)
		if err != nil {
			return nil, err
		}
		a = append(a, v)
	}
	_, err := d.Token()
	return a, plainJSON(err)
}

// plainJSON words the decoder's errors for people.
func plainJSON(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("it ends early")
	}
	return err
}

// plain refuses characters that show as something else than they are, or as nothing: controls but line breaks and
// tabs, format characters (soft hyphen, zero width, direction), and what stands for an error of encoding.
func plain(s string) error {
	i := strings.IndexFunc(s, func(r rune) bool {
		return r == utf8.RuneError || unicode.Is(unicode.Cf, r) || unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t'
	})
	if i < 0 {
		return nil
	}
	r, _ := utf8.DecodeRuneInString(s[i:])
	return fmt.Errorf("the character %U cannot be in a text", r)
}
