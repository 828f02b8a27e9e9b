package steps

import (
	"maps"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"demailbench/features/steps/words"
)

// germanSentences is the German of every step, by its regular expression. {1} is the first group as it is,
// {1!} its German word, {1*} the name of an option, {1+2} a number with its unit. Whoever adds a step adds its line here; a test asks.
var germanSentences = map[string]string{
	`^clerk "([^"]+)" of (\w+) sends the citizen a De-Mail$`:                           `Sachbearbeiter „{1}“ von {2} sendet der Bürgerin eine De-Mail`,
	`^clerk "([^"]+)" of (\w+) sends the citizen a De-Mail with From "([^"]+)"$`:       `Sachbearbeiter „{1}“ von {2} sendet der Bürgerin eine De-Mail mit „{3}“ im Feld From`,
	`^clerk "([^"]+)" of (\w+) sends the citizen a De-Mail as "([^"]+)"$`:              `Sachbearbeiter „{1}“ von {2} sendet der Bürgerin eine De-Mail unter der Adresse „{3}“`,
	`^clerk "([^"]+)" of (\w+) sends mail to "([^"]+)" by the gateway$`:                `Sachbearbeiter „{1}“ von {2} sendet über das Gateway Post an „{3}“`,
	`^the citizen sends a De-Mail to "([^"]+)"$`:                                       `Die Bürgerin sendet eine De-Mail an „{1}“`,
	`^host ([\w-]+) submits mail from "([^"]+)" to the gateway$`:                       `Der Rechner {1} liefert dem Gateway Post von „{2}“ ein`,
	`^host ([\w-]+) submits mail from "([^"]+)" to the gateway in clear$`:              `Der Rechner {1} liefert dem Gateway Post von „{2}“ unverschlüsselt ein`,
	`^host ([\w-]+) submits mail from "([^"]+)" to (\d+\.\d+\.\d+\.\d+)$`:              `Der Rechner {1} liefert bei {3} Post von „{2}“ ein`,
	`^host ([\w-]+) submits mail for "([^"]+)" to the gateway's provider side$`:        `Der Rechner {1} liefert an der Anbieterseite des Gateways Post für „{2}“ ein`,
	`^it arrives in the citizen's mailbox from "([^"]+)"$`:                             `Sie kommt im Postfach der Bürgerin von „{1}“ an`,
	`^it arrives unchanged in mailbox "([^"]+)"$`:                                      `Sie kommt unverändert im Postfach „{1}“ an`,
	`^a confirmation of (dispatch|receipt) arrives in the citizen's mailbox$`:          `Eine {1!}bestätigung kommt im Postfach der Bürgerin an`,
	`^a confirmation of (dispatch|receipt) arrives in mailbox "([^"]+)"$`:              `Eine {1!}bestätigung kommt im Postfach „{2}“ an`,
	`^the clerk gets a delivery status notification with status "([^"]+)"$`:            `Der Sachbearbeiter erhält eine Zustellnachricht (DSN) mit dem Status „{1}“`,
	`^"([^"]+)" is alerted about "([^"]+)"$`:                                           `„{1}“ wird über „{2}“ gewarnt`,
	`^the clerk is told that it was refused with "([^"]+)"$`:                           `Der Sachbearbeiter erfährt, dass sie mit „{1}“ abgelehnt wurde`,
	`^host ([\w-]+) is refused with "([^"]+)"$`:                                        `Der Rechner {1} wird mit „{2}“ abgelehnt`,
	`^host ([\w-]+) is refused$`:                                                       `Der Rechner {1} wird abgelehnt`,
	`^nothing of it is at host ([\w-]+)$`:                                              `Nichts davon ist beim Rechner {1}`,
	`^nothing of it is at host ([\w-]+) yet$`:                                          `Nichts davon ist bisher beim Rechner {1}`,
	`^nothing of it is in zone ([\w-]+)$`:                                              `Nichts davon ist in der Zone {1}`,
	`^nothing of it is in zone ([\w-]+) yet$`:                                          `Nichts davon ist bisher in der Zone {1}`,
	`^the gateway will be killed in the instant in which ([\w-]+) reads its 250$`:      `Das Gateway wird in dem Augenblick hart beendet, in dem {1} seine Antwort 250 liest`,
	`^the gateway has been killed$`:                                                    `Das Gateway ist hart beendet worden`,
	`^the gateway is started again$`:                                                   `Das Gateway wird neu gestartet`,
	`^the DMDA answers (\d{3}) to (MAIL|RCPT|DATA) for (\d+) (minute|hour)s?$`:         `Der DMDA antwortet {3+4} lang mit {1} auf {2}`,
	`^the DMDA's reply to the end of data is lost once$`:                               `Die Antwort des DMDA auf das Ende der Nachricht geht einmal verloren`,
	`^the account of (\w+) is (bound|not bound) to the ITSP$`:                          `Das Konto von {1} ist {2!} den IT-Dienstleister gebunden`,
	`^the gateway has tried host ([\w-]+) at least (\d+) times in vain$`:               `Das Gateway hat es beim Rechner {1} mindestens {2}-mal vergeblich versucht`,
	`^(\d+) (second|minute|hour|day)s? pass$`:                                          `Es vergehen {1+2}`,
	`^the line of (\w+) is cut$`:                                                       `Die Leitung von {1} ist unterbrochen`,
	`^the line of (\w+) is healed$`:                                                    `Die Leitung von {1} ist wiederhergestellt`,
	`^matrix entry (\S+) is removed$`:                                                  `Der Eintrag {1} wird aus der Freischaltungsmatrix entfernt`,
	`^matrix entry (\S+) is added again$`:                                              `Der Eintrag {1} wird wieder in die Freischaltungsmatrix aufgenommen`,
	`^the matrix also lets ([\w-]+) reach ([\w-]+) on port (\d+)$`:                     `Die Freischaltungsmatrix lässt auch {1} zu {2} auf Port {3}`,
	`^the (internal|internet) name server answers SERVFAIL for (\d+) (minute|hour)s?$`: `Der Namensserver {1!} antwortet {2+3} lang mit SERVFAIL`,
	`^(\w+)'s mail server offers STARTTLS$`:                                            `Der Mailserver von {1} bietet STARTTLS an`,
	`^(\w+)'s mail server does not offer STARTTLS$`:                                    `Der Mailserver von {1} bietet kein STARTTLS an`,
	`^host ([\w-]+) is reached on port (\d+) from (\S+)$`:                              `Der Rechner {1} wird auf Port {2} von {3} erreicht`,
	`^router ([\w-]+) drops packets from (\S+) to port (\d+) by rule (\S+)$`:           `Der Router {1} verwirft Pakete von {2} an Port {3} nach der Regel {4}`,
	`^between the gateway and ([\w-]+) nothing is sent in clear$`:                      `Zwischen dem Gateway und {1} wird nichts unverschlüsselt gesendet`,
	`^nothing of it is readable on the links of segment ([\w-]+)$`:                     `Nichts davon ist auf den Leitungen des Segments {1} lesbar`,
	`^the citizen sends a De-Mail to "([^"]+)" with (text with umlauts|base64 attachment|S/MIME message|20 MiB|20 MiB net|20 MiB and one octet net|the EICAR test file)$`:             `Die Bürgerin sendet an „{1}“ eine De-Mail mit {2!}`,
	`^clerk "([^"]+)" of (\w+) sends the citizen a De-Mail with (text with umlauts|base64 attachment|S/MIME message|20 MiB|20 MiB net|20 MiB and one octet net|the EICAR test file)$`: `Sachbearbeiter „{1}“ von {2} sendet der Bürgerin eine De-Mail mit {3!}`,
	`^clerk "([^"]+)" of (\w+) sends the citizen a De-Mail and asks for confirmation of (dispatch|receipt)$`:                                                                          `Sachbearbeiter „{1}“ von {2} sendet der Bürgerin eine De-Mail und verlangt eine {3!}bestätigung`,
	`^it arrives in the citizen's mailbox from "([^"]+)", a second copy only with the same Message-ID$`:                                                                               `Sie kommt im Postfach der Bürgerin von „{1}“ an, ein zweites Mal nur mit derselben Message-ID`,
	`^clerk "([^"]+)" of (\w+) sends "([^"]+)" a De-Mail$`:                                                                                                                            `Sachbearbeiter „{1}“ von {2} sendet an „{3}“ eine De-Mail`,
	`^nothing of it is in mailbox "([^"]+)"$`:                                                                            `Nichts davon ist im Postfach „{1}“`,
	`^nothing of it is in the citizen's mailbox$`:                                                                        `Nichts davon ist im Postfach der Bürgerin`,
	`^nothing of it is in the citizen's mailbox yet$`:                                                                    `Nichts davon ist bisher im Postfach der Bürgerin`,
	`^the gateway is stopped$`:                                                                                           `Das Gateway wird angehalten`,
	`^the account holder of (\w+) sends "([^"]+)" an authoritative De-Mail from "([^"]+)"$`:                              `Der Kontoinhaber von {1} sendet an „{2}“ eine absenderbestätigte De-Mail von „{3}“`,
	`^the account holder of (\w+) finds it in the portal among what "([^"]+)" sent$`:                                     `Der Kontoinhaber von {1} findet sie im Portal unter dem, was „{2}“ gesendet hat`,
	`^the DMDA looks for malware at the recipient's side only$`:                                                          `Der DMDA sucht nur auf der Empfängerseite nach Schadsoftware`,
	`^the ITSP card is removed$`:                                                                                         `Die Karte des IT-Dienstleisters ist entnommen`,
	`^the ITSP card is put back$`:                                                                                        `Die Karte des IT-Dienstleisters ist wieder eingesetzt`,
	`^the DMDA has (blocked|released) the ITSP$`:                                                                         `Der DMDA hat den IT-Dienstleister {1!}`,
	`^the DMDA has blocked the account of (\w+)$`:                                                                        `Der DMDA hat das Konto von {1} gesperrt`,
	`^a notification of ([\w-]+) arrives in mailbox "([^"]+)"$`:                                                          `Eine Meldung ({1}) kommt im Postfach „{2}“ an`,
	`^a (malware-notification|malware-acknowledge) arrives in mailbox "([^"]+)"$`:                                        `Eine Meldung über Schadsoftware ({1}) kommt im Postfach „{2}“ an`,
	`^a malware-notification arrives in the citizen's mailbox$`:                                                          `Eine Schadsoftware-Meldung kommt im Postfach der Bürgerin an`,
	`^the proof of it in mailbox "([^"]+)" holds$`:                                                                       `Ihr Nachweis im Postfach „{1}“ hält`,
	`^the last day of the pilot operation is (\d{4}-\d{2}-\d{2})$`:                                                       `Der letzte Tag des Pilotbetriebs ist {1}`,
	`^domain (\S+) of (\w+) is (receive-only|send-only)$`:                                                                `Die Domain {1} von {2} ist nur für {3!} eingerichtet`,
	`^CatchAll of domain (\S+) of (\w+) is mailbox "([^"]+)"$`:                                                           `CatchAll der Domain {1} von {2} ist das Postfach „{3}“`,
	`^De-Mail address "([^"]+)" of (\w+) is not mapped$`:                                                                 `Die De-Mail-Adresse „{1}“ von {2} ist nicht zugeordnet`,
	`^BounceAll of domain (\S+) of (\w+) is refuse$`:                                                                     `BounceAll der Domain {1} von {2} lehnt ab`,
	`^BounceAll of domain (\S+) of (\w+) is reply from "([^"]+)"$`:                                                       `BounceAll der Domain {1} von {2} antwortet von „{3}“`,
	`^clerk "([^"]+)" of (\w+) sends "([^"]+)" a De-Mail with options "([^"]*)"$`:                                        `Sachbearbeiter „{1}“ von {2} sendet an „{3}“ eine De-Mail mit den Optionen „{4}“`,
	`^the account holder of (\w+) sends "([^"]+)" a De-Mail from "([^"]+)" with options "([^"]*)"$`:                      `Der Kontoinhaber von {1} sendet an „{2}“ eine De-Mail von „{3}“ mit den Optionen „{4}“`,
	`^the account holder of (\w+) signs in at level high$`:                                                               `Der Kontoinhaber von {1} meldet sich mit hohem Niveau an`,
	`^exactly the confirmations "([^"]*)" of it arrive in mailbox "([^"]+)"$`:                                            `Genau die Bestätigungen „{1}“ dazu kommen im Postfach „{2}“ an`,
	`^tenant (\w+) lets the tag "\[([\w-]+)\]" ask for (dispatch|receipt|retrieval|personal|authoritative)$`:             `Beim Mandanten {1} verlangt das Kürzel „[{2}]“ die Option „{3*}“`,
	`^mailbox "([^"]+)" of (\w+) (presets|may not ask for) (dispatch|receipt|retrieval|personal|authoritative)$`:         `Für das Postfach „{1}“ von {2} ist die Option „{4*}“ {3!}`,
	`^clerk "([^"]+)" of (\w+) sends the citizen a De-Mail with tag "\[([\w-]+)\]" in its subject$`:                      `Sachbearbeiter „{1}“ von {2} sendet der Bürgerin eine De-Mail mit dem Kürzel „[{3}]“ im Betreff`,
	`^clerk "([^"]+)" of (\w+) sends the citizen a De-Mail with a private-id of (\d+) characters and asks for dispatch$`: `Sachbearbeiter „{1}“ von {2} sendet der Bürgerin eine De-Mail mit einer Kennung von {3} Zeichen und verlangt eine Versandbestätigung`,
	`^its subject in the citizen's mailbox has no tag$`:                                                                  `Ihr Betreff im Postfach der Bürgerin hat kein Kürzel`,
	`^its subject in the citizen's mailbox still has the tag "\[([\w-]+)\]"$`:                                            `Ihr Betreff im Postfach der Bürgerin hat noch das Kürzel „[{1}]“`,
	`^the ITSP card is blocked$`:                                                                                         `Die Karte des IT-Dienstleisters ist gesperrt`,
	`^the ITSP card is replaced by a new one$`:                                                                           `Die Karte des IT-Dienstleisters wird durch eine neue ersetzt`,
	`^the ITSP card is replaced by one that ends in (\d+) days$`:                                                         `Die Karte des IT-Dienstleisters wird durch eine ersetzt, die in {1} Tagen abläuft`,
	`^the gateway has proven itself by the new card$`:                                                                    `Das Gateway hat sich mit der neuen Karte ausgewiesen`,
	`^the gateway knows that the account of (\w+) confirms every receipt$`:                                               `Das Gateway weiß, dass das Konto von {1} jeden Eingang bestätigt`,
	`^a notification of ([\w-]+) arrives in the citizen's mailbox$`:                                                      `Eine Meldung ({1}) kommt im Postfach der Bürgerin an`,
	`^an answer of the gateway about it arrives in the citizen's mailbox from "([^"]+)" and says "([^"]+)"$`:             `Eine Antwort des Gateways darauf kommt im Postfach der Bürgerin von „{1}“ an und sagt „{2}“`,
	`^a confirmation of (dispatch|receipt) stays in "([^"]+)"$`:                                                          `Eine {1!}bestätigung bleibt im Postfach „{2}“`,
	`^the ` + anyRole + ` of ` + orgs + ` does "([\w.-]+)"$`:                                                             `{1} von {2!} führt „{3}“ aus`,
	`^the ` + anyRole + ` of ` + orgs + ` does "([\w.-]+)":$`:                                                            `{1} von {2!} führt „{3}“ aus:`,
	`^"([^"]+)", ` + anyRole + ` of ` + orgs + `, does "([\w.-]+)":$`:                                                    `„{1}“, {2} von {3!}, führt „{4}“ aus:`,
	`^by power of attorney "([^"]+)" the ` + anyRole + ` of ` + orgs + ` does "([\w.-]+)":$`:                             `Mit der Vollmacht „{1}“ führt {2} von {3!} „{4}“ aus:`,
	`^on change request "([^"]+)" the ` + anyRole + ` of ` + orgs + ` does "([\w.-]+)":$`:                                `Auf den Änderungsantrag „{1}“ führt {2} von {3!} „{4}“ aus:`,
	`^on change request "([^"]+)" and written order "([^"]+)" the ` + anyRole + ` of ` + orgs + ` does "([\w.-]+)":$`:    `Auf den Änderungsantrag „{1}“ und den schriftlichen Auftrag „{2}“ führt {3} von {4!} „{5}“ aus:`,
	`^everybody tries every operation of group "([^"]+)"$`:                                                               `Alle versuchen alle Vorgänge der Gruppe „{1}“`,
	`^each is answered as the role table says$`:                                                                          `Jeder wird beantwortet, wie die Rollentafel es sagt`,
	`^the audit logs say of each who it was and how it ended$`:                                                           `Die Protokolle sagen zu jedem, wer es war und wie es ausging`,
	`^it is done$`:                         `Es wird ausgeführt`,
	`^it is refused$`:                      `Es wird abgelehnt`,
	`^it is refused because of "([^"]+)"$`: `Es wird wegen „{1}“ abgelehnt`,
	`^the answer says:$`:                   `Die Antwort sagt:`,
	`^the answer (lists|does not list):$`:  `Die Antwort nennt {1!}:`,
	`^its number is called "([^"]+)"$`:     `Die Nummer heißt „{1}“`,
	`^the audit log of ` + orgs + ` says who did it, by which right$`: `Das Protokoll von {1!} sagt, wer es mit welchem Recht getan hat`,
	`^(\w+) is not enrolled yet$`:                                     `{1} ist noch nicht mandatiert`,
	`^(\w+) has an? ` + anyRole + `$`:                                 `{1} hat einen {2}`,
	`^(\w+) has an? ` + anyRole + ` "([^"]+)"$`:                       `{1} hat einen {2} „{3}“`,
	`^change request "([^"]+)" of kind "(users|smtp|domains|mapping|account|platform)" about "([^"]+)" of (\w+) is filed$`:                            `Der Änderungsantrag „{1}“ ({2}) zu „{3}“ von {4} liegt vor`,
	`^written order "([^"]+)" of (\w+) about "([^"]+)" is filed for (\d+) days$`:                                                                      `Der schriftliche Auftrag „{1}“ von {2} zu „{3}“ liegt für {4} Tage vor`,
	`^(\w+) has given KDN GmbH power of attorney "([^"]+)" for (commissioning|administration) as ` + anyRole + ` for (\d+) days$`:                     `{1} hat der KDN GmbH die Vollmacht „{2}“ zur {3!} als {4} für {5} Tage erteilt`,
	`^(\w+) has given KDN GmbH power of attorney "([^"]+)" for (commissioning|administration) as ` + anyRole + ` and ` + anyRole + ` for (\d+) days$`: `{1} hat der KDN GmbH die Vollmacht „{2}“ zur {3!} als {4} und {5} für {6} Tage erteilt`,
	`^(\w+) has given KDN GmbH power of attorney "([^"]+)" for administration as ` + anyRole + ` without end$`:                                        `{1} hat der KDN GmbH die Vollmacht „{2}“ zur Administration als {3} unbefristet erteilt`,
}

