package steps

import "maps"

// germanIntruding is the German of the steps of intruders: see germanSentences.
var germanIntruding = map[string]string{
	`^host ([\w-]+) submits in one session mail from "([^"]+)", then mail from "([^"]+)"$`:                                             `Der Rechner {1} liefert in einer Sitzung Post von „{2}“ und dann Post von „{3}“ ein`,
	`^host ([\w-]+) submits mail from "([^"]+)" with, behind (LF dot LF|LF dot CR LF|CR LF dot LF|CR dot CR), another from "([^"]+)"$`: `Der Rechner {1} liefert Post von „{2}“ ein und darin, hinter {3}, weitere von „{4}“`,
	`^host ([\w-]+) claims by (XCLIENT|PROXY) to be (\d+\.\d+\.\d+\.\d+) and submits mail from "([^"]+)"$`:                             `Der Rechner {1} gibt sich mit {2} als {3} aus und liefert Post von „{4}“ ein`,
	`^host ([\w-]+) sends "([^"]+)" to the gateway before the TLS handshake$`:                                                          `Der Rechner {1} sendet dem Gateway vor dem Aufbau von TLS „{2}“`,
	`^host ([\w-]+) has got no answer to it$`:                                                                                          `Der Rechner {1} hat darauf keine Antwort bekommen`,
	`^clerk "([^"]+)" of (\w+) sends mail to the citizen and to "([^"]+)" by the gateway$`:                                             `Sachbearbeiter „{1}“ von {2} sendet über das Gateway Post an die Bürgerin und an „{3}“`,
	`^host ([\w-]+) is refused with "([^"]+)" for "([^"]+)"$`:                                                                          `Der Rechner {1} wird mit „{2}“ für „{3}“ abgelehnt`,
	`^host ([\w-]+) submits mail with the null sender and From "([^"]+)" to the gateway$`:                                              `Der Rechner {1} liefert dem Gateway Post ohne Absender im Umschlag und mit „{2}“ im Feld From ein`,
	`^clerk "([^"]+)" of (\w+) sends the citizen a De-Mail as "([^"]+)" with From "([^"]+)"$`:                                          `Sachbearbeiter „{1}“ von {2} sendet der Bürgerin eine De-Mail unter der Adresse „{3}“ mit „{4}“ im Feld From`,
	`^clerk "([^"]+)" of (\w+) sends the citizen a De-Mail with the field "([^"]+)"$`:                                                  `Sachbearbeiter „{1}“ von {2} sendet der Bürgerin eine De-Mail mit dem Feld „{3}“`,
	`^somebody of (\w+) who is in no mapping sends the citizen a De-Mail$`:                                                             `Jemand von {1}, der nicht zugeordnet ist, sendet der Bürgerin eine De-Mail`,
	`^the DMDA shows a certificate of (another|its own) authority$`:                                                                    `Der DMDA zeigt ein Zertifikat ({1!} Zertifizierungsstelle)`,
	`^(\w+)'s mail server shows a certificate of (another|its own) authority$`:                                                         `Der Mailserver von {1} zeigt ein Zertifikat ({2!} Zertifizierungsstelle)`,
	`^it shows the citizen nothing of (\w+)$`:                                                                                          `Sie zeigt der Bürgerin nichts von {1}`,
}

// germanIntruders is the German of the titles of what intruders try: see germanTitles.
var germanIntruders = map[string]string{
	"Who says that he is another stays who he is":                          "Wer sich als anderer ausgibt, bleibt, wer er ist",
	"The second sender of a session is judged like the first":              "Der zweite Absender einer Sitzung wird geprüft wie der erste",
	"A mail hidden in another one is none":                                 "Eine Nachricht in einer anderen ist keine",
	"An address that a host claims to have counts nothing":                 "Eine Adresse, die ein Rechner zu haben behauptet, zählt nicht",
	"What is sent before the TLS handshake is not answered after it":       "Was vor dem Aufbau von TLS gesendet wird, wird danach nicht beantwortet",
	"The envelope is judged as the From field is":                          "Der Umschlag wird geprüft wie das Feld From",
	"Under a colleague's address nobody sends":                             "Unter der Adresse eines Kollegen sendet niemand",
	"No tenant sends as another one":                                       "Kein Mandant sendet als ein anderer",
	"Whoever answers in the DMDA's place gets nothing":                     "Wer an Stelle des DMDA antwortet, bekommt nichts",
	"Whoever answers in a tenant's place gets nothing":                     "Wer an Stelle eines Mandanten antwortet, bekommt nichts",
	"Mail without sender is refused":                                       "Post ohne Absender wird abgelehnt",
	"What only the DMDA may say nobody else says":                          "Was nur der DMDA sagen darf, sagt kein anderer",
	"Whoever is in no mapping is refused, whatever his address":            "Wer nicht zugeordnet ist, wird abgelehnt, gleich unter welcher Adresse",
	"A part of an address is not the address":                              "Ein Teil einer Adresse ist nicht die Adresse",
	"What looks like De-Mail and is not stays here":                        "Was wie De-Mail aussieht und keine ist, bleibt hier",
	"One recipient outside De-Mail does not keep the mail from the others": "Ein Empfänger außerhalb von De-Mail hält die Post an die anderen nicht auf",
	"An address is the same in any case of its letters":                    "Eine Adresse bleibt dieselbe, groß oder klein geschrieben",
	"A sender in capital letters is found in the mapping":                  "Ein Absender in Großbuchstaben wird in der Zuordnung gefunden",
	"A recipient in capital letters is found in the mapping":               "Ein Empfänger in Großbuchstaben wird in der Zuordnung gefunden",
	"Every mailbox of a De-Mail address gets its copy":                     "Jedes Postfach einer De-Mail-Adresse bekommt seine Kopie",
	"The citizen reads no address of the tenant's inside":                  "Die Bürgerin liest keine interne Adresse des Mandanten",
}

// germanIntrudersWords are the words in their steps that are not names.
var germanIntrudersWords = map[string]string{"another": "einer fremden", "its own": "seiner eigenen"}

func init() {
	maps.Copy(germanWords, germanIntrudersWords)
	maps.Copy(germanSentences, germanIntruding)
	maps.Copy(germanTitles, germanIntruders)
}
