package explain

import (
	"mime"
	"strings"

	"demailbench/sim/demail"
)

// text is a sentence in both languages.
type text struct{ en, de string }

func (t text) in(german bool) string {
	if german {
		return t.de
	}
	return t.en
}

// meaning is what a field says, with its clause of TR-01201-3.4.
type meaning struct {
	text
	source string
	yes    text // instead, where the value is "yes"
}

var meanings = map[string]meaning{
	demail.FieldDispatch:         {text{"No confirmation of dispatch was asked for.", "Keine Versandbestätigung verlangt."}, "3.1.2", text{"The sender asked for a confirmation of dispatch.", "Der Absender verlangt eine Versandbestätigung."}},
	demail.FieldReceipt:          {text{"No confirmation of receipt was asked for.", "Keine Eingangsbestätigung verlangt."}, "3.1.3", text{"The sender asked for a confirmation of receipt.", "Der Absender verlangt eine Eingangsbestätigung."}},
	demail.FieldRetrieve:         {text{"No confirmation of retrieve was asked for.", "Keine Abholbestätigung verlangt."}, "3.1.4", text{"The sender, a body entitled to formal service, asked for a confirmation of retrieve.", "Der Absender, eine zur förmlichen Zustellung berechtigte Stelle, verlangt eine Abholbestätigung."}},
	demail.FieldAuthoritative:    {text{"The sender's secure sign-in is not confirmed.", "Die sichere Anmeldung des Absenders ist nicht bestätigt."}, "3.1.5", text{"The provider confirms by its signature that the sender was signed in securely.", "Der Diensteanbieter bestätigt mit seiner Signatur die sichere Anmeldung des Absenders."}},
	demail.FieldPrivate:          {text{"May be read at any level of sign-in.", "Auf jedem Niveau der Anmeldung lesbar."}, "3.1.6", text{"Personal: to be read after a secure sign-in only.", "Persönlich: nur nach sicherer Anmeldung lesbar."}},
	demail.FieldSender:           {text: text{"The De-Mail address from which it was sent.", "Die De-Mail-Adresse, von der sie kommt."}, source: "3.1.7"},
	demail.FieldChosen:           {text: text{"Whom the sender chose as recipients.", "Wen der Absender als Empfänger gewählt hat."}, source: "3.1.8"},
	demail.FieldAuthLevel:        {text: text{"The level at which the sender was signed in.", "Das Niveau, auf dem der Absender angemeldet war."}, source: "3.1.9"},
	demail.FieldAuthMechanism:    {text: text{"The means of that sign-in.", "Das Mittel dieser Anmeldung."}, source: "3.1.10"},
	demail.FieldProvider:         {text: text{"The server of the sender's provider.", "Der Server des Diensteanbieters des Absenders."}, source: "3.1.11"},
	demail.FieldMessageType:      {text: text{"The type of the message.", "Der Typ der Nachricht."}, source: "3.1.12"},
	demail.FieldIntegrity:        {text: text{"Hash or signature over body and metadata.", "Hashwert oder Signatur über Inhalt und Metadaten."}, source: "3.1.13, 3.1.21"},
	demail.FieldCertificate:      {text: text{"The certificate of the signature, in Base64.", "Das Zertifikat zur Signatur, in Base64."}, source: "3.1.14"},
	demail.FieldActual:           {text: text{"Who gets it now; differs from the chosen recipients when it was forwarded.", "Wer sie nun bekommt; anders als gewählt, wenn sie weitergeleitet wurde."}, source: "3.1.15"},
	demail.FieldVersion:          {text: text{"The version of the guideline.", "Die Version der Richtlinie."}, source: "3.1.16"},
	demail.FieldPrivateID:        {text: text{"The sender's own mark; confirmations carry it too.", "Das eigene Kennzeichen des Absenders; auch Bestätigungen tragen es."}, source: "3.1.17"},
	demail.FieldMessageID:        {text: text{"The provider's unique number of the message.", "Die eindeutige Nummer der Nachricht beim Diensteanbieter."}, source: "3.1.18"},
	demail.FieldAccountHolder:    {text: text{"To whom the sender's account belongs.", "Wem das Konto des Absenders gehört."}, source: "3.1.19"},
	demail.FieldNotificationType: {text: text{"What the provider reports.", "Was der Diensteanbieter meldet."}, source: "3.1.20"},
	demail.FieldEnvelopeTo:       {text: text{"The mailbox to which it was delivered.", "Das Postfach, in das sie gelegt wurde."}, source: "3.1.22"},
	"Date":                       {text: text{"When the provider took it over for dispatch.", "Wann der Diensteanbieter sie zum Versand übernommen hat."}, source: "table 1 nr 13"},
	"Reply-To":                   {text: text{"Where answers and confirmations go.", "Wohin Antworten und Bestätigungen gehen."}, source: "table 1 nr 10"},
	"Resent-From":                {text: text{"Who forwarded it automatically.", "Wer sie automatisch weitergeleitet hat."}, source: "3.2"},
	"Resent-To":                  {text: text{"To whom it was forwarded.", "An wen sie weitergeleitet wurde."}, source: "3.2"},
}

