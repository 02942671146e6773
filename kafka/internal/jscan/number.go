package jscan

import (
	"encoding/binary"
	"math"
	"math/bits"
	"strconv"
	"unsafe"
)

// decimal is a JSON number: mant × 10^exp.
type decimal struct {
	mant    uint64
	exp     int32
	neg     bool
	isExact bool // mant holds every digit
}

// maxDigits is how many digits a uint64 always holds.
const maxDigits = 19

// number scans a number. ok is false where the text is none; end is then undefined.
func number(b []byte, i int) (n decimal, end int, ok bool) {
	if i < len(b) && b[i] == '-' {
		n.neg = true
		i++
	}
	start := i
	for i < len(b) && b[i]-'0' <= 9 {
		n.mant = n.mant*10 + uint64(b[i]-'0')
		i++
	}
	digits := i - start
	if digits == 0 || digits > 1 && b[start] == '0' {
		return n, i, false
	}
	if i < len(b) && b[i] == '.' {
		i++
		s := i
		for i < len(b) && b[i]-'0' <= 9 {
			n.mant = n.mant*10 + uint64(b[i]-'0')
			i++
		}
		if i == s {
			return n, i, false
		}
		digits += i - s
		n.exp = -int32(i - s)
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		var e int32
		if e, i, ok = exponent(b, i+1); !ok {
			return n, i, false
		}
		n.exp += e
	}
	n.isExact = digits <= maxDigits
	return n, i, true
}

func exponent(b []byte, i int) (e int32, end int, ok bool) {
	neg := false
	if i < len(b) && (b[i] == '+' || b[i] == '-') {
		neg = b[i] == '-'
		i++
	}
	s := i
	for i < len(b) && b[i]-'0' <= 9 {
		if e < 1e8 {
			e = e*10 + int32(b[i]-'0')
		}
		i++
	}
	if neg {
		e = -e
	}
	return e, i, i > s
}

// scaled is the number times 10^shift as an integer, if it is one and fits. cut allows a remainder, which is dropped.
func (n decimal) scaled(shift int32, cut bool) (v int64, ok bool) {
	if !n.isExact {
		return 0, false
	}
	m := n.mant
	for e := n.exp + shift; e != 0 && m != 0; {
		if e > 0 {
			hi, lo := bits.Mul64(m, 10)
			if hi != 0 {
				return 0, false
			}
			m = lo
			e--
			continue
		}
		if m%10 != 0 && !cut {
			return 0, false
		}
		m /= 10
		e++
	}
	if n.neg {
		return -int64(m), m <= 1<<63
	}
	return int64(m), m <= math.MaxInt64
}

const (
	ones = 0x0101010101010101
	tops = 0x80 * ones
)

// load8 reads the 8 bytes at i, zeros past the end. len(b) ≥ 8 and i < len(b).
func load8(b []byte, i int) uint64 {
	if i+8 <= len(b) {
		return binary.LittleEndian.Uint64(b[i:])
	}
	return binary.LittleEndian.Uint64(b[len(b)-8:]) >> (uint(i+8-len(b)) * 8)
}

// digits8 says how many of the leading bytes of w are digits, and their value, without a branch.
func digits8(w uint64) (n uint, v uint64) {
	x := w ^ ones*'0'                                      // a digit is 0 … 9
	other := ((x&(ones*0x7f) + ones*(0x80-10)) | x) & tops // the top bit where there is none
	n = uint(bits.TrailingZeros64(other)) >> 3             // 8 when all are digits
	x <<= (64 - n*8) & 127
	x = x*10 + x>>8
	v = ((x&0x000000FF000000FF)*(100+1000000<<32) + (x>>16&0x000000FF000000FF)*(1+10000<<32)) >> 32
	return n, v & 0xffffffff
}

var pow10 = [...]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8}

// digitRun continues m with the digits from i. It wraps past maxDigits digits. len(b) ≥ 8.
func digitRun(b []byte, i int, m uint64) (uint64, int) {
	for i < len(b) {
		n, v := digits8(load8(b, i))
		m = m*pow10[n] + v
		i += int(n)
		if n < 8 {
			break
		}
	}
	return m, i
}

