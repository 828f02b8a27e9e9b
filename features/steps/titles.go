package steps

// germanTitles is the German of the names of features and scenarios, which head the pages that a person
// reads. Whoever adds a feature or a scenario adds its line here; a test asks.
var germanTitles = map[string]string{
	"Confirmations come back to the clerk":                                              "Bestätigungen kommen zum Sachbearbeiter zurück",
	"The confirmation of dispatch reaches the clerk's mailbox":                          "Die Versandbestätigung erreicht das Postfach des Sachbearbeiters",
	"The confirmation of receipt reaches the clerk's mailbox and the citizen":           "Die Eingangsbestätigung erreicht das Postfach des Sachbearbeiters und die Bürgerin",
	"What was answered with 250 survives a crash":                                       "Was mit 250 beantwortet wurde, übersteht einen Absturz",
	"The gateway dies in the instant in which a tenant reads the 250":                   "Das Gateway stirbt in dem Augenblick, in dem ein Mandant die 250 liest",
	"The gateway dies in the instant in which the DMDA reads the 250":                   "Das Gateway stirbt in dem Augenblick, in dem der DMDA die 250 liest",
	"Nothing travels in clear":                                                          "Nichts reist unverschlüsselt",
	"A tenant without STARTTLS gets nothing in clear":                                   "Ein Mandant ohne STARTTLS bekommt nichts unverschlüsselt",
	"A tenant's server that submits in clear is refused":                                "Ein Server eines Mandanten, der unverschlüsselt einliefert, wird abgelehnt",
	"On an IPSEC line SMTP without TLS is accepted and the carrier sees nothing":        "Auf einer IPSEC-Leitung wird SMTP ohne TLS angenommen, und der Träger sieht nichts",
	"A citizen's De-Mail reaches the clerk's mailbox":                                   "Die De-Mail einer Bürgerin erreicht das Postfach des Sachbearbeiters",
	"It is delivered unchanged":                                                         "Sie wird unverändert zugestellt",
	"Who is not the DMDA cannot deliver a De-Mail":                                      "Wer nicht der DMDA ist, kann keine De-Mail zustellen",
	"The gateway is reached over SVN and KDN only, as the communication matrix allows":  "Das Gateway ist nur über SVN und KDN erreichbar, wie die Freischaltungsmatrix es erlaubt",
	"A host on the Internet does not reach the gateway":                                 "Ein Rechner im Internet erreicht das Gateway nicht",
	"Mail waits while the matrix entry is missing":                                      "Post wartet, solange der Eintrag in der Freischaltungsmatrix fehlt",
	"An outage delays mail and loses none":                                              "Eine Störung verzögert Post und verliert keine",
	"The tenant's line is cut and heals":                                                "Die Leitung des Mandanten fällt aus und kommt wieder",
	"The DMDA is busy for an hour":                                                      "Der DMDA ist eine Stunde lang überlastet",
	"A name server that fails does not bounce mail":                                     "Ein Namensserver, der versagt, lässt keine Post zurückgehen",
	"A reply is lost after the DMDA has taken the mail":                                 "Eine Antwort geht verloren, nachdem der DMDA die Nachricht genommen hat",
	"The tenant's line is cut for three days":                                           "Die Leitung des Mandanten fällt für drei Tage aus",
	"A clerk's mail leaves as a De-Mail":                                                "Die Post eines Sachbearbeiters geht als De-Mail hinaus",
	"Two tenants with the same addresses at home send":                                  "Zwei Mandanten mit gleichen Adressen im eigenen Netz senden",
	"The body arrives octet for octet":                                                  "Der Inhalt kommt Byte für Byte an",
	"A tenant on an IPSEC line sends":                                                   "Ein Mandant an einer IPSEC-Leitung sendet",
	"What must not leave does not leave":                                                "Was nicht hinausgehen darf, geht nicht hinaus",
	"A sender without a De-Mail address is refused":                                     "Ein Absender ohne De-Mail-Adresse wird abgelehnt",
	"A tenant cannot send under another tenant's address":                               "Ein Mandant kann nicht unter der Adresse eines anderen senden",
	"The address in the From field is judged too":                                       "Auch die Adresse im Feld From wird geprüft",
	"A recipient outside De-Mail is refused":                                            "Ein Empfänger außerhalb von De-Mail wird abgelehnt",
	"A host that belongs to no tenant is refused":                                       "Ein Rechner, der zu keinem Mandanten gehört, wird abgelehnt",
	"A domain that is not bound to the ITSP cannot be used":                             "Eine Domain, die nicht an den IT-Dienstleister gebunden ist, lässt sich nicht nutzen",
	"What the DMDA says about a De-Mail reaches the clerk":                              "Was der DMDA über eine De-Mail sagt, erreicht den Sachbearbeiter",
	"The recipient does not exist":                                                      "Den Empfänger gibt es nicht",
	"The DMDA finds malware in what the clerk sends":                                    "Der DMDA findet Schadsoftware in dem, was der Sachbearbeiter sendet",
	"The DMDA finds malware in what the citizen sends, after its patterns were renewed": "Der DMDA findet Schadsoftware in dem, was die Bürgerin sendet, nachdem seine Muster erneuert wurden",
	"An authoritative De-Mail keeps its proof":                                          "Eine absenderbestätigte De-Mail behält ihren Nachweis",
	"The proof holds at the tenant's mail server":                                       "Der Nachweis hält beim Mailserver des Mandanten",
	"Without its card the gateway sends nothing, and says so":                           "Ohne seine Karte sendet das Gateway nichts, und es sagt das",
	"The card is removed and put back":                                                  "Die Karte wird entnommen und wieder eingesetzt",
	"The DMDA blocks the operator's gateway and releases it":                            "Der DMDA sperrt das Gateway des Dienstleisters und gibt es wieder frei",
	"A block of one tenant's account does not stop the others":                          "Die Sperre des Kontos eines Mandanten hält die anderen nicht auf",
	"The portal stays usable beside the gateway":                                        "Das Portal bleibt neben dem Gateway benutzbar",
	"The gateway is down, the portal is not":                                            "Das Gateway steht, das Portal nicht",
	"What the gateway sent lies in the account":                                         "Was das Gateway gesendet hat, liegt im Konto",
}

// GermanTitle returns the German of the name of a feature or a scenario, and whether there is one.
func GermanTitle(name string) (string, bool) {
	t, ok := germanTitles[name]
	return t, ok
}
