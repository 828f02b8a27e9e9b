package api

import (
	"os"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/util"
	"go.yaml.in/yaml/v3"
)

// TestGeneratedIsCurrent generates types and router again: they are what openapi.yaml says.
func TestGeneratedIsCurrent(t *testing.T) {
	t.Chdir("..")
	text, err := os.ReadFile("api/oapi-codegen.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		codegen.Configuration `yaml:",inline"`
		Output                string `yaml:"output"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	c := file.Configuration
	template, err := os.ReadFile(c.OutputOptions.UserTemplates["imports.tmpl"])
	if err != nil {
		t.Fatal(err)
	}
	c.OutputOptions.UserTemplates["imports.tmpl"] = string(template)
	doc, err := util.LoadSwaggerWithOverlay("openapi.yaml", util.LoadSwaggerWithOverlayOpts{Path: c.OutputOptions.Overlay.Path, Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	want, err := codegen.Generate(doc, c.UpdateDefaults())
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(file.Output)
	if err != nil {
		t.Fatal(err)
	}
	// The first line names the program that generated, which here is the test.
	if diff := cmp.Diff(afterFirstLine(want), afterFirstLine(string(got))); diff != "" {
		t.Errorf("run go generate ./gateway/admin/api:\n%s", diff)
	}
}

func afterFirstLine(s string) string {
	for i := range s {
		if s[i] == '\n' {
			return s[i:]
		}
	}
	return s
}

// TestContract: the file is valid OpenAPI, and every operation says what it is at the gateway and how it refuses.
func TestContract(t *testing.T) {
	doc, err := openapi3.NewLoader().LoadFromFile("../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context(), openapi3.DisableExamplesValidation()); err != nil {
		t.Error(err)
	}
	for path, item := range doc.Paths.Map() {
		for method, o := range item.Operations() {
			if path != "/openapi.yaml" && (o.Extensions["x-operation"] == nil || o.Responses.Default() == nil || o.Summary == "") {
				t.Errorf("%s %s: no x-operation, default answer or summary", method, path)
			}
		}
	}
}
