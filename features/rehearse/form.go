// Package rehearse lets a town rehearse its enrolment with its own data before anybody makes an appointment: what
// it has prepared stands in one file (Form), is held against every precondition of the service, and comes back as a
// sheet that says what is missing, who puts it right, and by when.
//
// It reads files and dates only and decides nothing about a gateway. It leaves out the mapping table's file format
// (package table), the steps of the process (package process) and the world in which the town's data are tried
// (package stage).
package rehearse

import (
	"errors"
	"fmt"
	"io/fs"
	"path"

	"demailbench/features/rehearse/table"
	"demailbench/sim/config"
)

// Form is what a tenant has prepared for its enrolment. Nothing in it is required by the reader: what is missing is
// a finding, and all findings are wanted at once. fixtures/rehearsals/README.md describes every key.
type Form struct {
	ID   string `yaml:"id,omitempty"`
	Name string `yaml:"name,omitempty"`
	// Key is the official municipality key (AGS); empty for who is no municipality.
	Key string `yaml:"key,omitempty"`
	// Network is "kdn" (municipal) or "svn" (state).
	Network string `yaml:"network,omitempty"`
	// AsOf is the day for which the sheet is drawn up; without it the day on which it is.
	AsOf config.Day `yaml:"as_of,omitempty"`
	// Production and AcceptanceTest are planned days (S0-022, S0-024).
	Production     config.Day `yaml:"production,omitempty"`
	AcceptanceTest config.Day `yaml:"acceptance_test,omitempty"`
	// Done are the days on which steps of the process were done.
	Done     Done     `yaml:"done,omitempty"`
	Contract Contract `yaml:"contract,omitempty"`
	Account  Account  `yaml:"account,omitempty"`
	Domains  []Domain `yaml:"domains,omitempty"`
	Mail     Mail     `yaml:"mail,omitempty"`
	// Mapping is the file of the mapping table, beside the form.
	Mapping string `yaml:"mapping,omitempty"`
	// Unmapped are e-mail mailboxes that get no De-Mail address on purpose.
	Unmapped         []string `yaml:"unmapped,omitempty"`
	ProcessOwner     Contact  `yaml:"process_owner,omitempty"`
	TechnicalContact Contact  `yaml:"technical_contact,omitempty"`
	// Administration says who administers the tenant's area of the gateway after commissioning: "tenant"
	// (alternative B), "kdn-gmbh" (A) or, for state authorities, "sid".
	Administration string          `yaml:"administration,omitempty"`
	Administrators []Administrator `yaml:"administrators,omitempty"`
	Powers         []Power         `yaml:"powers_of_attorney,omitempty"`

	table  *table.Table
	source *config.Source
}

// Done are the days of steps that must come before enrolment.
type Done struct {
	// Intent: BaK ESV was told of the intended use (S0-010, S0-026).
	Intent config.Day `yaml:"intent,omitempty"`
	// Terms: the account holder accepted the terms of use (S1-134).
	Terms config.Day `yaml:"terms_accepted,omitempty"`
	// Agreement: the agreement on sharing the e-government platform (S1-133).
	Agreement config.Day `yaml:"platform_agreement,omitempty"`
}

// Contract is the contract with the DMDA, as the order sheet has it (S1-087..093).
type Contract struct {
	Provider   string     `yaml:"provider,omitempty"`
	OrderSheet config.Day `yaml:"order_sheet,omitempty"`
	// ITSP is the number of the IT service provider named there (S1-091).
	ITSP string `yaml:"itsp,omitempty"`
	// Administrator is who administers the account at the DMDA besides the tenant: "kdn-gmbh", "sid" or empty.
	Administrator string `yaml:"administrator,omitempty"`
}

// Account is the De-Mail account.
type Account struct {
	// State is one of D7's: ordered, registered, identified, enabled, activated.
	State string `yaml:"state,omitempty"`
	// GatewayAccess: the DMDA has opened the account for access by the gateway (S0-031).
	GatewayAccess bool     `yaml:"gateway_access,omitempty"`
	Mailboxes     []string `yaml:"mailboxes,omitempty"`
}

// Domain is a De-Mail domain or subdomain.
type Domain struct {
	Name      string `yaml:"name,omitempty"`
	Direction string `yaml:"direction,omitempty"`
	// Bound: the DMDA has bound the domain to the gateway's ITSP (S0-016).
	Bound     bool   `yaml:"bound,omitempty"`
	CatchAll  string `yaml:"catch_all,omitempty"`
	BounceAll string `yaml:"bounce_all,omitempty"`
}

