package ledger

import "strings"

// Bases of a statement: what it rests on.
const (
	// BasisSource: a source document says it.
	BasisSource = "source"
	// BasisTR: the guideline BSI TR-01201 says it; the clause is named.
	BasisTR = "TR"
	// BasisLaw: a law says it; the paragraph is named.
	BasisLaw = "law"
	// BasisDerived: no text says it, but it follows from one.
	BasisDerived = "derived"
	// BasisDecision: we decided it.
	BasisDecision = "decision"
)

// Statuses of a statement.
const (
	// Tested: at least one scenario carries its id.
	Tested = "tested"
	// Planned: it can be tested, and waits for a capability of the bench.
	Planned = "planned"
	// NotTestable: no run of a gateway can show it.
	NotTestable = "not-testable"
	// Informational: it demands nothing.
	Informational = "informational"
)

// Term is a word of the ledger with its name for people.
type Term struct {
	// ID is what the files use.
	ID string
	// EN and DE name it in English and German.
	EN, DE string
}

// Name returns the term's name in the language.
func (t Term) Name(lang string) string { return pick(lang, t.EN, t.DE) }

// Vocabulary is a closed list of terms.
type Vocabulary []Term

// Name returns the name of the term with the id, or the id when there is none.
func (v Vocabulary) Name(id, lang string) string {
	for _, t := range v {
		if t.ID == id {
			return t.Name(lang)
		}
	}
	return id
}

// has reports whether id is a term of the list.
func (v Vocabulary) has(id string) bool {
	for _, t := range v {
		if t.ID == id {
			return true
		}
	}
	return false
}

// ids lists the terms as files write them.
func (v Vocabulary) ids() string {
	var s []string
	for _, t := range v {
		s = append(s, t.ID)
	}
	return strings.Join(s, ", ")
}

// Bases are the things a statement can rest on.
var Bases = Vocabulary{
	{BasisSource, "source document", "Quelldokument"},
	{BasisTR, "guideline BSI TR-01201", "Technische Richtlinie BSI TR-01201"},
	{BasisLaw, "law", "Gesetz"},
	{BasisDerived, "derived from a text", "aus einem Text abgeleitet"},
	{BasisDecision, "decision of ours", "eigene Festlegung"},
}

// Statuses are the states of testing.
var Statuses = Vocabulary{
	{Tested, "tested", "geprüft"},
	{Planned, "planned", "geplant"},
	{NotTestable, "not testable", "nicht prüfbar"},
	{Informational, "informational", "nur Information"},
}

// Kinds say what a statement is about.
var Kinds = Vocabulary{
	{"gateway", "gateway", "Gateway"},
	{"demail", "De-Mail account and provider", "De-Mail-Konto und Diensteanbieter"},
	{"network", "network and mail servers", "Netz und Mailserver"},
	{"process", "process and roles", "Ablauf und Rollen"},
	{"contract", "contract and price", "Vertrag und Preis"},
	{"information", "information", "Information"},
}

// Fixers are who usually has to act when a statement is broken.
var Fixers = Vocabulary{
	{"municipality", "the municipality or authority itself", "die Kommune oder Behörde selbst"},
	{"gateway", "the vendor of the gateway", "der Hersteller des Gateways"},
	{"provider", "the De-Mail provider (DMDA)", "der De-Mail-Diensteanbieter (DMDA)"},
	{"network", "the operator of the network", "der Betreiber des Netzes"},
	{"operator", "the operator of the service (SID / BaK ESV; in Saxony-Anhalt Dataport)", "der Dienstleister (SID / BaK ESV; in Sachsen-Anhalt Dataport)"},
}

// Capabilities are what planned statements wait for.
var Capabilities = Vocabulary{
	{"administration", "administration of the gateway by roles, with audit log", "Administration des Gateways nach Rollen, mit Protokoll"},
	{"enrolment", "the enrolment as a guided process with documents", "die Mandatierung als geführter Ablauf mit Dokumenten"},
	{"standard-scenarios", "the standard scenarios 1 to 4 with powers of attorney", "die Standardszenarien 1 bis 4 mit Vollmachten"},
	{"accounts", "De-Mail accounts with states, roles, portal and price items", "De-Mail-Konten mit Zuständen, Rollen, Portal und Preispositionen"},
	{"proofs", "signed confirmations and sender-confirmed De-Mails", "signierte Bestätigungen und absenderbestätigte De-Mails"},
	{"maintenance", "maintenance, availability and incidents in virtual time", "Wartung, Verfügbarkeit und Störungen in virtueller Zeit"},
	{"cluster", "several gateway instances, backup, load", "mehrere Gateway-Instanzen, Sicherung, Last"},
	{"containers", "the world in containers with real mail servers", "die Welt in Containern mit echten Mailservern"},
	{"saxony-anhalt", "the network model of Saxony-Anhalt", "das Netzmodell Sachsen-Anhalt"},
	{"smime-address", "the S/MIME address and the messenger of the SecureMail Gateway", "die S/MIME-Adresse und der Messenger des SecureMail Gateway"},
	{"network-filter", "the attachment filter of the joint network", "der Anhangfilter des gemeinsamen Netzes"},
	{"directory", "the public directory (OeVD)", "der Öffentliche Verzeichnisdienst (ÖVD)"},
	{"other-providers", "further De-Mail providers and the change between them", "weitere De-Mail-Diensteanbieter und der Wechsel zwischen ihnen"},
}

// Actors are the parties that a statement binds or protects.
var Actors = Vocabulary{
	{"tenant", "tenant", "Mandant"},
	{"municipality", "municipality", "Kommune"},
	{"state-authority", "state authority", "Landesbehörde"},
	{"representative", "person entitled to represent the authority", "vertretungsberechtigte Person"},
	{"account-administrator", "administrator of the De-Mail account", "Administrator des De-Mail-Kontos"},
	{"tenant-administrator", "the tenant's administrator at the gateway", "Gateway-Administrator des Mandanten"},
	{"clerk", "clerk", "Sachbearbeitung"},
	{"application", "specialist application", "Fachverfahren"},
	{"operator", "operator (SID / BaK ESV)", "Dienstleister (SID / BaK ESV)"},
	{"operator-administrator", "the operator's administrator", "Administrator des Dienstleisters"},
	{"smi", "Saxon Ministry of the Interior", "Sächsisches Staatsministerium des Innern"},
	{"sakd", "SAKD", "SAKD"},
	{"kdn", "KDN GmbH", "KDN GmbH"},
	{"dmda", "De-Mail provider (DMDA)", "De-Mail-Diensteanbieter (DMDA)"},
	{"rss", "hosting company (Telekom RSS)", "Hosting-Unternehmen (Telekom RSS)"},
	{"network-operator", "operator of the network", "Netzbetreiber"},
	{"citizen", "citizen", "Bürgerin oder Bürger"},
	{"sender", "sender", "Absender"},
	{"recipient", "recipient", "Empfänger"},
	{"dataport", "Dataport, project lead", "Dataport, Projektleitung"},
	{"dataport-technician", "Dataport, technician", "Dataport, Techniker"},
	{"mid", "Ministry for Infrastructure and Digital Affairs (MID)", "Ministerium für Infrastruktur und Digitales (MID)"},
	{"bsi", "Federal Office for Information Security (BSI)", "Bundesamt für Sicherheit in der Informationstechnik (BSI)"},
}
