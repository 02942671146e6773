package broker

import (
	"bytes"
	"math/rand/v2"
)

// malform turns a good record into a bad one of a kind chosen by r: what a consumer must survive.
func malform(r *rand.Rand, good []byte) []byte {
	switch r.IntN(5) {
	case 0:
		return good[:len(good)*2/3] // cut short
	case 1:
		return bytes.Replace(good, []byte(`Size":`), []byte(`Size":"many","x":`), 1) // a text where a number belongs
	case 2:
		return bytes.Replace(good, []byte(`Size":`), []byte(`Size":9`+"000000000"), 1) // an integer that does not fit
	case 3:
		return []byte("not JSON at all")
	default:
		return append(append([]byte{'['}, good...), ']') // a list where an object belongs
	}
}