// germanWords are the words of steps that are not names.
var germanWords = map[string]string{
	"dispatch": "Versand", "receipt": "Eingangs", "receive-only": "den Empfang", "send-only": "den Versand", "blocked": "gesperrt", "released": "freigegeben", "bound": "an", "not bound": "nicht an",
	"internal": "der inneren Sicht", "internet": "der Internet-Sicht",
	"text with umlauts": "Text mit Umlauten", "base64 attachment": "Anhang in Base64", "S/MIME message": "S/MIME-Nachricht als Inhalt", "20 MiB": "20 MiB Inhalt", "20 MiB net": "20 MiB Inhalt netto", "20 MiB and one octet net": "20 MiB und einem Oktett Inhalt netto",
	"the operator": "dem Dienstleister", "KDN GmbH": "der KDN GmbH", "lists": "auch", "does not list": "nicht", "commissioning": "Inbetriebnahme", "administration": "Administration",
	"presets": "voreingestellt", "may not ask for": "nicht erlaubt", "the EICAR test file": "der EICAR-Testdatei",
}

// germanOptions are the options of a De-Mail by the names that a person knows them by.
var germanOptions = map[string]string{
	"dispatch": "Versandbestätigung", "receipt": "Eingangsbestätigung", "retrieval": "Abholbestätigung", "personal": "persönlich", "authoritative": "absenderbestätigt",
}

