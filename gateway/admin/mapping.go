package admin

import (
	"net/http"
	"slices"

	"demailbench/gateway/admin/api"
	"demailbench/gateway/clerk"
	"demailbench/gateway/register"
	"demailbench/gateway/table"
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
		rows, err := table.Read(of(r).text, maxRows)
		if err != nil {
			return nil, register.Refuse(register.Invalid, "S1-149", "tenant", `save the table as CSV: "mail;demail" in the first line, a row in each other, at most 100000`, "%v", err)
		}
		report, err := h.Clerk.ImportMapping(c, id, rows, p.DryRun)
		return importOut(report), err
	})
}

// maxRows bounds what is kept of a file; the limit of a tenant's rows is the clerk's.
const maxRows = 100000

// ExportMapping writes the table as a CSV file.
func (h *handler) ExportMapping(w http.ResponseWriter, r *http.Request, id string) {
	l, err := h.Clerk.Mapping(of(r).caller, id)
	if err != nil {
		h.problem(w, h.problemOf(err))
		return
	}
	l = slices.Clone(l)
	slices.SortFunc(l, func(a, b tenant.Pair) int { return compare(a.Mail, b.Mail) })
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="mapping.csv"`)
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(table.Write(each(l, func(p tenant.Pair) [2]string { return [2]string{p.Mail, p.DeMail} }))) // who has gone needs no table
}

func importOut(i clerk.Import) api.ImportReport {
	return api.ImportReport{Rows: i.Rows, Added: i.Added, Unchanged: i.Unchanged, Applied: i.Applied,
		Problems: each(i.Problems, func(p clerk.RowProblem) api.ImportProblem {
			return api.ImportProblem{Row: p.Row, Line: p.Line, Column: p.Column, Value: p.Value, Problem: p.Refusal.Reason, Fix: p.Refusal.Fix, Rule: p.Refusal.Rule}
		})}
}
