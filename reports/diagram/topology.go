package diagram

import (
	"fmt"
	"maps"
	"math"
	"net/netip"
	"slices"
	"strings"

	"demailbench/reports/course"
)

// Measures of a topology diagram, in pixels.
const (
	zoneWidth   = 168.0
	routerWidth = 132.0
	columnGap   = 24.0
	hostHeight  = 36.0
	maxLegs     = 9
	maxHosts    = 6
)

// spot is where a host or router stands: its middle, and half its width and height.
type spot struct{ x, y, w, h float64 }

// topology is one diagram while it is drawn.
type topology struct {
	canvas
	c      *course.Course
	legs   []course.Leg
	active map[string]bool
	zones  []*zone
	idle   []string
	spots  map[string]spot
	// numbers are where numbers of legs are already.
	numbers []spot
	width   float64
	height  float64
}

// Topology draws the zones with their hosts, the routers that were on the way, and the legs of the way with
// their numbers; the hop at which it stopped has a sign. Rows tell who took part. It returns "" when nobody
// did.
func (d Drawing) Topology(c *course.Course, rows []course.Row, legs []course.Leg) string {
	t := &topology{canvas: canvas{Drawing: d}, c: c, legs: legs, active: map[string]bool{}, spots: map[string]spot{}}
	if len(t.legs) > maxLegs {
		t.legs = append(slices.Clone(t.legs[:3]), t.legs[len(t.legs)-maxLegs+3:]...)
	}
	for _, l := range t.legs {
		for _, h := range l.Hops {
			t.active[h] = true
		}
	}
	for _, r := range rows {
		t.active[r.From], t.active[r.To] = true, true
	}
	delete(t.active, "")
	if len(t.active) == 0 {
		return ""
	}
	t.gather()
	t.place()
	t.draw()
	return t.finish(t.width, t.height, d.Text.Say("diagram.topology.title"), t.describe())
}

// hall is the height of the lane above the inner zones that is kept free for the routers and the ways
// between them.
const hall = 96.0

// place puts zones and routers into columns by rank: the tenants at the left, the outside at the right, and
// between them the inner zones below the routers' lane.
func (t *topology) place() {
	routers := map[int][]string{}
	for who := range t.active {
		if !t.c.IsHost(who) {
			routers[rank(t.c, who)] = append(routers[rank(t.c, who)], who)
		}
	}
	x := 12.0
	for column := 0; column <= 6; column++ {
		top, used := 16.0, false
		if column == 2 || column == 4 {
			top = hall
		}
		for _, z := range t.zones {
			if column == min(z.rank, 6) {
				t.placeZone(z, x, top)
				top += z.height() + 14
				used = true
			}
		}
		t.height = max(t.height, top)
		if used {
			x += zoneWidth + columnGap
		}
		if list := routers[column]; len(list) > 0 {
			slices.Sort(list)
			t.placeRouters(list, x+routerWidth/2)
			x += routerWidth + columnGap
		}
	}
	t.width = max(x-columnGap+12, 860)
}

func (t *topology) placeZone(z *zone, x, top float64) {
	z.y = top
	t.el(`<rect class="zone" x="%.0f" y="%.0f" width="%.0f" height="%.0f" rx="6"/>`, x, top, zoneWidth, z.height())
	t.text(x+8, top+18, "b", "start", t.Text.Say("diagram.zone", "zone", z.name), zoneWidth-12)
	for i, h := range z.hosts {
		t.spots[h] = spot{x + zoneWidth/2, top + 30 + hostHeight*float64(i) + 15, zoneWidth/2 - 8, 15}
	}
}

// placeRouters puts each router beside the zone that it serves, or in the middle, without overlap.
func (t *topology) placeRouters(list []string, x float64) {
	y := map[string]float64{}
	for i, r := range list {
		y[r] = 61 + 70*float64(i)
		for _, z := range t.zones {
			if z.name == t.c.Zone(r) && z.rank == 0 {
				y[r] = z.y + 45
			}
		}
	}
	slices.SortStableFunc(list, func(a, b string) int { return int(y[a] - y[b]) })
	last := -100.0
	for _, r := range list {
		last = max(y[r], last+56)
		t.spots[r] = spot{x, last, routerWidth/2 - 2, 17}
		t.height = max(t.height, last+36)
	}
}

