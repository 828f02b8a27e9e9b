package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// checker checks JSON against the part of JSON Schema that the published schema uses; a keyword that it
// does not know is an error, so that the schema cannot hold a rule that nobody checks.
type checker struct {
	root     map[string]any
	problems []string
}

func (c *checker) say(path, format string, args ...any) {
	c.problems = append(c.problems, path+": "+fmt.Sprintf(format, args...))
}

func (c *checker) check(path string, schema map[string]any, v any) {
	for key, rule := range schema {
		switch key {
		case "$schema", "title", "description", "$defs":
		case "$ref":
			name := strings.TrimPrefix(rule.(string), "#/$defs/")
			c.check(path, c.root["$defs"].(map[string]any)[name].(map[string]any), v)
		case "type":
			if !isType(rule.(string), v) {
				c.say(path, "is no %s: %v", rule, v)
			}
		case "const":
			if v != rule {
				c.say(path, "is %v, not %v", v, rule)
			}
		case "enum":
			if !slices.Contains(rule.([]any), v) {
				c.say(path, "is %v, not one of %v", v, rule)
			}
		case "minLength":
			if s, ok := v.(string); ok && float64(len(s)) < rule.(float64) {
				c.say(path, "is too short")
			}
		case "minimum":
			if n, ok := v.(float64); ok && n < rule.(float64) {
				c.say(path, "is %v, less than %v", n, rule)
			}
		case "format":
			if s, ok := v.(string); ok {
				if _, err := time.Parse(time.RFC3339Nano, s); rule != "date-time" || err != nil {
					c.say(path, "is no %v: %v", rule, v)
				}
			}
		case "properties", "required", "additionalProperties":
			c.object(path, schema, key, v)
		case "items":
			list, _ := v.([]any)
			for i, x := range list {
				c.check(fmt.Sprintf("%s[%d]", path, i), rule.(map[string]any), x)
			}
		default:
			c.say(path, "the schema has the keyword %q, which this test does not check", key)
		}
	}
}

func (c *checker) object(path string, schema map[string]any, key string, v any) {
	o, ok := v.(map[string]any)
	if !ok {
		return
	}
	known, _ := schema["properties"].(map[string]any)
	switch key {
	case "properties":
		for name, sub := range known {
			if x, ok := o[name]; ok {
				c.check(path+"."+name, sub.(map[string]any), x)
			}
		}
	case "required":
		for _, name := range schema["required"].([]any) {
			if _, ok := o[name.(string)]; !ok {
				c.say(path, "lacks %v", name)
			}
		}
	default:
		for name := range o {
			if _, ok := known[name]; !ok && schema["additionalProperties"] == false {
				c.say(path, "has %s, which the schema does not know", name)
			}
		}
	}
}

func isType(want string, v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return want == "object"
	case []any:
		return want == "array"
	case string:
		return want == "string"
	case bool:
		return want == "boolean"
	case float64:
		return want == "number" || want == "integer" && v == math.Trunc(v)
	}
	return false
}

// valid returns what is wrong with a summary.json.
func valid(t *testing.T, raw string) []string {
	t.Helper()
	c := &checker{}
	if err := json.Unmarshal(summarySchema, &c.root); err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal([]byte(raw), &v); err != nil {
		return []string{err.Error()}
	}
	c.check("summary", c.root, v)
	return c.problems
}

func written(t *testing.T, s *Summary) string {
	t.Helper()
	var buf bytes.Buffer
	if err := WriteJSON(&buf, s); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

func TestSummariesFitTheSchema(t *testing.T) {
	_, real := madeRun(t, 4, 2)
	empty := &Summary{Schema: Schema, Run: "r", Started: time.Date(2026, 1, 2, 3, 4, 5, 6, time.FixedZone("", 3600))}
	empty.Finish()
	preflight := sample()
	preflight.Preflight = "no answer"
	bare := &Summary{Schema: Schema, Run: "r", Planned: 1, Scenarios: []Scenario{{ID: "a", Verdict: "NOT_RUN"}}}
	bare.Finish()
	for name, s := range map[string]*Summary{"all verdicts": sample(), "real": real, "empty": empty, "pre-flight": preflight, "bare scenario": bare} {
		if p := valid(t, written(t, s)); len(p) > 0 {
			t.Errorf("%s: %s", name, strings.Join(p, "\n"))
		}
	}
}

func TestSchemaRefuses(t *testing.T) {
	good := written(t, sample())
	for name, edit := range map[string][2]string{
		"unknown field":       {`"seed"`, `"speed"`},
		"unknown verdict":     {`"verdict": "FAIL"`, `"verdict": "OK"`},
		"exit code":           {`"exit_code": 5`, `"exit_code": 2`},
		"negative number":     {`"planned": 10`, `"planned": -1`},
		"list became null":    {`"evidence": [`, `"evidence": null, "x": [`},
		"packet without at":   {`"link": "l",`, `"lonk": "l",`},
		"text for a number":   {`"duration_ms": 12`, `"duration_ms": "12"`},
		"no time":             {`"started": "2026`, `"started": "yesterday`},
		"fraction":            {`"number": 4`, `"number": 4.5`},
		"another schema":      {Schema, "demailbench/summary/2"},
		"missing name":        {`"name": "Name <FAIL>",`, ``},
		"a verdict counted 0": {`"PASS": 1`, `"PASS": 0`},
	} {
		bad := strings.Replace(good, edit[0], edit[1], 1)
		if bad == good {
			t.Fatalf("%s: nothing was edited", name)
		}
		if len(valid(t, bad)) == 0 {
			t.Errorf("%s: the schema accepts it", name)
		}
	}
}

// TestSchemaCoversSummary holds that the schema names exactly the fields that Go writes: what issue readers
// rely on cannot vanish unseen.
func TestSchemaCoversSummary(t *testing.T) {
	_, real := madeRun(t, 4, 1)
	real.Preflight, real.Shard, real.Stale = "x", "1/3", []string{"a/b: delivered no longer fails"}
	real.Scenarios[0].Expected = []Expected{{"delivered", "ticket 17", "2026-12-31"}}
	real.Processes = []Process{{Feature: "Scenario 1", FeatureDE: "Szenario 1", Path: "x.feature", Rows: []ProcessRow{{"actors", "municipality"}}}}
	real.Scenarios[0].Findings[0].Packet = sample().Scenarios[0].Findings[0].Packet
	have := map[string]bool{}
	for _, m := range regexp.MustCompile(`"(\w+)":`).FindAllStringSubmatch(written(t, real), -1) {
		have[m[1]] = true
	}
	var root map[string]any
	if err := json.Unmarshal(summarySchema, &root); err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if p, ok := v["properties"].(map[string]any); ok {
				for name := range p {
					want[name] = true
				}
			}
			for _, x := range v {
				walk(x)
			}
		case []any:
			for _, x := range v {
				walk(x)
			}
		}
	}
	walk(root)
	for name := range maps.Keys(have) {
		if !want[name] {
			t.Errorf("summary.json has %q, the schema does not", name)
		}
	}
	for name := range maps.Keys(want) {
		if !have[name] && !slices.Contains([]string{"PASS", "WARN", "REVIEW", "EXPECTED_FAIL", "NOT_APPLICABLE", "BLOCKED", "INCONCLUSIVE", "NOT_RUN", "ERROR"}, name) {
			t.Errorf("the schema has %q, summary.json never does", name)
		}
	}
}
