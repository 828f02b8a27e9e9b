// Package shell writes a command as one line that a POSIX shell reads as the same words, and reads such a line
// again: commands stand in reports and are copied from there. It leaves out everything else that a shell knows.
package shell

import (
	"fmt"
	"strings"
)

// plain are the characters that no shell takes for anything but themselves.
const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,+@%"

// Join makes a line of words; a word is quoted only where it must be.
func Join(words ...string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		if quoted[i] = w; w == "" || strings.Trim(w, plain) != "" {
			quoted[i] = Quote(w)
		}
	}
	return strings.Join(quoted, " ")
}

// Quote quotes a word whatever is in it.
func Quote(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }

// Split reads what Join wrote. Anything else that is special to a shell is taken as it stands.
func Split(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	in := false // inside a word
	for line != "" {
		switch c := line[0]; c {
		case ' ', '\t', '\n':
			if in {
				words = append(words, word.String())
				word.Reset()
			}
			in, line = false, line[1:]
		case '\'':
			end := strings.IndexByte(line[1:], '\'')
			if end < 0 {
				return nil, fmt.Errorf("the command ends within a quotation: %.80q", line)
			}
			word.WriteString(line[1 : 1+end])
			in, line = true, line[end+2:]
		case '\\':
			if len(line) < 2 {
				return nil, fmt.Errorf("the command ends with a backslash")
			}
			word.WriteByte(line[1])
			in, line = true, line[2:]
		default:
			word.WriteByte(c)
			in, line = true, line[1:]
		}
	}
	if in {
		words = append(words, word.String())
	}
	return words, nil
}