var reasons = map[demail.Reason]text{
	demail.ReasonAbsent:      {"There is no integrity header", "Es gibt keinen Integritäts-Header"},
	demail.ReasonSyntax:      {"The integrity header cannot be read", "Der Integritäts-Header ist nicht lesbar"},
	demail.ReasonFields:      {"The integrity header does not cover the prescribed fields", "Der Integritäts-Header deckt nicht die vorgeschriebenen Felder ab"},
	demail.ReasonBody:        {"The body was changed", "Der Inhalt wurde verändert"},
	demail.ReasonHeader:      {"The header was changed", "Der Kopf wurde verändert"},
	demail.ReasonUnsigned:    {"The prescribed signature is missing", "Die vorgeschriebene Signatur fehlt"},
	demail.ReasonCertificate: {"The certificate is missing or unusable", "Das Zertifikat fehlt oder ist unbrauchbar"},
	demail.ReasonSignature:   {"The header was changed, or somebody else signed", "Der Kopf wurde verändert, oder jemand anderes hat signiert"},
	demail.ReasonExpired:     {"The certificate is not valid at that time", "Das Zertifikat ist zu dieser Zeit nicht gültig"},
	demail.ReasonUntrusted:   {"The certificate's issuer is not trusted", "Der Aussteller des Zertifikats ist nicht vertrauenswürdig"},
}

func reason(r demail.Reason, german bool) string { return reasons[r].in(german) }

// kinds are the types of messages in words.
var kinds = map[string]text{
	demail.TypeNormal:       {"A De-Mail from one account holder to others", "Eine De-Mail eines Kontoinhabers an andere"},
	demail.TypeDispatch:     {"A confirmation of dispatch", "Eine Versandbestätigung"},
	demail.TypeReceipt:      {"A confirmation of receipt", "Eine Eingangsbestätigung"},
	demail.TypeRetrieve:     {"A confirmation of retrieve", "Eine Abholbestätigung"},
	demail.TypeMalwareAck:   {"A signed warning of malware in a message for which a confirmation was asked", "Eine signierte Warnung vor Schadsoftware in einer Nachricht, für die eine Bestätigung verlangt war"},
	demail.TypeMalwareNote:  {"A warning of malware", "Eine Warnung vor Schadsoftware"},
	demail.TypeNotification: {"A notification of the provider", "Eine Meldung des Diensteanbieters"},
	demail.TypeIdent:        {"An identity confirmation", "Eine Ident-Bestätigung"},
}

func kindOf(h demail.Header, german bool) string {
	value, ok := h.Get(demail.FieldMessageType)
	if k, known := kinds[value]; known {
		return k.in(german)
	}
	if !ok {
		return text{"No De-Mail: there is no " + demail.FieldMessageType, "Keine De-Mail: Es gibt kein Feld " + demail.FieldMessageType}.in(german)
	}
	return text{"A De-Mail of unknown type", "Eine De-Mail unbekannten Typs"}.in(german)
}

// field explains one field.
func field(f demail.Field, german bool) Field {
	out := Field{Name: f.Name, Value: f.Value()}
	if decoded, err := new(mime.WordDecoder).DecodeHeader(out.Value); err == nil {
		out.Value = decoded
	}
	for name, m := range meanings {
		if !f.Is(name) {
			continue
		}
		t := m.text
		if f.Value() == "yes" && m.yes != (text{}) {
			t = m.yes
		}
		out.Meaning, out.Source = t.in(german), "TR-01201-3.4 "+m.source
	}
	if f.Blank {
		out.Meaning = strings.TrimSpace(out.Meaning + " " + text{"A blank stands before the colon: many programs overlook such a field.", "Vor dem Doppelpunkt steht ein Leerzeichen: Viele Programme übersehen ein solches Feld."}.in(german))
		out.Source = "RFC 5322 4.5"
	}
	return out
}