// draw draws the ways under the hosts and routers, and the legend below all.
func (t *topology) draw() {
	for i, l := range t.legs {
		t.leg(i, l)
	}
	for _, who := range slices.Sorted(maps.Keys(t.spots)) {
		t.party(who, t.spots[who])
	}
	for i, l := range t.legs {
		t.number(i, l)
	}
	y := t.height + 14
	for i, l := range t.legs {
		text := fmt.Sprintf("%d.  %s  %s", i+1, l.At.Format("2006-01-02 15:04:05.000"), strings.Join(l.Hops, " → "))
		if !l.Stopped {
			t.text(34, y, "", "start", text, t.width-40)
			y += 20
			continue
		}
		t.stop(20, y+5)
		t.text(34, y, "bad", "start", text, t.width-40)
		t.text(50, y+17, "bad", "start", t.Text.Say("diagram.stopped", "hop", l.Stop)+": "+t.Text.Say(l.Key, l.Args...), t.width-56)
		y += 38
	}
	if len(t.idle) > 0 {
		slices.Sort(t.idle)
		t.text(12, y, "s", "start", t.Text.Say("diagram.idle", "zones", strings.Join(t.idle, ", ")), t.width)
		y += 18
	}
	t.height = y
}

func (t *topology) party(who string, s spot) {
	class, sub := "idle", strings.Join(t.c.Scene.Addresses[who], " · ")
	if t.active[who] {
		class = "box"
	}
	round := 12
	if !t.c.IsHost(who) {
		class, sub, round = "rt", t.Text.Say("diagram.router"), 0
	}
	if _, err := netip.ParseAddr(who); err == nil {
		sub = t.Text.Say("diagram.unknown")
	}
	t.el(`<rect class="%s" x="%.0f" y="%.0f" width="%.0f" height="%.0f" rx="%d"/>`, class, s.x-s.w, s.y-s.h, 2*s.w, 2*s.h, round)
	t.text(s.x, s.y-1, "b", "middle", who, 2*s.w+4)
	t.text(s.x, s.y+11, "s", "middle", sub, 2*s.w+20)
}

// leg draws the line of one leg; legs between the same parties lie a little apart.
func (t *topology) leg(i int, l course.Leg) {
	off := float64(i%5-2) * 5
	for k := 1; k < len(l.Hops); k++ {
		a, b := t.spots[l.Hops[k-1]], t.spots[l.Hops[k]]
		if a.w == 0 || b.w == 0 {
			continue // no room for the host in its zone
		}
		class := "way"
		if l.Stopped && k == len(l.Hops)-1 {
			class = "wayx"
		}
		t.el(`<path class="%s" d="%s" marker-end="url(#%s-a)"/>`, class, path(a, b, off), t.ID)
	}
}

// path leads from the edge of one party to the edge of the other.
func path(a, b spot, off float64) string {
	if a.x == b.x {
		side := a.x - min(a.w, b.w)
		return fmt.Sprintf("M%.0f %.0fC%.0f %.0f %.0f %.0f %.0f %.0f", side, a.y, side-16, a.y, side-16, b.y, side, b.y)
	}
	dir := 1.0
	if b.x < a.x {
		dir = -1
	}
	x1, x2 := a.x+dir*a.w, b.x-dir*b.w
	bend := (x2 - x1) / 2
	return fmt.Sprintf("M%.0f %.0fC%.0f %.0f %.0f %.0f %.0f %.0f", x1, a.y+off, x1+bend, a.y+off, x2-bend, b.y+off, x2, b.y+off)
}

// number draws the number of a leg where it begins, and the sign where it stopped.
func (t *topology) number(i int, l course.Leg) {
	a, b := t.spots[l.Hops[0]], t.spots[l.Hops[1]]
	if a.w == 0 || b.w == 0 {
		return
	}
	x, y, aside := a.x+a.w+3, a.y+float64(i%5-2)*5, 17.0
	if b.x <= a.x {
		x, aside = a.x-a.w-3, -17
	}
	for slices.ContainsFunc(t.numbers, func(o spot) bool { return math.Hypot(o.x-x, o.y-y) < 16 }) {
		x += aside
	}
	t.numbers = append(t.numbers, spot{x: x, y: y})
	class := "num"
	if l.Stopped {
		class = "numx"
		s := t.spots[l.Stop] // the last hop
		t.stop(s.x+s.w-4, s.y-s.h)
	}
	t.el(`<circle class="%s" cx="%.0f" cy="%.0f" r="8"/>`, class, x, y)
	t.text(x, y+4, "n", "middle", fmt.Sprint(i+1), 30)
}

func (t *topology) describe() string {
	var says []string
	for i, l := range t.legs {
		s := fmt.Sprintf("%d: %s", i+1, strings.Join(l.Hops, " → "))
		if l.Stopped {
			s += ", " + t.Text.Say("diagram.stopped", "hop", l.Stop)
		}
		says = append(says, s)
	}
	if len(says) == 0 {
		return t.Text.Say("diagram.noway")
	}
	return strings.Join(says, "; ")
}