// Mail is the tenant's mail infrastructure.
type Mail struct {
	Domains []string `yaml:"domains,omitempty"`
	// RoutedOver is the network by which mail for these domains comes: "kdn" or "svn" (S0-037).
	RoutedOver string `yaml:"routed_over,omitempty"`
	Server     Server `yaml:"server,omitempty"`
	// Transport is "starttls" or "ipsec" (S0-038..040).
	Transport   string      `yaml:"transport,omitempty"`
	Certificate Certificate `yaml:"certificate,omitempty"`
	// Line: the IPSEC line is in service.
	Line bool `yaml:"line_in_service,omitempty"`
	// Connector: the mail server sends mail for de-mail.de to the gateway (S0-021).
	Connector bool `yaml:"connector,omitempty"`
	// Enabled are the rows of the communication matrix that are in force: submission, delivery, names.
	Enabled []string `yaml:"enabled,omitempty"`
}

// Server is the tenant's mail server.
type Server struct {
	Hostname string `yaml:"hostname,omitempty"`
	Product  string `yaml:"product,omitempty"`
	// Address is the server's own, LAN its network, SeenAs the address after translation, which KDN GmbH or SID
	// has given.
	Address config.Addr   `yaml:"address,omitempty"`
	LAN     config.Prefix `yaml:"lan,omitempty"`
	SeenAs  config.Addr   `yaml:"seen_as,omitempty"`
}

// Certificate is what the mail server shows for STARTTLS.
type Certificate struct {
	Names []string   `yaml:"names,omitempty"`
	Until config.Day `yaml:"until,omitempty"`
}

// Contact is a person of S0-073 and S0-074.
type Contact struct {
	Authority  string `yaml:"authority,omitempty"`
	Department string `yaml:"department,omitempty"`
	Unit       string `yaml:"unit,omitempty"`
	Person     string `yaml:"person,omitempty"`
	Street     string `yaml:"street,omitempty"`
	Town       string `yaml:"town,omitempty"`
	Telephone  string `yaml:"telephone,omitempty"`
	Fax        string `yaml:"fax,omitempty"`
	Mail       string `yaml:"mail,omitempty"`
}

// Administrator is a person whom the tenant has named (S0-018).
type Administrator struct {
	Person string   `yaml:"person,omitempty"`
	Mail   string   `yaml:"mail,omitempty"`
	Roles  []string `yaml:"roles,omitempty"`
}

// Power is a power of attorney (D9).
type Power struct {
	Holder  string   `yaml:"holder,omitempty"`
	Roles   []string `yaml:"roles,omitempty"`
	Purpose string   `yaml:"purpose,omitempty"`
	// From and Until bound it; without Until it is unlimited.
	From     config.Day `yaml:"from,omitempty"`
	Until    config.Day `yaml:"until,omitempty"`
	Document string     `yaml:"document,omitempty"`
}

// Read reads a form and the mapping table beside it. The error is a *config.Error: the form is unreadable, which is
// not the same as incomplete.
func Read(fsys fs.FS, name string) (*Form, error) {
	f := &Form{}
	var err error
	if f.source, err = config.Read(fsys, name, f); err != nil {
		return nil, err
	}
	if f.Mapping == "" {
		return f, nil
	}
	at := path.Join(path.Dir(name), f.Mapping)
	if !fs.ValidPath(at) {
		return nil, f.source.Fail("mapping", f.Mapping, config.NoPath, "put the table beside the form and give its name")
	}
	file, err := fsys.Open(at)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil // a table that is not there yet is missing like anything else
	} else if err != nil {
		return nil, f.source.Fail("mapping", f.Mapping, err.Error(), "make the table readable")
	}
	defer file.Close()
	if f.table, err = table.Read(file); err != nil {
		return nil, f.source.Fail("mapping", f.Mapping, fmt.Sprint(err), "look at the table in a text editor")
	}
	return f, nil
}

// Rows are the rows of the mapping table that could be read.
func (f *Form) Rows() []table.Row {
	if f.table == nil {
		return nil
	}
	return f.table.Rows
}

// domainNames are the names of the De-Mail domains.
func (f *Form) domainNames() (list []string) {
	for _, d := range f.Domains {
		list = append(list, d.Name)
	}
	return list
}
