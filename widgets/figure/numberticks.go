package figure

import (
	"math"
	"strconv"
	"strings"
)

// tick is a mark on an axis. A label may have two lines.
type tick struct {
	at    float64
	label string
}

// numberTicks marks round numbers in [lo, hi], about most of them. There is at least one if lo < hi.
func numberTicks(lo, hi float64, most int) []tick {
	if !(lo < hi) || math.IsInf(lo, 0) || math.IsInf(hi, 0) {
		return nil
	}
	step := roundStep((hi/2 - lo/2) / float64(max(1, most)) * 2)
	if step == 0 || math.IsInf(step, 0) {
		return nil
	}
	from, to := math.Ceil(lo/step), math.Floor(hi/step)
	if to-from > 100 { // rounding at the ends of what float64 holds
		return nil
	}
	format := numberFormat(max(math.Abs(lo), math.Abs(hi)), step)
	var ticks []tick
	for i := range int(to-from) + 1 {
		v := (from + float64(i)) * step
		if v == 0 {
			v = 0 // not -0
		}
		ticks = append(ticks, tick{v, format(v)})
	}
	return ticks
}

// roundStep is the least of 1, 2 and 5 times a power of ten that is at least s.
func roundStep(s float64) float64 {
	p := math.Pow(10, math.Floor(math.Log10(s)))
	for _, m := range [...]float64{1, 2, 5} {
		if m*p >= s*(1-1e-9) {
			return m * p
		}
	}
	return 10 * p
}

// numberFormat writes the multiples of step up to largest with as many digits as tell them apart.
func numberFormat(largest, step float64) func(float64) string {
	decimals := max(0, int(-math.Floor(math.Log10(step)+1e-9)))
	if largest >= 1e12 || decimals > 9 {
		digits := max(1, int(math.Ceil(math.Log10(largest/step)-1e-9))+1)
		return func(v float64) string {
			if v == 0 {
				return "0"
			}
			mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(v, 'e', min(digits, 16)-1, 64), "e")
			if strings.Contains(mantissa, ".") {
				mantissa = strings.TrimRight(strings.TrimRight(mantissa, "0"), ".")
			}
			n, _ := strconv.Atoi(exponent)
			return mantissa + "e" + strconv.Itoa(n)
		}
	}
	return func(v float64) string { return grouped(strconv.FormatFloat(v, 'f', decimals, 64)) }
}

// grouped puts a comma between the groups of three digits before the point, from five digits on.
func grouped(s string) string {
	digits, rest, _ := strings.Cut(s, ".")
	if strings.Contains(s, ".") {
		rest = "." + rest
	}
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	if len(digits) > 4 {
		for i := len(digits) - 3; i > 0; i -= 3 {
			digits = digits[:i] + "," + digits[i:]
		}
	}
	return sign + digits + rest
}

// number writes v for people: up to six digits that matter, more before the point.
func number(v float64) string {
	if a := math.Abs(v); a != 0 && (a >= 1e12 || a < 1e-4) {
		return strconv.FormatFloat(v, 'g', 6, 64)
	}
	whole := max(1, int(math.Floor(math.Log10(max(1, math.Abs(v)))))+1)
	s := strconv.FormatFloat(v, 'f', max(0, min(6, 7-whole)), 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		s = "0"
	}
	return grouped(s)
}
