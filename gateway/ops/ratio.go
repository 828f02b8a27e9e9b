package ops

import (
	"fmt"
	"math/big"
	"math/bits"
	"strings"
)

// Ratio is an availability, exact: seconds up of seconds in all.
type Ratio struct{ Up, Total int64 }

// AtLeast compares with a target without rounding; an empty ratio reaches nothing.
func (r Ratio) AtLeast(target Ratio) bool {
	if r.Total <= 0 || target.Total <= 0 || r.Up < 0 || target.Up < 0 {
		return false
	}
	hi, lo := bits.Mul64(uint64(r.Up), uint64(target.Total))
	thi, tlo := bits.Mul64(uint64(target.Up), uint64(r.Total))
	return hi > thi || hi == thi && lo >= tlo
}

// Rat is the value between 0 and 1; 0 of an empty ratio.
func (r Ratio) Rat() *big.Rat {
	if r.Total <= 0 {
		return new(big.Rat)
	}
	return big.NewRat(r.Up, r.Total)
}

// Text is the value in per cent with that many digits, rounded down: 98.4999 % must not read as 98.50 %. point
// stands between the digits, "." in English, "," in German. An empty ratio is "-".
func (r Ratio) Text(digits int, point string) string {
	if r.Total <= 0 {
		return "-"
	}
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits+2)), nil)
	n := scale.Mul(scale, big.NewInt(r.Up))
	n.Quo(n, big.NewInt(r.Total))
	text := fmt.Sprintf("%0*s", digits+1, n.String())
	whole, rest := text[:len(text)-digits], text[len(text)-digits:]
	return strings.TrimSuffix(whole+point+rest, point) + " %"
}
