package admin

import "cmp"

// defaultLimit is how much a list shows at a time if it is not said.
const defaultLimit = 100

// pageOf is the part of a list, sorted by key, that begins after a key; next is empty at the end.
func pageOf[T any](l []T, after string, limit int, key func(T) string) (page []T, next string) {
	if limit == 0 {
		limit = defaultLimit
	}
	for i, v := range l {
		if after != "" && key(v) <= after {
			continue
		}
		if len(page) == limit {
			return page, key(l[i-1])
		}
		page = append(page, v)
	}
	return page, ""
}

func compare(a, b string) int { return cmp.Compare(a, b) }

// each converts a list; the result is never nil, so that JSON shows an empty list.
func each[A, B any](l []A, f func(A) B) []B {
	out := make([]B, 0, len(l))
	for _, v := range l {
		out = append(out, f(v))
	}
	return out
}
