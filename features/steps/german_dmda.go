package steps

import "maps"

// germanDMDA is the German of the steps at the DMDA: see germanSentences.
var germanDMDA = map[string]string{
	`^the (\w+) of (\w+) ` + can + ` sign in at the portal at level (normal|high)$`:                           `{1!} von {2} {3!} am Portal auf dem Niveau „{4!}“ anmelden`,
	`^the (\w+) of (\w+) mistypes the password (\d+) times$`:                                                  `{1!} von {2} vertippt sich {3}-mal beim Passwort`,
	`^the (\w+) of (\w+) ` + can + ` send "([^"]+)" a De-Mail by the portal$`:                                 `Über das Portal eine De-Mail an „{4}“ senden: {1!} von {2} {3!}`,
	`^the (\w+) of (\w+) ` + can + ` read "([^"]+)" in the portal$`:                                           `Im Portal „{4}“ lesen: {1!} von {2} {3!}`,
	`^the (\w+|account holder) of (\w+) finds it in the portal in "([^"]+)"$`:                                 `{1!} von {2} findet sie im Portal in „{3}“`,
	`^in the account of (\w+) the (\w+) ` + can + ` ([a-z][a-z -]+)$`:                                         `Im Konto von {1}: {2!} {3!} {4!}`,
	`^the (\w+) of (\w+) ` + can + ` activate the account$`:                                                   `Das Konto aktivieren: {1!} von {2} {3!}`,
	`^(\w+) hands in its order sheet$`:                                                                        `{1} gibt seinen Auftrag (Bestellformular) ab`,
	`^the order sheet of (\w+) is (taken|sent back) without (.+)$`:                                            `Der Auftrag von {1} wird {2!}, wenn dies fehlt: {3!}`,
	`^the DMDA (registers|blocks|unblocks|restricts|dissolves) the account of (\w+)$`:                         `Der DMDA {1!} das Konto von {2}`,
	`^the DMDA cannot (register|enable|dissolve) the account of (\w+) yet$`:                                   `Der DMDA kann das Konto von {2} noch nicht {1!}`,
	`^the DMDA enables the account of (\w+)$`:                                                                 `Der DMDA schaltet das Konto von {1} frei`,
	`^these letters and no others go out by post: "([^"]*)"$`:                                                 `Mit der Post gehen genau diese Briefe hinaus: „{1}“`,
	`^an agent of the DMDA identifies the (\w+) of (\w+) in person$`:                                          `Ein Beauftragter des DMDA identifiziert persönlich: {1!} von {2}`,
	`^the (\w+) of (\w+) has lost the token$`:                                                                 `{1!} von {2} hat das Token verloren`,
	`^the contract of (\w+) ends$`:                                                                            `Der Vertrag von {1} endet`,
	`^the contract of (\w+) ends and its domains are released$`:                                               `Der Vertrag von {1} endet, und seine Domains werden freigegeben`,
	`^the holder of (\w+) is told that the account will be dissolved$`:                                        `{1} erfährt, dass das Konto aufgelöst wird`,
	`^the DMDA ` + can + ` bind the account of (\w+) to ITSP "(\d+)"$`:                                        `Der DMDA {1!} das Konto von {2} an den ITSP „{3}“ binden`,
	`^the DMDA switches the gateway access of (\w+) (on|off)$`:                                                `Der DMDA schaltet den Gateway-Zugang von {1} {2!}`,
	`^the hotline (serves|sends away) the (\w+) of (\w+)$`:                                                    `Die Hotline {1!}: {2!} von {3}`,
	`^the DMDA has documented "([^"]+)" about the account of (\w+)$`:                                          `Der DMDA hat über das Konto von {2} dokumentiert: „{1}“`,
	`^the DMDA announces maintenance to all participants$`:                                                    `Der DMDA kündigt allen Teilnehmern eine Wartung an`,
	`^the DMDA has on record that the sign-in of "([^"]+)" was refused$`:                                      `Beim DMDA ist vermerkt, dass die Anmeldung von „{1}“ abgelehnt wurde`,
	`^the DMDA raises an alarm about "([^"]+)"$`:                                                              `Der DMDA löst einen Alarm über „{1}“ aus`,
	`^a copy of it arrives in mailbox "([^"]+)"$`:                                                             `Eine Kopie davon kommt im Postfach „{1}“ an`,
	`^the account holder of (\w+) sends "([^"]+)" the EICAR test file from "([^"]+)" with options "([^"]*)"$`: `Die Kontoinhaberin {1} sendet „{2}“ die EICAR-Testdatei von „{3}“ mit den Optionen „{4}“`,
}