// germanUnits are one and several of a unit of time.
var germanUnits = map[string][2]string{"second": {"Sekunde", "Sekunden"}, "minute": {"Minute", "Minuten"}, "hour": {"Stunde", "Stunden"}, "day": {"Tag", "Tage"}}

func init() {
	maps.Copy(germanSentences, words.Sentences)
	maps.Copy(germanWords, words.Words)
	maps.Copy(germanTitles, words.Titles)
}

// german is one step and its German.
type german struct {
	sentence *regexp.Regexp
	template string
}

var germans = sync.OnceValue(func() []german {
	var list []german
	for re, t := range germanSentences {
		list = append(list, german{regexp.MustCompile(re), t})
	}
	return list
})

// German returns the German sentence of a step as it stands in a feature, without its keyword, and whether
// there is one. Names, addresses, replies and ids in it are not translated. At most one sentence fits a
// step: a test holds that for the English ones.
func German(text string) (string, bool) {
	for _, g := range germans() {
		if m := g.sentence.FindStringSubmatch(text); m != nil {
			return inGerman(g.template, m), true
		}
	}
	return "", false
}

var place = regexp.MustCompile(`\{(\d)(!|\*|\+\d)?\}`)

// inGerman fills a template with the groups m.
func inGerman(template string, m []string) string {
	return place.ReplaceAllStringFunc(template, func(p string) string {
		g := place.FindStringSubmatch(p)
		n, err := strconv.Atoi(g[1])
		if err != nil || n >= len(m) {
			return p
		}
		switch {
		case g[2] == "!":
			if word, ok := germanWords[m[n]]; ok {
				return word
			}
			return m[n] // a name
		case g[2] == "*":
			return germanOptions[m[n]]
		case strings.HasPrefix(g[2], "+"):
			unit, err := strconv.Atoi(g[2][1:])
			if err != nil || unit >= len(m) {
				return p
			}
			words := germanUnits[m[unit]]
			if m[n] == "1" {
				return "1 " + words[0]
			}
			return m[n] + " " + words[1]
		}
		return m[n]
	})
}
