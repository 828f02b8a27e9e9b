package portal

import (
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"demailbench/sim/demail"
	"demailbench/sim/dmda"
	"demailbench/sim/dmda/account"
	"demailbench/sim/dmda/draft"
)

// Handler is the account holders' API.
func (p *Portal) Handler() http.Handler {
	with := func(f func(h *dmda.Holder, r *http.Request) (any, error)) func(*http.Request) (any, error) {
		return func(r *http.Request) (any, error) {
			h, err := p.holder(r)
			if err != nil {
				return nil, err
			}
			return f(h, r)
		}
	}
	return p.mux([]route{
		{"POST /session", p.signIn},
		{"DELETE /session", p.signOff},
		{"GET /mailboxes/{address}/{folder}", with(list)},
		{"GET /mailboxes/{address}/messages/{id}", with(export)},
		{"GET /mbox/{address}/{folder}", with(exportAll)},
		{"DELETE /mailboxes/{address}/messages/{id}", with(remove)},
		{"POST /messages", with(send)},
		{"GET /account", with(p.show)},
		{"POST /account/activation", with(p.activate)},
		{"PUT /account/settings/{setting}", with(p.set)},
		{"POST /account/{list}", with(p.add)},
		{"DELETE /account/{list}/{name}", with(p.drop)},
	}, func(*http.Request) error { return nil })
}

// Entry is a message in a list (TR-01201-3.1 3.1.2.2).
type Entry struct {
	ID            string    `json:"id"`
	At            time.Time `json:"at"`
	Type          string    `json:"type"`
	From          string    `json:"from"`
	Subject       string    `json:"subject"`
	Date          string    `json:"date"`
	Level         string    `json:"level"`
	Personal      bool      `json:"personal"`
	Authoritative bool      `json:"authoritative"`
	Attachments   bool      `json:"attachments"`
	// Confirmations are those that the sender asked for.
	Confirmations []string `json:"confirmations"`
	Size          int64    `json:"size"`
}

func list(h *dmda.Holder, r *http.Request) (any, error) {
	var mails []dmda.Mail
	var err error
	switch address := r.PathValue("address"); dmda.Folder(r.PathValue("folder")) {
	case dmda.Inbox:
		mails, err = h.Mailbox(address)
	case dmda.Sent:
		mails, err = h.Sent(address)
	case dmda.Trash:
		mails, err = h.Trash(address)
	default:
		return nil, &failure{status: http.StatusNotFound, text: "the folders are inbox, sent and trash"}
	}
	out := []Entry{}
	for _, m := range mails {
		out = append(out, entry(m))
	}
	return out, err
}

func entry(m dmda.Mail) Entry {
	e := Entry{ID: m.ID, At: m.At, Type: m.Type, From: m.From, Size: m.Msg.Size, Confirmations: []string{}}
	h, err := demail.ScanHeader(m.Msg.Header)
	if err != nil {
		return e
	}
	get := func(name string) string { v, _ := h.Get(name); return v }
	e.Subject, e.Date, e.Level = get("Subject"), get("Date"), get(demail.FieldAuthLevel)
	if s, err := new(mime.WordDecoder).DecodeHeader(e.Subject); err == nil {
		e.Subject = s
	}
	e.Personal, e.Authoritative = get(demail.FieldPrivate) == "yes", get(demail.FieldAuthoritative) == "yes"
	e.Attachments = strings.HasPrefix(strings.ToLower(get("Content-Type")), "multipart/mixed")
	for name, field := range map[string]string{"dispatch": demail.FieldDispatch, "receipt": demail.FieldReceipt, "retrieve": demail.FieldRetrieve} {
		if get(field) == "yes" {
			e.Confirmations = append(e.Confirmations, name)
		}
	}
	return e
}

func export(h *dmda.Holder, r *http.Request) (any, error) { return h.Export(r.PathValue("id")) }

