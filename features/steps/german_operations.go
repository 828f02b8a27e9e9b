package steps

import "maps"

// The German of the features of operations, beside that of the others.
func init() {
	maps.Copy(germanSentences, operationsSentences)
	maps.Copy(germanTitles, operationsTitles)
	maps.Copy(germanWords, operationsWords)
}

var operationsSentences = map[string]string{
	`^the gateway does not take (\d{4}-\d{2}-\d{2}) as the last day of the pilot operation$`: `Das Gateway nimmt {1} nicht als letzten Tag des Pilotbetriebs an`,
	`^the gateway's machine is lost, and another one starts from "([^"]+)"$`:                 `Der Rechner des Gateways geht verloren, und ein anderer beginnt mit „{1}“`,
	`^the operator plans work from (.+) for (\d+) min: "([^"]+)"$`:                           `Der Dienstleister plant Arbeiten ab {1} für {2} min: „{3}“`,
	`^the operator plans work from (.+) for (\d+) min (\d+) s: "([^"]+)"$`:                   `Der Dienstleister plant Arbeiten ab {1} für {2} min {3} s: „{4}“`,
	`^the operator plans work for (\w+) only from (.+) for (\d+) min: "([^"]+)"$`:            `Der Dienstleister plant Arbeiten nur für {1} ab {2} für {3} min: „{4}“`,
	`^the operator moves the work to (.+) for (\d+) min: "([^"]+)"$`:                         `Der Dienstleister verlegt die Arbeiten auf {1} für {2} min: „{3}“`,
	`^the work (begins|ends)$`:           `Die Arbeiten {1!}`,
	`^the work is cancelled: "([^"]+)"$`: `Die Arbeiten werden abgesagt: „{1}“`,
	`^the time of the work comes$`:       `Der Zeitpunkt der Arbeiten kommt`,
	`^it is (.+ at \d\d:\d\d)$`:          `Es ist {1}`,
	`^everybody whom it concerns is told (in time|disputably late|late|at all|of the overrun)$`:              `Alle Betroffenen werden {1!} benachrichtigt`,
	`^the answer says until when people must be told$`:                                                       `Die Antwort sagt, bis wann benachrichtigt sein muss`,
	`^the gateway counts whole working days between a notice and the work$`:                                  `Das Gateway zählt ganze Arbeitstage zwischen Ankündigung und Arbeiten`,
	`^a disturbance from (\S+) to (\S+) is recorded$`:                                                        `Eine Störung von {1} bis {2} ist erfasst`,
	`^the operator puts it down to (operator|dmda|tenant|carrier|force-majeure) by "([^"]+)"$`:               `Der Dienstleister schreibt sie {1!} zu, Nachweis „{2}“`,
	`^the operator puts it down to (dmda|tenant|carrier|force-majeure) without evidence$`:                    `Der Dienstleister schreibt sie ohne Nachweis {1!} zu`,
	`^the operator puts it down to (dmda|tenant|carrier|force-majeure) by "([^"]+)" without change request$`: `Der Dienstleister schreibt sie ohne Änderungsantrag {1!} zu, Nachweis „{2}“`,
	`^the account from (\S+) to (\S+) is what happened$`:                                                     `Der Verfügbarkeitsbericht von {1} bis {2} ist, was geschah`,
	`^the account of the last (\d+) hours is what happened$`:                                                 `Der Verfügbarkeitsbericht der letzten {1} Stunden ist, was geschah`,
	`^the account of the last (\d+) hours for (\w+) is what happened$`:                                       `Der Verfügbarkeitsbericht der letzten {1} Stunden für {2} ist, was geschah`,
	`^in it (\S+) (holds|does not hold)$`:                                                                    `Darin ist {1} {2!}`,
	`^it agrees with what the probes measured$`:                                                              `Er stimmt mit dem überein, was die Sonden gemessen haben`,
	`^probes look at the gateway from (\w+) each minute$`:                                                    `Sonden prüfen das Gateway von {1} aus jede Minute`,
}

