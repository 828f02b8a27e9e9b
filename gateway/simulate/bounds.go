package simulate

import "math"

// z975 is the 97.5th percentile of the standard normal distribution: two-sided bounds of 95 %.
const z975 = 1.959963984540054

// Probability is the share that was kept; NaN without cases.
func (s Share) Probability() float64 { return float64(s.Kept) / float64(s.Cases) }

// Bounds are the limits between which the true probability lies with 95 % confidence: Wilson's, with so many
// independent cases as have the variance that was seen between histories, because months and weeks of one history
// are not independent. When all cases are alike there is no variance to see: each history then counts as one case.
func (s Share) Bounds() (low, high float64) {
	n, p := s.independent(), s.Probability()
	if n == 0 {
		return 0, 1
	}
	z2 := z975 * z975
	centre := (p + z2/(2*n)) / (1 + z2/n)
	half := z975 / (1 + z2/n) * math.Sqrt(p*(1-p)/n+z2/(4*n*n))
	return max(centre-half, 0), min(centre+half, 1)
}

// independent is the effective number of independent cases, between the histories and the cases.
func (s Share) independent() float64 {
	runs := float64(s.histories)
	if runs < 2 || s.Cases == 0 {
		return runs
	}
	mean := float64(s.Kept) / runs
	variance := (float64(s.squares)/runs - mean*mean) * runs / (runs - 1)
	per := float64(s.Cases) / runs
	p := s.Probability()
	switch {
	case p == 0 || p == 1:
		return runs
	case variance <= 0:
		return float64(s.Cases)
	}
	return min(max(runs*per*per*p*(1-p)/variance, runs), float64(s.Cases))
}
