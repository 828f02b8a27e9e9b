package rehearse

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"demailbench/sim/demail"
)

// lookalikes are letters of other alphabets that nobody can tell from Latin ones on a screen.
var lookalikes = map[rune]rune{
	'а': 'a', 'е': 'e', 'о': 'o', 'р': 'p', 'с': 'c', 'х': 'x', 'у': 'y', 'і': 'i', 'ѕ': 's', 'ј': 'j', 'һ': 'h', 'ԁ': 'd', 'ԛ': 'q', 'ԝ': 'w', // Cyrillic
	'А': 'A', 'В': 'B', 'Е': 'E', 'К': 'K', 'М': 'M', 'Н': 'H', 'О': 'O', 'Р': 'P', 'С': 'C', 'Т': 'T', 'Х': 'X',
	'ο': 'o', 'α': 'a', 'ν': 'v', 'ι': 'i', 'κ': 'k', 'ρ': 'p', 'υ': 'u', 'Α': 'A', 'Β': 'B', 'Ε': 'E', 'Ο': 'O', 'Τ': 'T', // Greek
	'‐': '-', '‑': '-', '–': '-', '—': '-', '․': '.', '＠': '@',
}

// umlauts are how the register of domains and every administration write them.
var umlauts = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "Ä", "ae", "Ö", "oe", "Ü", "ue")

// plain is an address or domain with umlauts written out.
func plain(s string) string { return umlauts.Replace(s) }

// wrongAddress says what is wrong with an address; Key is empty when it is one.
func wrongAddress(s string) Said {
	if _, err := demail.ParseAddress(s); err == nil {
		return Said{}
	} else if said := strange(s); said.Key != "" {
		return said
	} else if strings.Count(s, "@") != 1 {
		return Said{Key: "rehearse.word.at"}
	} else {
		problem := new(demail.AddressError)
		errors.As(err, &problem)
		return Said{"rehearse.word.other", []any{"problem", problem.Problem}}
	}
}

// wrongDomain says what is wrong with a domain name.
func wrongDomain(s string) Said {
	if _, err := demail.ParseAddress("postmaster@" + s); err == nil {
		return Said{}
	}
	if said := strange(s); said.Key != "" {
		return said
	}
	return Said{Key: "rehearse.word.domain"}
}

// strange finds the first character that no address has: an umlaut, one of another alphabet, an invisible one.
func strange(s string) Said {
	for _, r := range s {
		latin, known := lookalikes[r]
		switch {
		case strings.ContainsRune("äöüßÄÖÜ", r):
			return Said{"rehearse.word.umlaut", []any{"character", string(r), "plain", plain(s)}}
		case known:
			return Said{"rehearse.word.lookalike", []any{"code", fmt.Sprintf("U+%04X", r), "latin", string(latin)}}
		case r == ' ':
			return Said{Key: "rehearse.word.blank"}
		case !unicode.IsGraphic(r):
			return Said{"rehearse.word.invisible", []any{"code", fmt.Sprintf("U+%04X", r)}}
		case r > 0x7e:
			return Said{"rehearse.word.foreign", []any{"character", string(r), "code", fmt.Sprintf("U+%04X", r)}}
		}
	}
	return Said{}
}

// skeletons make words equal that look equal in many typefaces.
var skeletons = strings.NewReplacer("0", "o", "1", "l", "i", "l", "rn", "m", "vv", "w", "5", "s", "-", "", "_", "", ".", "")

func skeleton(address string) string {
	local, domain, _ := strings.Cut(address, "@")
	return skeletons.Replace(local) + "@" + domain
}

// canonical is an address's one form, "" when it has none.
func canonical(s string) string {
	a, err := demail.ParseAddress(s)
	if err != nil {
		return ""
	}
	return a.String()
}

func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }
