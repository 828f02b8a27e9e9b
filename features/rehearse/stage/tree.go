package stage

import "slices"

// tree is a mapping of a YAML file whose other keys are nobody's business here.
type tree map[string]any

// text is the text at a key, "" when there is none.
func (t tree) text(key string) string {
	s, _ := t[key].(string)
	return s
}

// texts are the texts of a list.
func (t tree) texts(key string) (out []string) {
	list, _ := t[key].([]any)
	for _, v := range list {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// list are the mappings of a list; changing one changes t.
func (t tree) list(key string) (out []tree) {
	list, _ := t[key].([]any)
	for _, v := range list {
		if m, ok := v.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

// inside is the mapping at a key.
func (t tree) inside(key string) tree {
	m, _ := t[key].(map[string]any)
	return m
}

// keep keeps the mappings of a list that are wanted.
func (t tree) keep(key string, wanted func(tree) bool) {
	list, _ := t[key].([]any)
	t[key] = slices.DeleteFunc(slices.Clone(list), func(v any) bool {
		m, ok := v.(map[string]any)
		return ok && !wanted(m)
	})
}

// values makes a list of texts.
func values(texts []string) []any {
	out := []any{}
	for _, s := range texts {
		out = append(out, s)
	}
	return out
}

// mentions reports whether a text of words stands anywhere in v.
func mentions(v any, words map[string]bool) bool {
	switch v := v.(type) {
	case string:
		return words[v]
	case tree:
		return mentions(map[string]any(v), words)
	case map[string]any:
		for _, x := range v {
			if mentions(x, words) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, func(x any) bool { return mentions(x, words) })
	}
	return false
}

// renamed is v with every text that is a key of names replaced.
func renamed(v any, names map[string]string) any {
	switch v := v.(type) {
	case string:
		if n, ok := names[v]; ok {
			return n
		}
	case map[string]any:
		for k, x := range v {
			v[k] = renamed(x, names)
		}
	case []any:
		for i, x := range v {
			v[i] = renamed(x, names)
		}
	}
	return v
}