var operationsTitles = map[string]string{
	"Work that begins before its time holds mail back too":                         "Auch Arbeiten, die vorzeitig beginnen, halten die Post auf",
	"The pilot may be extended to April 2017 and no further":                       "Der Pilotbetrieb kann bis April 2017 verlängert werden und nicht weiter",
	"Maintenance of the DMDA follows the DMDA's conditions":                        "Für Wartungen des DMDA gelten dessen Bedingungen",
	"A second instance takes over from a backup":                                   "Eine zweite Instanz übernimmt aus einer Sicherung",
	"What waited at the backup's instant is delivered, and the settings are there": "Was bei der Sicherung wartete, wird zugestellt, und die Einstellungen sind da",
	"What was delivered since the backup comes again as the same mail only":        "Was seit der Sicherung zugestellt wurde, kommt höchstens als dieselbe Nachricht noch einmal",
	"The backup is the Administrator's":                                            "Die Sicherung ist Sache des Administrators",
	"A disturbance goes to the desk that attends to it":                            "Eine Störung geht an die Stelle, die sich darum kümmert",
	"What is reported in service hours is attended to at once":                     "Was in der Servicezeit gemeldet wird, wird sofort bearbeitet",
	"What is reported out of service hours waits for them":                         "Was außerhalb der Servicezeit gemeldet wird, wartet auf sie",
	"Suspected misuse is kept, and the certificate blocked":                        "Missbrauchsverdacht wird festgehalten und das Zertifikat gesperrt",
	"Who plans work on the gateway tells people in time":                           "Wer Arbeiten am Gateway plant, benachrichtigt rechtzeitig",
	"Everybody named is told at once, with window and effects":                     "Alle Benannten werden sofort benachrichtigt, mit Wartungsfenster und Auswirkungen",
	"Up to 240 minutes a working day is enough":                                    "Bis 240 Minuten genügt ein Arbeitstag",
	"One second longer, and the same notice is late":                               "Eine Sekunde länger, und dieselbe Ankündigung kommt zu spät",
	"Only those whom the work concerns are told":                                   "Nur die Betroffenen werden benachrichtigt",
	"The deadline counts working days of Saxony":                                   "Die Frist zählt Arbeitstage in Sachsen",
	"By the other way of counting the deadline is a working day earlier":           "Nach der anderen Zählweise liegt die Frist einen Arbeitstag früher",
	"Moved work is told anew":                                                      "Verlegte Arbeiten werden neu angekündigt",
	"The last moment before Repentance Day 2015":                                   "Der letzte Augenblick vor dem Buß- und Bettag 2015",
	"A notice counts when it is taken, not when it was sent":                       "Eine Ankündigung zählt mit der Annahme, nicht mit dem Absenden",
	"Nobody is asked, and nobody can stop it":                                      "Niemand wird gefragt, und niemand kann sie aufhalten",
	"While work goes on, mail waits and none is lost":                              "Während der Arbeiten wartet die Post, und keine geht verloren",
	"Mail in both directions waits for the end of the work":                        "Post in beiden Richtungen wartet auf das Ende der Arbeiten",
	"A tenant's mail server is told to come again":                                 "Dem Mailserver eines Mandanten wird gesagt, dass er wiederkommen soll",
	"What the gateway had taken before waits too":                                  "Auch was das Gateway vorher angenommen hatte, wartet",
	"Work for one tenant does not stop another":                                    "Arbeiten für einen Mandanten halten keinen anderen auf",
	"Work goes on over a restart of the gateway":                                   "Die Arbeiten überdauern einen Neustart des Gateways",
	"Work announced for 240 minutes takes longer":                                  "Für 240 Minuten angekündigte Arbeiten dauern länger",
	"What is no window is refused":                                                 "Was kein Wartungsfenster ist, wird abgelehnt",
	"The account of the service is what happened":                                  "Der Verfügbarkeitsbericht sagt, was geschah",
	"One disturbance is counted to the second":                                     "Eine Störung wird auf die Sekunde gezählt",
	"Two short disturbances are not one long":                                      "Zwei kurze Störungen sind keine lange",
	"Two disturbances that meet are one":                                           "Zwei Störungen, die aneinandergrenzen, sind eine",
	"What lies outside the operator's control is not counted, if it is proven":     "Was der Dienstleister nicht beherrscht, wird nicht angerechnet, wenn es belegt ist",
	"Where an own fault overlaps a foreign one, the own counts":                    "Wo eigener und fremder Fehler sich überlagern, zählt der eigene",
	"Nobody classifies without a change request":                                   "Niemand ordnet ohne Änderungsantrag zu",
	"An outage of the DMDA is not the gateway's":                                   "Ein Ausfall des DMDA ist keiner des Gateways",
	"The gateway's own log and the probes tell of the same outage":                 "Das Protokoll des Gateways und die Sonden sagen dasselbe über einen Ausfall",
	"The gateway's own log tells of a crash":                                       "Das Protokoll des Gateways sagt von einem Absturz",
	"Times that cannot be are refused":                                             "Zeiten, die nicht sein können, werden abgelehnt",
}

var operationsWords = map[string]string{
	"begins":          "beginnen",
	"ends":            "enden",
	"in time":         "rechtzeitig",
	"disputably late": "strittig spät",
	"late":            "zu spät",
	"at all":          "überhaupt",
	"of the overrun":  "von der Überschreitung",
	"operator":        "dem Dienstleister",
	"dmda":            "dem DMDA",
	"tenant":          "dem Mandanten",
	"carrier":         "dem Netzbetreiber",
	"force-majeure":   "höherer Gewalt",
	"holds":           "eingehalten",
	"does not hold":   "nicht eingehalten",
}
