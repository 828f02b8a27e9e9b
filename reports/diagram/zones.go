package diagram

import (
	"slices"
	"strings"
)

// zone is one box with its hosts.
type zone struct {
	name  string
	hosts []string
	rank  int
	y     float64
}

func (z *zone) height() float64 { return 30 + hostHeight*float64(len(z.hosts)) + 4 }

// gather finds the zones in which somebody took part; the others are only named.
func (t *topology) gather() {
	byName := map[string]*zone{}
	var hosts []string
	for h := range t.c.Scene.Zones {
		hosts = append(hosts, h)
	}
	slices.Sort(hosts)
	slices.SortStableFunc(hosts, func(a, b string) int { return order(t.active[a]) - order(t.active[b]) })
	for _, h := range hosts {
		name := t.c.Scene.Zones[h]
		z, ok := byName[name]
		if !ok && !t.active[h] {
			if !slices.Contains(t.idle, name) {
				t.idle = append(t.idle, name)
			}
			continue
		}
		if !ok {
			z = &zone{name: name, rank: rank(t.c, h)}
			byName[name] = z
			t.zones = append(t.zones, z)
		}
		if len(z.hosts) < maxHosts {
			z.hosts = append(z.hosts, h)
		}
	}
	slices.SortStableFunc(t.zones, func(a, b *zone) int {
		if a.rank != b.rank {
			return a.rank - b.rank
		}
		return strings.Compare(a.name, b.name)
	})
}

func order(active bool) int {
	if active {
		return 0
	}
	return 1
}
