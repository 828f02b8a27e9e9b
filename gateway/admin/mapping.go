package admin

import (
	"encoding/csv"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"demailbench/gateway/admin/api"
	"demailbench/gateway/clerk"
	"demailbench/gateway/register"
	"demailbench/gateway/tenant"
)

// ListMapping lists the mapping table.
func (h *handler) ListMapping(w http.ResponseWriter, r *http.Request, id string, p api.ListMappingParams) {
	show(h, w, r, http.StatusOK, func(c clerk.Caller) (any, error) {
		l, err := h.Clerk.Mapping(c, id)
		l = slices.Clone(l)
		slices.SortFunc(l, func(a, b tenant.Pair) int { return compare(a.Mail, b.Mail) })
		page, next := pageOf(l, p.After, p.Limit, func(p tenant.Pair) string { return p.Mail })
		return api.Mapping{Items: each(page, pairOut), Next: next}, err
	})
}

// AddMapping adds a row.
func (h *handler) AddMapping(w http.ResponseWriter, r *http.Request, id string) {
	answer(h, w, r, http.StatusCreated, func(c clerk.Caller, b api.Pair) (any, error) {
		p, err := h.Clerk.Add(c, id, tenant.Pair{Mail: b.Mail, DeMail: b.Demail})
		return pairOut(p), err
	})
}

// ChangeMapping gives an e-mail address another De-Mail address.
func (h *handler) ChangeMapping(w http.ResponseWriter, r *http.Request, id, mail string) {
	answer(h, w, r, http.StatusOK, func(c clerk.Caller, b api.MappingTarget) (any, error) {
		p, err := h.Clerk.Change(c, id, mail, b.Demail)
		return pairOut(p), err
	})
}

// DeleteMapping removes a row.
func (h *handler) DeleteMapping(w http.ResponseWriter, r *http.Request, id, mail string, p api.DeleteMappingParams) {
	show(h, w, r, http.StatusNoContent, func(c clerk.Caller) (any, error) { return nil, h.Clerk.Delete(c, id, mail, p.Demail) })
}

func pairOut(p tenant.Pair) api.Pair { return api.Pair{Mail: p.Mail, Demail: p.DeMail} }

// ImportMapping adds the rows of a CSV file.
func (h *handler) ImportMapping(w http.ResponseWriter, r *http.Request, id string, p api.ImportMappingParams) {
	show(h, w, r, http.StatusOK, func(c clerk.Caller) (any, error) {
		rows, err := readCSV(of(r).text)
		if err != nil {
			return nil, err
		}
		report, err := h.Clerk.ImportMapping(c, id, rows, p.DryRun)
		return importOut(report), err
	})
}

// maxRows bounds what is kept of a file; the limit of a tenant's rows is the clerk's.
const maxRows = 100000

// readCSV reads a file of "mail;demail" with a header line, in UTF-8 with or without byte order mark.
func readCSV(text []byte) ([]tenant.Pair, error) {
	no := func(format string, args ...any) error {
		return register.Refuse(register.Invalid, "S1-149", "tenant", `save the table as CSV in UTF-8: "mail;demail" in the first line, a row in each other`, format, args...)
	}
	if !utf8.Valid(text) {
		return nil, no("the file is not UTF-8")
	}
	d := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff")))
	d.Comma, d.FieldsPerRecord, d.ReuseRecord = ';', 2, true
	head, err := d.Read()
	if err != nil || !strings.EqualFold(strings.TrimSpace(head[0]), "mail") || !strings.EqualFold(strings.TrimSpace(head[1]), "demail") {
		return nil, no("the first line is not mail;demail")
	}
	rows := []tenant.Pair{}
	for {
		cells, err := d.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, no("row %d cannot be read: %v", len(rows)+1, err)
		}
		if len(rows) == maxRows {
			return nil, no("the file has more than %d rows", maxRows)
		}
		rows = append(rows, tenant.Pair{Mail: strings.TrimSpace(cells[0]), DeMail: strings.TrimSpace(cells[1])})
	}
}

func importOut(i clerk.Import) api.ImportReport {
	return api.ImportReport{Rows: i.Rows, Added: i.Added, Unchanged: i.Unchanged, Applied: i.Applied,
		Problems: each(i.Problems, func(p clerk.RowProblem) api.ImportProblem {
			return api.ImportProblem{Row: p.Row, Value: p.Value, Problem: p.Refusal.Reason, Fix: p.Refusal.Fix, Rule: p.Refusal.Rule}
		})}
}
