package steps

import "maps"

// germanProcesses is the German of the steps about accounts, commissioning and who acts for whom.
var germanProcesses = map[string]string{
	`^(\w+) orders a De-Mail account$`:                                                                            `{1} beauftragt ein De-Mail-Konto`,
	`^(\w+) orders a De-Mail account and names (KDN GmbH|SID) as its administrator$`:                              `{1} beauftragt ein De-Mail-Konto und nennt {2} als dessen Administrator`,
	`^the DMDA identifies the representative of (\w+) and enables the account$`:                                   `Der DMDA identifiziert die vertretungsberechtigte Person von {1} und schaltet das Konto frei`,
	`^` + accountant + ` activates the account of (\w+)$`:                                                         `Das Konto von {2} wird von {1!} aktiviert`,
	`^the DMDA does not let ` + accountant + ` activate the account of (\w+)$`:                                    `Der DMDA lässt das Konto von {2} nicht von {1!} aktivieren`,
	`^` + accountant + ` opens mailbox "([^"]+)" in the account of (\w+)$`:                                        `Das Postfach „{2}“ im Konto von {3} wird von {1!} eingerichtet`,
	`^the DMDA does not let ` + accountant + ` open mailbox "([^"]+)" in the account of (\w+)$`:                   `Der DMDA lässt das Postfach „{2}“ im Konto von {3} nicht von {1!} einrichten`,
	`^` + accountant + ` opens subdomain (\S+) in the account of (\w+)$`:                                          `Die Subdomain {2} im Konto von {3} wird von {1!} eingerichtet`,
	`^the DMDA does not let ` + accountant + ` open subdomain (\S+) in the account of (\w+)$`:                     `Der DMDA lässt die Subdomain {2} im Konto von {3} nicht von {1!} einrichten`,
	`^the account of (\w+) is activated, bound to SID and has mailbox "([^"]+)"$`:                                 `Das Konto von {1} ist aktiviert, an SID gebunden und hat das Postfach „{2}“`,
	`^the bill of (\w+) has (\d+) info mailbox(?:es)? to be paid$`:                                                `Die Rechnung von {1} enthält kostenpflichtige info-Postfächer: {2}`,
	`^the DMDA takes the account of (\w+) off the ITSP$`:                                                          `Der DMDA löst das Konto von {1} vom IT-Dienstleister`,
	`^(\w+) leaves the DMDA at the end of the pilot, and its domains are released$`:                               `{1} verlässt den DMDA zum Ende des Piloten, und die Domains werden freigegeben`,
	`^(\w+) is ready to be commissioned for direction "(both|receive-only|send-only)?"$`:                          `{1} ist bereit zur Inbetriebnahme für die Richtung „{2}“`,
	`^(\w+) uses the gateway service$`:                                                                            `{1} nutzt den Gateway-Service`,
	`^(\w+) uses the gateway service, and (KDN GmbH|SID) is administrator of its account$`:                        `{1} nutzt den Gateway-Service, und {2} ist Administrator des Kontos`,
	`^(\w+) accepts the terms of use and orders the commissioning for direction "(both|receive-only|send-only)"$`: `{1} erkennt die Nutzungsbedingungen an und beauftragt die Inbetriebnahme für die Richtung „{2}“`,
	`^SID enrols (\w+)$`:                        `SID mandatiert {1}`,
	`^SID tries to enrol (\w+)$`:                `SID versucht, {1} zu mandatieren`,
	`^SID enrols (\d+) further municipalities$`: `SID mandatiert {1} weitere Kommunen`,
	`^SID makes the administrators of (\w+)$`:   `SID legt die Administratoren von {1} an`,
	`^SID commissions the gateway for (\w+), each kind of change on its change request$`:                          `SID nimmt das Gateway für {1} in Betrieb, jede Art von Änderung auf ihren Änderungsantrag`,
	`^` + clerks + ` assigns domain (\S+) of (\w+) to the gateway$`:                                               `Die Domain {2} von {3} wird von {1!} dem Gateway zugeordnet`,
	`^` + clerks + ` tries to assign domain (\S+) of (\w+) to the gateway$`:                                       `Die Domain {2} von {3} soll von {1!} dem Gateway zugeordnet werden`,
	`^` + clerks + ` sets the connection and the initial mapping of (\w+)$`:                                       `Anbindung und initiales Mapping von {2} werden von {1!} eingerichtet`,
	`^` + clerks + ` commissions the gateway for (\w+)$`:                                                          `Das Gateway wird für {2} von {1!} in Betrieb genommen`,
	`^(\w+) ends the commissioning$`:                                                                              `{1} beendet die Inbetriebnahme`,
	`^(\w+) states direction "(both|receive-only|send-only)" for (?:sub)?domain (\S+)$`:                           `{1} gibt für {3} die Richtung „{2}“ an`,
	`^(\w+) gives KDN GmbH a power of attorney as "([a-z, -]+)" for (\d+) days$`:                                  `{1} erteilt der KDN GmbH Vollmacht als „{2}“ für {3} Tage`,
	`^(\w+) gives KDN GmbH a power of attorney as "([a-z, -]+)" without end$`:                                     `{1} erteilt der KDN GmbH unbefristet Vollmacht als „{2}“`,
	`^(\w+) tries to give KDN GmbH a power of attorney as "([a-z, -]+)" for (\d+) days$`:                          `{1} versucht, der KDN GmbH Vollmacht als „{2}“ für {3} Tage zu erteilen`,
	`^(\w+) tries to give KDN GmbH a power of attorney as "([a-z, -]+)" without the signed paper$`:                `{1} versucht, der KDN GmbH Vollmacht als „{2}“ ohne unterschriebenes Schriftstück zu erteilen`,
	`^(\w+) revokes the power of attorney$`:                                                                       `{1} widerruft die Vollmacht`,
	`^` + clerks + ` maps "([^"]+)" to "([^"]+)" for (\w+)$`:                                                      `Für {4} wird „{2}“ von {1!} der Adresse „{3}“ zugeordnet`,
	`^` + clerks + ` tries to map "([^"]+)" to "([^"]+)" for (\w+)$`:                                              `Für {4} soll „{2}“ von {1!} der Adresse „{3}“ zugeordnet werden`,
	`^KDN GmbH tries with the power of attorney of (\w+) to map "([^"]+)" to "([^"]+)" for (\w+)$`:                `Für {4} soll „{2}“ von der KDN GmbH mit der Vollmacht von {1} der Adresse „{3}“ zugeordnet werden`,
	`^KDN GmbH tries to have (?:mailbox|subdomain) "([^"]+)" opened in the account of (\w+) at the gateway$`:      `Die KDN GmbH versucht am Gateway, „{1}“ im Konto von {2} einrichten zu lassen`,
	`^SID tries to have (?:mailbox|subdomain) "([^"]+)" opened in the account of (\w+)$`:                          `SID versucht, „{1}“ im Konto von {2} einrichten zu lassen`,
	`^SID tries on a change request only to have (?:mailbox|subdomain) "([^"]+)" opened in the account of (\w+)$`: `SID versucht allein auf einen Änderungsantrag, „{1}“ im Konto von {2} einrichten zu lassen`,
	`^SID tries on a written order only to have (?:mailbox|subdomain) "([^"]+)" opened in the account of (\w+)$`:  `SID versucht allein auf einen schriftlichen Auftrag, „{1}“ im Konto von {2} einrichten zu lassen`,
	`^(\w+) orders in writing that SID opens subdomain (\S+), and SID documents it on a change request$`:          `{1} beauftragt SID schriftlich, die Subdomain {2} einzurichten, und SID dokumentiert es in einem Änderungsantrag`,
	`^` + clerks + ` sets CatchAll of domain (\S+) of (\w+) to "([^"]+)"$`:                                        `CatchAll der Domain {2} von {3} wird von {1!} auf „{4}“ gesetzt`,
	`^` + clerks + ` tries to set CatchAll of domain (\S+) of (\w+) to "([^"]+)"$`:                                `CatchAll der Domain {2} von {3} soll von {1!} auf „{4}“ gesetzt werden`,
	`^` + clerks + ` makes gateway administrator "([^"]+)" of (\w+) as "([a-z, -]+)"$`:                            `Der Gateway-Administrator „{2}“ von {3} wird von {1!} als „{4}“ angelegt`,
	`^` + clerks + ` tries to make gateway administrator "([^"]+)" of (\w+) as "([a-z, -]+)"$`:                    `Der Gateway-Administrator „{2}“ von {3} soll von {1!} als „{4}“ angelegt werden`,
	`^(\w+) gives SID a power of attorney as "([a-z, -]+)" without end$`:                                          `{1} erteilt SID unbefristet Vollmacht als „{2}“`,
	`^SID maps by power of attorney "([^"]+)" to "([^"]+)" for (\w+)$`:                                            `SID ordnet mit der Vollmacht für {3} „{1}“ der Adresse „{2}“ zu`,
	`^SID tries by power of attorney to set CatchAll of domain (\S+) of (\w+) to "([^"]+)"$`:                      `SID versucht mit der Vollmacht, CatchAll der Domain {1} von {2} auf „{3}“ zu setzen`,
	`^SID tries on a change request about "(users|smtp|domains)" to map "([^"]+)" to "([^"]+)" for (\w+)$`:        `SID versucht auf einen Änderungsantrag „{1}“, für {4} „{2}“ der Adresse „{3}“ zuzuordnen`,
	`^(\w+) is (among|not among) the tenants of the gateway$`:                                                     `{1} ist {2!} unter den Mandanten des Gateways`,
	`^SID tries to enrol (\w+) without its (named administrators|process owner|technical contact)$`:               `SID versucht, {1} ohne {2!} zu mandatieren`,
	`^(\w+) gives KDN GmbH a power of attorney as "([a-z, -]+)" for (\d+) seconds$`:                               `{1} erteilt der KDN GmbH Vollmacht als „{2}“ für {3} Sekunden`,
	`^the municipality takes "([^"]+)" off "([^"]+)" in the mapping of (\w+)$`:                                    `Die Kommune löst im Mapping von {3} „{1}“ von „{2}“`,
	`^the municipality tries to set BounceAll of domain (\S+) of (\w+)$`:                                          `Die Kommune versucht, BounceAll der Domain {1} von {2} zu setzen`,
	`^the municipality sets the next hop of (\w+) to (\S+) port (\d+)$`:                                           `Die Kommune setzt den nächsten Server von {1} auf {2}, Port {3}`,
	`^SID off-boards (\w+)$`: `SID lässt {1} ausscheiden`,
	`^the application on host ([\w-]+) submits (\d+) De-Mails from "([^"]+)" to the citizen$`:                   `Das Verfahren auf dem Rechner {1} liefert {2} De-Mails von „{3}“ an die Bürgerin ein`,
	`^each of them arrives once in the citizen's mailbox from "([^"]+)"$`:                                       `Jede davon kommt einmal im Postfach der Bürgerin von „{1}“ an`,
	`^administrator "([^"]+)" sees only tenant (\w+)$`:                                                          `Administrator „{1}“ sieht nur den Mandanten {2}`,
	`^administrator "([^"]+)" of (\w+) maps "([^"]+)" to "([^"]+)"$`:                                            `Administrator „{1}“ von {2} ordnet „{3}“ der Adresse „{4}“ zu`,
	`^administrator "([^"]+)" of (\w+) tries to map "([^"]+)" to "([^"]+)"$`:                                    `Administrator „{1}“ von {2} versucht, „{3}“ der Adresse „{4}“ zuzuordnen`,
	`^administrator "([^"]+)" of (\w+) sets CatchAll of domain (\S+) to "([^"]+)"$`:                             `Administrator „{1}“ von {2} setzt CatchAll der Domain {3} auf „{4}“`,
	`^administrator "([^"]+)" of (\w+) tries to set CatchAll of domain (\S+) to "([^"]+)"$`:                     `Administrator „{1}“ von {2} versucht, CatchAll der Domain {3} auf „{4}“ zu setzen`,
	`^administrator "([^"]+)" of (\w+) tries to make administrator "([^"]+)" as "([a-z-]+)"$`:                   `Administrator „{1}“ von {2} versucht, Administrator „{3}“ als „{4}“ anzulegen`,
	`^SID makes on a change request gateway administrator "([^"]+)" of (\w+)$`:                                  `SID legt auf einen Änderungsantrag den Gateway-Administrator „{1}“ von {2} an`,
	`^SID tries without a change request to make gateway administrator "([^"]+)" of (\w+)$`:                     `SID versucht ohne Änderungsantrag, den Gateway-Administrator „{1}“ von {2} anzulegen`,
	`^the municipality tries to revoke its only User Admin of (\w+)$`:                                           `Die Kommune versucht, den einzigen User Admin von {1} zu sperren`,
	`^the Support Administrator of SID tries to enrol another municipality without a change request$`:           `Der Support Administrator von SID versucht ohne Änderungsantrag, eine weitere Kommune zu mandatieren`,
	`^the Support Administrator of SID tries to map "([^"]+)" to "([^"]+)" for (\w+) without a change request$`: `Der Support Administrator von SID versucht ohne Änderungsantrag, für {3} „{1}“ der Adresse „{2}“ zuzuordnen`,
}

// germanProcessWords are the words of these steps that are not names.
var germanProcessWords = map[string]string{
	"named administrators": "benannte Administratoren", "process owner": "Verfahrensverantwortlichen", "technical contact": "technischen Ansprechpartner",
	"among": "jetzt", "not among": "noch nicht", "the municipality": "der Kommune", "the authority": "der Behörde",
	"the representative": "der vertretungsberechtigten Person", "SID": "SID",
}

func init() {
	maps.Copy(germanSentences, germanProcesses)
	maps.Copy(germanWords, germanProcessWords)
	maps.Copy(germanTitles, germanProcessTitles)
}