// floatPow10 are the powers of ten that a float64 holds exactly.
var floatPow10 = [...]float64{
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// A usual number is short, and its text is followed by some more of the record: then words are read without a look at where b ends.
const usualBytes = 17

// usualInteger decodes digits alone, at most 15 of them. end is 0 where there is something else.
func usualInteger(b []byte, i int) (v int64, end int) {
	if i+usualBytes > len(b) {
		return 0, 0
	}
	w := b[i : i+usualBytes : i+usualBytes]
	n, m := digits8(binary.LittleEndian.Uint64(w))
	if n == 8 {
		more, low := digits8(binary.LittleEndian.Uint64(w[8:]))
		m = m*pow10[more] + low
		n += more
	}
	if n-1 > 14 || w[0] == '0' && n > 1 || w[n] == '.' || w[n]|0x20 == 'e' {
		return 0, 0
	}
	return int64(m), i + int(n)
}

// usualFloat decodes up to 7 digits, a point and up to 7 digits. end is 0 where there is something else.
func usualFloat(b []byte, i int) (f float64, end int) {
	if i+usualBytes > len(b) {
		return 0, 0
	}
	w := b[i : i+usualBytes : i+usualBytes]
	n, m := digits8(binary.LittleEndian.Uint64(w))
	if n-1 > 6 || w[n] != '.' || w[0] == '0' && n > 1 {
		return 0, 0
	}
	frac, low := digits8(binary.LittleEndian.Uint64(w[n+1:]))
	e := n + 1 + frac
	if frac-1 > 6 || w[e]|0x20 == 'e' {
		return 0, 0
	}
	return float64(m*pow10[frac]+low) / floatPow10[frac], i + int(e) // both are exact, so the quotient is rounded once
}

// float decodes a float64, rounded as strconv.ParseFloat rounds.
func float(b []byte, i int) (float64, int, Reason) {
	if f, e := usualFloat(b, i); e > 0 {
		return f, e, OK
	}
	if len(b) >= 8 {
		s := i
		if b[i] == '-' {
			s++
		}
		m, e := digitRun(b, s, 0)
		digits, frac := e-s, 0
		if digits > 0 && (b[s] != '0' || digits == 1) {
			if e < len(b) && b[e] == '.' {
				s := e + 1
				m, e = digitRun(b, s, m)
				if frac = e - s; frac == 0 {
					return 0, e, Syntax
				}
				digits += frac
			}
			// Numerator and denominator are exact, so the quotient is rounded once.
			if digits <= maxDigits && m < 1<<53 && frac < len(floatPow10) && (e >= len(b) || b[e]|0x20 != 'e') {
				f := float64(m) / floatPow10[frac]
				if b[i] == '-' {
					f = -f
				}
				return f, e, OK
			}
		}
	}
	f, e, r := parseFloat(b, i, 64)
	return f, e, r
}

func float32At(b []byte, i int) (float32, int, Reason) {
	f, e, r := parseFloat(b, i, 32)
	return float32(f), e, r
}

func parseFloat(b []byte, i, size int) (float64, int, Reason) {
	_, e, ok := number(b, i)
	if !ok {
		return 0, i, notNumber(b, i)
	}
	f, err := strconv.ParseFloat(unsafe.String(&b[i], e-i), size)
	if err != nil { // the grammar was checked: it is out of range
		return 0, i, NoFit
	}
	return f, e, OK
}

// integer decodes an int64. A number with a fraction or exponent is one if its value is whole.
func integer(b []byte, i int) (int64, int, Reason) {
	if v, e := usualInteger(b, i); e > 0 {
		return v, e, OK
	}
	if len(b) >= 8 {
		s := i
		if b[i] == '-' {
			s++
		}
		m, e := digitRun(b, s, 0)
		if n := e - s; n > 0 && n < maxDigits && (b[s] != '0' || n == 1) && (e >= len(b) || b[e] != '.' && b[e]|0x20 != 'e') {
			v := int64(m)
			if b[i] == '-' {
				v = -v
			}
			return v, e, OK
		}
	}
	n, e, ok := number(b, i)
	if !ok {
		return 0, i, notNumber(b, i)
	}
	v, ok := n.scaled(0, false)
	if !ok {
		return 0, i, NoFit
	}
	return v, e, OK
}

// notNumber is why what stands at i, where a number is wanted and none is, is refused.
func notNumber(b []byte, i int) Reason {
	if b[i] == '-' || b[i]-'0' <= 9 {
		return Syntax
	}
	return wrongKind(b, i)
}