// germanDMDAWords are the words in them that are not names.
var germanDMDAWords = map[string]string{
	"representative": "Vertretungsberechtigte Person", "administrator": "Administrator", "staff": "Mitarbeiter", "holder": "Inhaberin", "account holder": "Kontoinhaber", "operator": "Dienstleister", "stranger": "Unbekannte Person",
	"can": "kann", "cannot": "kann nicht", "normal": "normal", "high": "hoch", "on": "ein", "off": "aus", "serves": "hilft", "sends away": "hilft nicht",
	"taken": "angenommen", "sent back": "zurückgesandt", "registers": "registriert", "blocks": "sperrt", "unblocks": "entsperrt", "restricts": "beschränkt", "dissolves": "löst auf:",
	"register": "registrieren", "enable": "freischalten", "dissolve": "auflösen",
	"its signature": "die Unterschrift", "a representative who signs": "die Unterschrift einer vertretungsberechtigten Person", "the main domain": "die Hauptdomain", "the mailbox": "das Postfach",
	"the representatives": "die vertretungsberechtigten Personen", "the holder": "der Name der Behörde", "an administrator": "ein Administrator", "the right to activate": "das Recht zu aktivieren",
	"publish an entry in the directory": "einen Eintrag im Verzeichnisdienst veröffentlichen", "name an administrator": "einen Administrator benennen", "change the master data": "die Stammdaten ändern",
	"open a mailbox": "ein Postfach anlegen", "open a subdomain": "eine Subdomain anlegen", "add a user": "einen Nutzer anlegen", "reset a password": "ein Passwort zurücksetzen",
	"set up forwarding": "eine Weiterleitung einrichten", "forward to e-mail": "an eine E-Mail-Adresse weiterleiten",
}

// germanDMDATitles is the German of features and scenarios at the DMDA: see germanTitles.
var germanDMDATitles = map[string]string{
	"An account goes through its states, and each allows what it allows":                      "Ein Konto durchläuft seine Zustände, und jeder erlaubt, was er erlaubt",
	"From the order sheet to the first De-Mail in the portal":                                 "Vom Auftrag bis zur ersten De-Mail im Portal",
	"An administrator activates the account when the order sheet says so":                     "Ein Administrator aktiviert das Konto, wenn der Auftrag es vorsieht",
	"An administrator without that right does not activate the account":                       "Ein Administrator ohne dieses Recht aktiviert das Konto nicht",
	"An incomplete order sheet goes back":                                                     "Ein unvollständiger Auftrag geht zurück",
	"An administrator is recommended, not demanded":                                           "Ein Administrator wird empfohlen, nicht verlangt",
	"A full block stops everything and the senders are told":                                  "Eine vollständige Sperrung hält alles auf, und die Absender erfahren es",
	"Three wrong passwords block one level for a while, and De-Mails go on":                   "Drei falsche Passwörter sperren ein Niveau für eine Weile, und De-Mails kommen weiter an",
	"A lost token leaves level normal":                                                        "Ohne Token bleibt das Niveau normal",
	"A restricted account receives and reads":                                                 "Ein eingeschränktes Konto empfängt und liest",
	"After the end of the contract the account can be read for three months, then it is gone": "Nach dem Vertragsende kann das Konto drei Monate gelesen werden, dann ist es fort",
	"An authority changes to another DMDA and takes its domain along":                         "Eine Behörde wechselt zu einem anderen DMDA und nimmt ihre Domain mit",
	"The gateway acts for an account only while its access is switched on":                    "Das Gateway handelt für ein Konto nur, solange dessen Zugang eingeschaltet ist",
	"An account is bound to an ITSP that has an account itself":                               "Ein Konto wird an einen ITSP gebunden, der selbst ein Konto hat",
	"The account goes on without the gateway":                                                 "Das Konto besteht ohne das Gateway weiter",
	"Each person of an account may do what its role allows":                                   "Jede Person eines Kontos darf, was ihre Rolle erlaubt",
	"Who may do what": "Wer was darf",
	"Who asked for a confirmation gets a signed one about the malware":      "Wer eine Bestätigung verlangt hat, bekommt eine signierte über die Schadsoftware",
	"The DMDA announces work on its platform to every participant":          "Der DMDA kündigt Arbeiten an seiner Plattform allen Teilnehmern an",
	"A De-Mail to a customer of another DMDA goes to this one all the same": "Eine De-Mail an einen Kunden eines anderen DMDA geht trotzdem an diesen",
	"After a reset the old password is worth nothing":                       "Nach dem Zurücksetzen gilt das alte Passwort nicht mehr",
	"Forwarding goes to De-Mail addresses only":                             "Weitergeleitet wird nur an De-Mail-Adressen",
	"What is forwarded reaches both mailboxes":                              "Was weitergeleitet wird, erreicht beide Postfächer",
	"The operator of the gateway does not get into the account":             "Der Dienstleister des Gateways kommt nicht in das Konto",
	"The hotline serves registered administrators":                          "Die Hotline hilft registrierten Administratoren",
}

func init() {
	maps.Copy(germanSentences, germanDMDA)
	maps.Copy(germanWords, germanDMDAWords)
	maps.Copy(germanTitles, germanDMDATitles)
}
