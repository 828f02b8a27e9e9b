package demail

// Presence says whether a field must, may or must not stand in a kind of message.
type Presence int

// The marks of TR-01201-3.4 table 1.
const (
	// Never: the cell is blank.
	Never Presence = iota
	// May is X.
	May
	// Must is XX.
	Must
	// Original is "as the original": a confirmation carries the value of the message it confirms.
	Original
)

// Owner says who decides the value of a field.
type Owner int

const (
	// Sender fields come from the account holder's draft: options, private-id, Subject, Reply-To, From.
	Sender Owner = iota
	// Provider fields are set by the DMDA alone; a draft that carries one claims what its author cannot know.
	Provider
	// Transport fields are set on the way to a mailbox: Envelope-to, Resent-*.
	Transport
)

// Entry is one row of the header table.
type Entry struct {
	// Nr is the number in TR-01201-3.4 table 1; the four Resent fields share 20.
	Nr int
	// Name is the field's name as the guideline writes it.
	Name string
	// In has the presence by Kind.
	In [4]Presence
	// Owner says who sets it.
	Owner Owner
	// Since is the first version of the guideline that has the field (TR-01201-3.4 chapter 4), "1.0" for most.
	Since string
	// Hashed reports that the integrity header covers the field (TR-01201-3.4 3.1.21).
	Hashed bool
}

// The names of the fields that De-Mail adds (TR-01201-3.4 3.1).
const (
	FieldDispatch         = "X-de-mail-confirmation-of-dispatch"
	FieldReceipt          = "X-de-mail-confirmation-of-receipt"
	FieldRetrieve         = "X-de-mail-confirmation-of-retrieve"
	FieldAuthoritative    = "X-de-mail-authoritative"
	FieldPrivate          = "X-de-mail-private"
	FieldSender           = "X-de-mail-sender"
	FieldChosen           = "X-de-mail-chosen-recipient"
	FieldPrivateID        = "X-de-mail-private-id"
	FieldAuthLevel        = "X-de-mail-auth-level"
	FieldAuthMechanism    = "X-de-mail-auth-mechanism"
	FieldMessageID        = "X-de-mail-message-id"
	FieldProvider         = "X-de-mail-originator-provider"
	FieldMessageType      = "X-de-mail-message-type"
	FieldIntegrity        = "X-de-mail-integrity"
	FieldCertificate      = "X-de-mail-signature-certificate"
	FieldActual           = "X-de-mail-actual-recipient"
	FieldEnvelopeTo       = "Envelope-to"
	FieldVersion          = "X-de-mail-version"
	FieldAccountHolder    = "X-de-mail-account-holder"
	FieldNotificationType = "X-de-mail-notification-type"
)

var table = []Entry{
	{1, FieldDispatch, [4]Presence{Must, Never, Never, Never}, Sender, "1.0", true},
	{2, FieldReceipt, [4]Presence{Must, Never, Never, Never}, Sender, "1.0", true},
	{3, FieldRetrieve, [4]Presence{Must, Never, Never, Never}, Sender, "1.0", true},
	{4, FieldAuthoritative, [4]Presence{Must, Never, Never, Never}, Sender, "1.0", true},
	{5, FieldPrivate, [4]Presence{Must, Original, Never, Must}, Sender, "1.0", true},
	{6, FieldSender, [4]Presence{Must, Must, Must, Must}, Provider, "1.0", true},
	{7, FieldChosen, [4]Presence{Must, Must, Must, Must}, Provider, "1.0", true},
	{8, "Subject", [4]Presence{Must, Must, Must, Must}, Sender, "1.0", true},
	{9, FieldPrivateID, [4]Presence{May, May, May, Never}, Sender, "1.0", true},
	{10, "Reply-To", [4]Presence{May, May, May, May}, Sender, "1.0", true},
	{11, FieldAuthLevel, [4]Presence{Must, May, May, May}, Provider, "1.0", true},
	{12, FieldAuthMechanism, [4]Presence{Must, May, May, May}, Provider, "1.0", true},
	{13, "Date", [4]Presence{Must, Must, Must, Must}, Provider, "1.0", true},
	{14, FieldMessageID, [4]Presence{Must, Must, Must, Must}, Provider, "1.0", true},
	{15, FieldProvider, [4]Presence{Must, Must, Must, Must}, Provider, "1.0", true},
	{16, FieldMessageType, [4]Presence{Must, Must, Must, Must}, Provider, "1.0", true},
	{17, FieldIntegrity, [4]Presence{Must, Must, Must, Must}, Provider, "1.0", false},
	{18, FieldCertificate, [4]Presence{May, Must, May, Must}, Provider, "1.0", false},
	{19, FieldActual, [4]Presence{Must, Must, Must, Must}, Provider, "1.0", false},
	{20, "Resent-To", [4]Presence{May, May, May, May}, Transport, "1.0", false},
	{20, "Resent-From", [4]Presence{May, May, May, May}, Transport, "1.0", false},
	{20, "Resent-Date", [4]Presence{May, May, May, May}, Transport, "1.0", false},
	{20, "Resent-Message-ID", [4]Presence{May, May, May, May}, Transport, "1.0", false},
	{21, FieldEnvelopeTo, [4]Presence{May, May, May, May}, Transport, "1.0", false},
	{22, FieldVersion, [4]Presence{Must, Must, Must, Must}, Provider, "1.0", true},
	{23, FieldAccountHolder, [4]Presence{Must, Never, Never, Never}, Provider, "1.1", true},
	{24, FieldNotificationType, [4]Presence{Never, Never, Must, Never}, Provider, "1.2", false},
	{25, "From", [4]Presence{Must, Must, Must, Must}, Sender, "1.0", true},
	{26, "Message-ID", [4]Presence{Must, Must, Must, Must}, Sender, "1.0", true},
}

// Table returns the rows of TR-01201-3.4 table 1 in its order.
func Table() []Entry { return append([]Entry(nil), table...) }

// Lookup finds the row of a field by its name, ignoring case. Fields that the table does not have are no
// De-Mail fields, whatever they are called: AFD, a real client, writes "X-de-mail-privat-id".
func Lookup(name string) (Entry, bool) {
	for _, e := range table {
		if (Field{Name: e.Name}).Is(name) {
			return e, true
		}
	}
	return Entry{}, false
}

// ProviderOwned reports a De-Mail field that only the DMDA may set: a client that sends it forges
// metadata. Date belongs to the DMDA too, but every mail client writes one, so it is replaced instead.
func ProviderOwned(name string) bool {
	e, ok := Lookup(name)
	return ok && e.Owner == Provider && e.Name != "Date"
}
