package reports

import (
	_ "embed"
	"io"
)

// summarySchema is the published JSON Schema of summary.json.
//
//go:embed schema/summary.schema.json
var summarySchema []byte

// writeSchema writes the schema beside the summary, so that a reader needs nothing else.
func writeSchema(w io.Writer) error {
	_, err := w.Write(summarySchema)
	return err
}
