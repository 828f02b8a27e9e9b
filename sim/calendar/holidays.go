package calendar

// State is whose law holds.
type State string

const (
	// Saxony has SächsSFG, the law over Sundays and holidays of 10 November 1992.
	Saxony State = "saxony"
	// SaxonyAnhalt has FeiertG LSA, as published on 25 August 2004.
	SaxonyAnhalt State = "saxony-anhalt"
)

// row is a holiday of the table: a day of the year, or days after Easter Sunday, or the Day of Repentance.
type row struct {
	law        string
	name       string
	month, day int
	afterE     int
	movable    bool
	repentance bool
}

// table is the law, in its order.
var table = map[State][]row{
	Saxony: {
		{law: "SächsSFG § 1 Abs. 1, 1.", name: "Neujahr", month: 1, day: 1},
		{law: "SächsSFG § 1 Abs. 1, 2.", name: "Karfreitag", movable: true, afterE: -2},
		{law: "SächsSFG § 1 Abs. 1, 3.", name: "Ostermontag", movable: true, afterE: 1},
		{law: "SächsSFG § 1 Abs. 1, 4.", name: "Tag der Arbeit", month: 5, day: 1},
		{law: "SächsSFG § 1 Abs. 1, 5.", name: "Christi Himmelfahrt", movable: true, afterE: 39},
		{law: "SächsSFG § 1 Abs. 1, 6.", name: "Pfingstmontag", movable: true, afterE: 50},
		// 7. is Fronleichnam, in the regions of the FronleichnamsVO only: see Office.
		{law: "SächsSFG § 1 Abs. 1, 8.", name: "Tag der Deutschen Einheit", month: 10, day: 3},
		{law: "SächsSFG § 1 Abs. 1, 9.", name: "Reformationsfest", month: 10, day: 31},
		{law: "SächsSFG § 1 Abs. 1, 10.", name: "Buß- und Bettag", repentance: true},
		{law: "SächsSFG § 1 Abs. 1, 11.", name: "1. Weihnachtstag", month: 12, day: 25},
		{law: "SächsSFG § 1 Abs. 1, 12.", name: "2. Weihnachtstag", month: 12, day: 26},
	},
	SaxonyAnhalt: {
		{law: "FeiertG LSA § 2 Nr. 1", name: "Neujahrstag", month: 1, day: 1},
		{law: "FeiertG LSA § 2 Nr. 2", name: "Heilige Drei Könige", month: 1, day: 6},
		{law: "FeiertG LSA § 2 Nr. 3", name: "Karfreitag", movable: true, afterE: -2},
		{law: "FeiertG LSA § 2 Nr. 4", name: "Ostermontag", movable: true, afterE: 1},
		{law: "FeiertG LSA § 2 Nr. 5", name: "1. Mai", month: 5, day: 1},
		{law: "FeiertG LSA § 2 Nr. 6", name: "Christi Himmelfahrt", movable: true, afterE: 39},
		{law: "FeiertG LSA § 2 Nr. 7", name: "Pfingstmontag", movable: true, afterE: 50},
		{law: "FeiertG LSA § 2 Nr. 8", name: "Tag der Deutschen Einheit", month: 10, day: 3},
		{law: "FeiertG LSA § 2 Nr. 9", name: "Reformationstag", month: 10, day: 31},
		// Nr. 10 was repealed.
		{law: "FeiertG LSA § 2 Nr. 11", name: "1. Weihnachtsfeiertag", month: 12, day: 25},
		{law: "FeiertG LSA § 2 Nr. 12", name: "2. Weihnachtsfeiertag", month: 12, day: 26},
	},
}

// Easter is Easter Sunday by Lichtenberg's form of Gauss's rule: the days are counted in March and may exceed it.
func Easter(year int) Date {
	k := year / 100
	m := 15 + (3*k+3)/4 - (8*k+13)/25
	s := 2 - (3*k+3)/4
	a := year % 19
	d := (19*a + m) % 30
	r := (d + a/11) / 29
	moon := 21 + d - r
	sunday := 7 - (year+year/4+s)%7
	march := moon + 7 - (moon-sunday)%7
	if march > 31 {
		return Date{year, 4, march - 31}
	}
	return Date{year, 3, march}
}

// fromEaster is the day n days after Easter Sunday, before it for negative n.
func fromEaster(year, n int) Date {
	d := Easter(year)
	for ; n < 0; n++ {
		d = d.Previous()
	}
	return d.Later(n)
}

// repentanceDay is the Wednesday before 23 November, eleven days before the first Sunday of Advent.
func repentanceDay(year int) Date {
	d := Date{year, 11, 22}
	for d.Weekday() != 3 {
		d = d.Previous()
	}
	return d
}

// on is the day of the row in a year.
func (r row) on(year int) Date {
	switch {
	case r.movable:
		return fromEaster(year, r.afterE)
	case r.repentance:
		return repentanceDay(year)
	}
	return Date{year, r.month, r.day}
}

// CorpusChristi is Fronleichnam, the Thursday 60 days after Easter: a holiday in the regions of the FronleichnamsVO.
func CorpusChristi(year int) Date { return fromEaster(year, 60) }

// communes are the regions of the FronleichnamsVO that are whole municipalities, districts those that are parts:
// "municipality/part". Of Königswartha all is in the region but Wartha.
var (
	communes  = []string{"Crostwitz", "Königswartha", "Nebelschütz", "Panschwitz-Kuckau", "Puschwitz", "Räckelwitz", "Radibor", "Ralbitz-Rosenthal", "Wittichenau"}
	districts = []string{"Bautzen/Bolbritz", "Bautzen/Salzenforst", "Göda/Prischwitz", "Großdubrau/Sdier", "Hoyerswerda/Dörgenhausen", "Neschwitz/Neschwitz", "Neschwitz/Saritsch"}
)

// HasCorpusChristi reports whether Fronleichnam is a holiday in a part of a municipality of Saxony; part may be empty.
func HasCorpusChristi(municipality, part string) bool {
	if municipality == "Königswartha" && part == "Wartha" {
		return false
	}
	for _, c := range communes {
		if c == municipality {
			return true
		}
	}
	for _, d := range districts {
		if d == municipality+"/"+part {
			return true
		}
	}
	return false
}

// Holiday is a day of the law.
type Holiday struct {
	Date      Date
	Name, Law string
}

// Holidays are the holidays of a state in a year, in order of the law, without the regional one.
func Holidays(s State, year int) []Holiday {
	var out []Holiday
	for _, r := range table[s] {
		out = append(out, Holiday{r.on(year), r.name, r.law})
	}
	return out
}
