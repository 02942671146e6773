package jscan

import "encoding/binary"

// key is a field's name as it usually stands in a record, ready to be compared 16 bytes at once.
type key struct {
	w0, m0, w1, m1 uint64 // its bytes and which of them count, if it is short
	n              int    // of text; 0: it does not stand in JSON as it is
	isShort        bool   // at most 16 bytes
	text           string // "name":
}

func newKey(name string) key {
	k := key{text: `"` + name + `":`}
	k.n = len(k.text)
	if k.isShort = k.n <= 16; k.isShort {
		var w, m [16]byte
		for i := range k.n {
			w[i], m[i] = k.text[i], 0xff
		}
		k.w0, k.w1 = binary.LittleEndian.Uint64(w[:]), binary.LittleEndian.Uint64(w[8:])
		k.m0, k.m1 = binary.LittleEndian.Uint64(m[:]), binary.LittleEndian.Uint64(m[8:])
	}
	for i := range len(name) {
		if c := name[i]; c < 0x20 || c == '"' || c == '\\' || c >= 0x80 {
			return key{}
		}
	}
	return k
}

// at is the length of the key with quotes and colon if it stands at i, else 0.
func (k *key) at(b []byte, i int) int {
	if k.isShort && i+16 <= len(b) {
		if (binary.LittleEndian.Uint64(b[i:])^k.w0)&k.m0|(binary.LittleEndian.Uint64(b[i+8:])^k.w1)&k.m1 == 0 {
			return k.n
		}
		return 0
	}
	return k.atSlow(b, i)
}

func (k *key) atSlow(b []byte, i int) int {
	if k.n > 0 && len(b)-i >= k.n && string(b[i:i+k.n]) == k.text {
		return k.n
	}
	return 0
}

// key reads a name and its colon, when it is not the one that was guessed. f is -1 for a name that no column wants; next is where reading stopped.
func (d *Decoder) key(b []byte, i, place int) (f, next int, ok bool) {
	if i >= len(b) || b[i] != '"' {
		return -1, i, false
	}
	i++
	end, isPlain := textEnd(b, i)
	if end < 0 {
		return -1, i, false
	}
	name := b[i:end]
	if !isPlain {
		name = d.unquote(name)
	}
	f, known := d.byName[string(name)]
	if !known {
		f = -1
	} else if place < len(d.order) {
		d.order[place] = f
	} else if place < maxOrder {
		for len(d.order) <= place {
			d.order = append(d.order, f)
		}
	}
	if i = space(b, end+1); i >= len(b) || b[i] != ':' {
		return -1, i, false
	}
	return f, i + 1, true
}
