package contract

// MappingRow is one row of the mapping table.
type MappingRow struct {
	// The e-mail address, inside the tenant's own mail domains.
	Mail string `json:"mail"`
	// The De-Mail address, inside the tenant's De-Mail domains.
	DeMail string `json:"demail"`
}

// MappingProblem says why one row of an import is not taken.
type MappingProblem struct {
	// Index of the row in the request, from 0.
	Row     int     `json:"row"`
	Refusal Refusal `json:"refusal"`
}

// MappingPut are the arguments of mapping.put; the result is MappingRow.
type MappingPut struct {
	Tenant string `json:"tenant"`
	// The e-mail address.
	Mail string `json:"mail"`
	// The De-Mail address.
	DeMail string `json:"demail"`
}

// Operation implements Args.
func (MappingPut) Operation() string { return "mapping.put" }

// MappingDelete are the arguments of mapping.delete; the result is Nothing.
type MappingDelete struct {
	Tenant string `json:"tenant"`
	// The e-mail address.
	Mail string `json:"mail"`
	// The De-Mail address.
	DeMail string `json:"demail"`
}

// Operation implements Args.
func (MappingDelete) Operation() string { return "mapping.delete" }

// MappingList are the arguments of mapping.list; the result is MappingListResult.
type MappingList struct {
	Tenant string `json:"tenant"`
}

// Operation implements Args.
func (MappingList) Operation() string { return "mapping.list" }

// MappingListResult is the result of mapping.list.
type MappingListResult struct {
	Rows []MappingRow `json:"rows"`
}

// MappingImport are the arguments of mapping.import; the result is MappingImportResult.
type MappingImport struct {
	Tenant string       `json:"tenant"`
	Rows   []MappingRow `json:"rows"`
	// Only say what would happen.
	DryRun bool `json:"dry_run"`
}

// Operation implements Args.
func (MappingImport) Operation() string { return "mapping.import" }

// MappingImportResult is the result of mapping.import.
type MappingImportResult struct {
	// The rows are in the table now.
	Applied bool `json:"applied"`
	// Rows that are (or would be) new.
	Added int `json:"added"`
	// Rows that were there already.
	Unchanged int `json:"unchanged"`
	// What is wrong, by row.
	Problems []MappingProblem `json:"problems"`
}

// MappingTableProblem says why one cell of a file is not taken.
type MappingTableProblem struct {
	// Row counts from 1, without the first line.
	Row int `json:"row"`
	// Column is "mail", "demail", or empty for the row as a whole.
	Column string `json:"column"`
	// Value is what stands there.
	Value   string  `json:"value"`
	Refusal Refusal `json:"refusal"`
}

// MappingTableImport are the arguments of mapping-table.import; the result is MappingTableImportResult.
type MappingTableImport struct {
	Tenant string `json:"tenant"`
	// Table is the file as an office saves it, in base64.
	Table string `json:"table"`
	// Only say what would happen.
	DryRun bool `json:"dry_run"`
}

// Operation implements Args.
func (MappingTableImport) Operation() string { return "mapping-table.import" }

// MappingTableImportResult is the result of mapping-table.import.
type MappingTableImportResult struct {
	// The rows are in the table now.
	Applied bool `json:"applied"`
	// Rows that are (or would be) new.
	Added int `json:"added"`
	// Rows that were there already.
	Unchanged int `json:"unchanged"`
	// What is wrong, by row and column.
	Problems []MappingTableProblem `json:"problems"`
}

// MappingTableExport are the arguments of mapping-table.export; the result is MappingTableExportResult.
type MappingTableExport struct {
	Tenant string `json:"tenant"`
}

// Operation implements Args.
func (MappingTableExport) Operation() string { return "mapping-table.export" }

// MappingTableExportResult is the result of mapping-table.export.
type MappingTableExportResult struct {
	// Table is the file, in base64.
	Table string `json:"table"`
}
