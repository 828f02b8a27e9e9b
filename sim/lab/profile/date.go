package profile

import (
	"slices"
	"time"

	"demailbench/sim/config"
)

// At returns the profile moved in time by whole days, so that its epoch is on the day of now or the day
// before: certificates and the matrix's validity keep their distance from it (D29, "world.epoch: today"). A
// world on the wall clock is built from it. The offset is what every date was moved by.
func (p *Profile) At(now time.Time) (moved *Profile, offset time.Duration) {
	const day = 24 * time.Hour
	offset = now.Sub(p.Epoch()).Truncate(day)
	shift := func(t *config.Time) {
		if !t.IsZero() {
			t.Time = t.Add(offset)
		}
	}
	q, t := *p, *p.Topology
	q.Topology = &t
	shift(&t.Epoch)
	t.Matrix = slices.Clone(t.Matrix)
	for i := range t.Matrix {
		shift(&t.Matrix[i].ValidFrom)
		shift(&t.Matrix[i].ValidTo)
	}
	q.Certificates = slices.Clone(p.Certificates)
	for i := range q.Certificates {
		shift(&q.Certificates[i].From)
		shift(&q.Certificates[i].Until)
	}
	return &q, offset
}