// mbox tells a folder from a message.
type mbox struct{ io.ReadCloser }

// exportAll is a folder as mbox (TR-01201-3.4 3.6).
func exportAll(h *dmda.Holder, r *http.Request) (any, error) {
	octets, err := h.ExportFolder(r.PathValue("address"), dmda.Folder(r.PathValue("folder")))
	return mbox{octets}, err
}

func remove(h *dmda.Holder, r *http.Request) (any, error) {
	return nil, h.Delete(r.PathValue("address"), r.PathValue("id"))
}

// Draft is the request that sends a message.
type Draft struct {
	draft.Sheet
	// Confirmed: the sender has read the warning that an authoritative message brings.
	Confirmed bool
}

// WrittenForm is the warning before a message that replaces written form is sent (De-Mail-G 5(5)).
const WrittenForm = "Absenderbestätigt versenden: Ihr Diensteanbieter bestätigt mit seiner qualifizierten Signatur, dass Sie sicher angemeldet sind. " +
	"Gegenüber Behörden kann diese Nachricht die Schriftform ersetzen und Sie rechtlich binden wie Ihre Unterschrift."

func send(h *dmda.Holder, r *http.Request) (any, error) {
	d, err := read[Draft](r)
	if err != nil {
		return nil, err
	}
	if d.Authoritative && !d.Confirmed {
		return nil, &failure{status: http.StatusPreconditionRequired, text: "the warning must be confirmed first", warning: WrittenForm}
	}
	return nil, h.Send(d.Sheet)
}

// Settings is an account as its persons see it.
type Settings struct {
	ID        string            `json:"id"`
	Holder    string            `json:"holder"`
	State     account.State     `json:"state"`
	Domains   []string          `json:"domains"`
	Mailboxes []string          `json:"mailboxes"`
	Receipt   string            `json:"receipt"`
	Published bool              `json:"published"`
	Forward   map[string]string `json:"forward"`
	ITSP      string            `json:"itsp"`
	Gateway   bool              `json:"gateway"`
	Quota     int64             `json:"quota"`
	Persons   []Person          `json:"persons"`
	Bill      []account.Item    `json:"bill"`
	// Tariff says by which conditions the bill is written (S1-020).
	Tariff string `json:"tariff"`
	// Rights are what the signed-in person may do.
	Rights []account.Right `json:"rights"`
}

// Person is a person of an account without credentials.
type Person struct {
	ID   string       `json:"id"`
	Role account.Role `json:"role"`
	// Mailboxes are those of staff.
	Mailboxes  []string `json:"mailboxes,omitempty"`
	Address    string   `json:"address,omitempty"`
	Password   string   `json:"password,omitempty"`
	Identified bool     `json:"identified"`
}

func (p *Portal) show(h *dmda.Holder, _ *http.Request) (any, error) {
	a := h.Account()
	out := Settings{ID: a.ID, Holder: a.Holder, State: a.State, Domains: a.Domains, Mailboxes: a.Mailboxes, Receipt: a.Receipt, Published: a.Published,
		Forward: a.Forward, ITSP: a.ITSP, Gateway: a.Gateway, Quota: a.Limit(), Bill: a.Bill(), Rights: []account.Right{}}
	out.Tariff = account.Tariff(p.cfg.Clock.Now())
	for _, who := range a.Persons {
		out.Persons = append(out.Persons, Person{ID: who.ID, Role: who.Role, Mailboxes: who.Mailboxes, Identified: who.Identified != nil})
		if who.ID != h.Person() {
			continue
		}
		for _, right := range account.Rights() {
			if who.Role.May(right) {
				out.Rights = append(out.Rights, right)
			}
		}
	}
	return out, nil
}

// change makes a change as the signed-in person.
func (p *Portal) change(h *dmda.Holder, what string, do func(d *account.Directory, id string, by account.Actor) error) (any, error) {
	id := h.Account().ID
	return nil, p.cfg.Provider.Change(h.Person(), what+" of "+id, func(d *account.Directory, by account.Actor) error { return do(d, id, by) })
}

