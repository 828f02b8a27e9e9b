package reference

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/csv"
	"fmt"
	"net/http"
	"strconv"

	"demailbench/features/sut/contract"
)

// importReport is what the API says about an import.
type importReport struct {
	Applied          bool `json:"applied"`
	Added, Unchanged int
	Problems         []struct {
		Row                               int
		Column, Value, Problem, Fix, Rule string
	}
}

// importFile hands over a file.
func (c *Client) importFile(ctx context.Context, as contract.As, tenant string, file []byte, dry bool) (report importReport, err error) {
	if as, err = c.ground(ctx, as, tenant, tenant, "mapping"); err != nil {
		return report, err
	}
	answer, err := c.inSession(ctx, as, http.MethodPost, path("tenants", tenant, "mapping", "import")+query("dry_run", strconv.FormatBool(dry)), "text/csv", file)
	if err != nil {
		return report, err
	}
	return report, answer.judge(&report)
}

func (c *Client) importMapping(ctx context.Context, as contract.As, a contract.MappingImport) (contract.MappingImportResult, error) {
	result := contract.MappingImportResult{Problems: []contract.MappingProblem{}}
	var file bytes.Buffer
	w := csv.NewWriter(&file)
	w.Comma = ';'
	rows := [][]string{{"mail", "demail"}}
	for _, r := range a.Rows {
		rows = append(rows, []string{r.Mail, r.DeMail})
	}
	if err := w.WriteAll(rows); err != nil {
		return result, err
	}
	report, err := c.importFile(ctx, as, a.Tenant, file.Bytes(), a.DryRun)
	result.Applied, result.Added, result.Unchanged = report.Applied, report.Added, report.Unchanged
	for _, p := range report.Problems {
		result.Problems = append(result.Problems, contract.MappingProblem{Row: p.Row - 1, Refusal: contract.Refusal{Rule: p.Rule, Reason: p.Problem + "; " + p.Fix, WhoFixes: contract.FixTenant}})
	}
	return result, err
}

func (c *Client) importTable(ctx context.Context, as contract.As, a contract.MappingTableImport) (contract.MappingTableImportResult, error) {
	result := contract.MappingTableImportResult{Problems: []contract.MappingTableProblem{}}
	file, err := base64.StdEncoding.DecodeString(a.Table)
	if err != nil {
		return result, fmt.Errorf("mapping-table.import: table is no base64: %w", err)
	}
	report, err := c.importFile(ctx, as, a.Tenant, file, a.DryRun)
	result.Applied, result.Added, result.Unchanged = report.Applied, report.Added, report.Unchanged
	for _, p := range report.Problems {
		result.Problems = append(result.Problems, contract.MappingTableProblem{Row: p.Row, Column: p.Column, Value: p.Value,
			Refusal: contract.Refusal{Rule: p.Rule, Reason: p.Problem + "; " + p.Fix, WhoFixes: contract.FixTenant}})
	}
	return result, err
}

func (c *Client) exportTable(ctx context.Context, as contract.As, a contract.MappingTableExport) (contract.MappingTableExportResult, error) {
	answer, err := c.inSession(ctx, as, http.MethodGet, path("tenants", a.Tenant, "mapping", "export"), "", nil)
	if err == nil {
		err = answer.judge(nil)
	}
	return contract.MappingTableExportResult{Table: base64.StdEncoding.EncodeToString(answer.text)}, err
}
