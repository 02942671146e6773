package jscan

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// text decodes the string at i. The result is valid until the next call.
func (d *Decoder) text(b []byte, i int) ([]byte, int, Reason) {
	if b[i] != '"' {
		return nil, i, wrongKind(b, i)
	}
	end, isPlain := textEnd(b, i+1)
	if end < 0 {
		return nil, i, Syntax
	}
	t := b[i+1 : end]
	if !isPlain {
		t = d.unquote(t)
	}
	return t, end + 1, OK
}

// shortText reads the plain string of at most 7 bytes at i as one word: its bytes, with its length in the top byte. end is behind its closing quote, or 0
// where there is no such string, or fewer than 8 bytes behind its opening quote.
func shortText(b []byte, i int) (word uint64, end int) {
	if i+9 > len(b) || b[i] != '"' {
		return 0, 0
	}
	w := binary.LittleEndian.Uint64(b[i+1:])
	n := uint(bits.TrailingZeros64(textStop(w))) >> 3
	if n > 7 || byte(w>>(n*8)) != '"' {
		return 0, 0
	}
	return w&(1<<(n*8)-1) | uint64(n)<<56, i + int(n) + 2
}

// textStop has its lowest set bit at the top of the first of 8 bytes that is a quote, a backslash, a control or not ASCII. Bits above it may be wrong.
func textStop(w uint64) uint64 {
	quote, slash := w^ones*'"', w^ones*'\\'
	return ((quote-ones)&^quote | (slash-ones)&^slash | (w - ones*0x20) | w) & tops
}

// textEnd returns the place of the closing quote of a string whose first byte is at i, or -1 if it is broken. isPlain says that the bytes
// between are the text as it is: no escapes, valid UTF-8.
func textEnd(b []byte, i int) (end int, isPlain bool) {
	for i+8 <= len(b) {
		if stop := textStop(binary.LittleEndian.Uint64(b[i:])); stop != 0 {
			i += bits.TrailingZeros64(stop) >> 3
			break
		}
		i += 8
	}
	for ; i < len(b); i++ {
		c := b[i]
		if c == '"' {
			return i, true
		}
		if c == '\\' || c >= 0x80 {
			return textEndSlow(b, i)
		}
		if c < 0x20 {
			return -1, false
		}
	}
	return -1, false
}

func textEndSlow(b []byte, i int) (end int, isPlain bool) {
	isPlain = true
	for i < len(b) {
		switch c := b[i]; {
		case c == '"':
			return i, isPlain
		case c == '\\':
			isPlain = false
			n := escapeLen(b[i:])
			if n == 0 {
				return -1, false
			}
			i += n
		case c < 0x20:
			return -1, false
		case c >= 0x80:
			r, n := utf8.DecodeRune(b[i:])
			if r == utf8.RuneError && n == 1 {
				isPlain = false
			}
			i += n
		default:
			i++
		}
	}
	return -1, false
}

// escapeLen is the length of the escape that b starts with, 0 if it is broken.
func escapeLen(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if len(b) < 6 {
			return 0
		}
		for _, h := range b[2:6] {
			if h-'0' > 9 && h|0x20-'a' > 5 {
				return 0
			}
		}
		return 6
	}
	return 0
}

// unquote replaces the escapes of b, which textEnd accepted, and what is not UTF-8. The result is valid until the next call.
func (d *Decoder) unquote(b []byte) []byte {
	t := d.tmp[:0]
	for i := 0; i < len(b); {
		c := b[i]
		switch {
		case c >= 0x80:
			r, n := utf8.DecodeRune(b[i:])
			t = utf8.AppendRune(t, r)
			i += n
			continue
		case c != '\\':
			t = append(t, c)
			i++
			continue
		}
		switch c := b[i+1]; c {
		case 'b':
			t = append(t, '\b')
		case 'f':
			t = append(t, '\f')
		case 'n':
			t = append(t, '\n')
		case 'r':
			t = append(t, '\r')
		case 't':
			t = append(t, '\t')
		case 'u':
			r := hex4(b[i+2:])
			if utf16.IsSurrogate(r) {
				// A pair, or else a lone one, which AppendRune replaces.
				if n := b[i+6:]; len(n) >= 6 && n[0] == '\\' && n[1] == 'u' {
					if pair := utf16.DecodeRune(r, hex4(n[2:])); pair != utf8.RuneError {
						r = pair
						i += 6
					}
				}
			}
			t = utf8.AppendRune(t, r)
			i += 4
		default:
			t = append(t, c)
		}
		i += 2
	}
	d.tmp = t
	return t
}

func hex4(b []byte) (r rune) {
	for _, h := range b[:4] {
		if h <= '9' {
			r = r<<4 | rune(h-'0')
		} else {
			r = r<<4 | rune(h|0x20-'a'+10)
		}
	}
	return r
}