func (p *Portal) activate(h *dmda.Holder, _ *http.Request) (any, error) {
	return p.change(h, "activation", func(d *account.Directory, id string, by account.Actor) error { return d.Activate(id, by) })
}

// Value is the request of a setting; which fields count depends on the setting.
type Value struct {
	// On is for "published", Text for "holder", "receipt", "redirect" and "password", Mailbox and Text for
	// "forward", Person and Text for "password".
	On      bool   `json:"on"`
	Text    string `json:"text"`
	Mailbox string `json:"mailbox"`
	Person  string `json:"person"`
}

func (p *Portal) set(h *dmda.Holder, r *http.Request) (any, error) {
	v, err := read[Value](r)
	if err != nil {
		return nil, err
	}
	setting := r.PathValue("setting")
	return p.change(h, "setting "+setting, func(d *account.Directory, id string, by account.Actor) error {
		// At level normal nothing that binds the account changes but the own password.
		if h.Level() != demail.LevelHigh && (setting != "password" || v.Person != h.Person()) {
			return &failure{status: http.StatusForbidden, text: "sign in at level high for this (TR-01201-2.1 4)"}
		}
		switch setting {
		case "published":
			return d.Publish(id, v.On, by)
		case "holder":
			return d.SetMasterData(id, v.Text, by)
		case "receipt":
			return d.SetOption(id, v.Text, by)
		case "forward":
			return d.SetForward(id, v.Mailbox, v.Text, by)
		case "redirect":
			return d.SetRedirect(id, v.Text, by)
		case "password":
			return d.ResetPassword(id, v.Person, v.Text, by)
		}
		return &failure{status: http.StatusNotFound, text: "the settings are published, holder, receipt, forward, redirect and password"}
	})
}

// Name is the request that adds a mailbox or a subdomain.
type Name struct {
	Name string `json:"name"`
}

func (p *Portal) add(h *dmda.Holder, r *http.Request) (any, error) {
	if h.Level() != demail.LevelHigh {
		return nil, &failure{status: http.StatusForbidden, text: "sign in at level high for this (TR-01201-2.1 4.3.2)"}
	}
	switch kind := r.PathValue("list"); kind {
	case "mailboxes", "subdomains":
		v, err := read[Name](r)
		if err != nil {
			return nil, err
		}
		return p.change(h, "new "+kind, func(d *account.Directory, id string, by account.Actor) error {
			if kind == "mailboxes" {
				return d.AddMailbox(id, v.Name, by)
			}
			return d.AddSubdomain(id, v.Name, by)
		})
	case "persons":
		v, err := read[Person](r)
		if err != nil {
			return nil, err
		}
		return p.change(h, "new person", func(d *account.Directory, id string, by account.Actor) error {
			return d.AddPerson(id, account.Person{ID: v.ID, Role: v.Role, Mailboxes: v.Mailboxes, Address: v.Address, Credentials: account.NewCredentials(v.Password, nil)}, by)
		})
	}
	return nil, &failure{status: http.StatusNotFound, text: "mailboxes, subdomains or persons"}
}

func (p *Portal) drop(h *dmda.Holder, r *http.Request) (any, error) {
	if h.Level() != demail.LevelHigh {
		return nil, &failure{status: http.StatusForbidden, text: "sign in at level high for this (TR-01201-2.1 4.3.2)"}
	}
	kind, name := r.PathValue("list"), r.PathValue("name")
	return p.change(h, name+" of "+kind+" taken off", func(d *account.Directory, id string, by account.Actor) error {
		switch kind {
		case "mailboxes":
			return d.RemoveMailbox(id, name, by)
		case "persons":
			return d.RemovePerson(id, name, by)
		}
		return &failure{status: http.StatusNotFound, text: "mailboxes or persons"}
	})
}
