package order

import "slices"

// Sort sorts entries of width words, one after the other in es, by all their words; it returns them in es or in memory of its own. Entries
// that come in key order need no pass for the key.
func Sort(es []uint64, width int) []uint64 {
	n := len(es) / width
	if n < 2 || isSorted(es, width) {
		return es
	}
	if n < 64 {
		return sortFew(es, width)
	}
	to := make([]uint64, len(es))
	keysRise := true
	for i := 1; i < n && keysRise; i++ {
		keysRise = es[i*width-1]&keyBits < es[(i+1)*width-1]&keyBits
	}
	for word := width - 1; word >= 0; word-- {
		shift := 0
		if word == width-1 && keysRise {
			shift = 63 // the flag alone
		}
		es, to = sortWord(es, to, width, word, shift)
	}
	return es
}

// sortWord sorts by the bits of one word from shift on: a stable pass for each digit of 11 bits that varies.
func sortWord(es, to []uint64, width, word, shift int) (sorted, spare []uint64) {
	or, and := uint64(0), ^uint64(0)
	for i := word; i < len(es); i += width {
		or |= es[i]
		and &= es[i]
	}
	varies := (or ^ and) >> shift << shift
	var counts [2048]uint32
	for ; shift < 64; shift += 11 {
		if varies>>shift&2047 == 0 {
			continue
		}
		clear(counts[:])
		for i := word; i < len(es); i += width {
			counts[es[i]>>shift&2047]++
		}
		sum := uint32(0)
		for i, c := range counts {
			counts[i], sum = sum, sum+c
		}
		for i := 0; i < len(es); i += width {
			e := es[i : i+width : i+width]
			c := &counts[e[word]>>shift&2047]
			copy(to[int(*c)*width:], e)
			*c++
		}
		es, to = to, es
	}
	return es, to
}

func isSorted(es []uint64, width int) bool {
	for i := width; i < len(es); i += width {
		if compare(es[i-width:i], es[i:i+width]) > 0 {
			return false
		}
	}
	return true
}

func sortFew(es []uint64, width int) []uint64 {
	list := make([][]uint64, 0, len(es)/width)
	for i := 0; i < len(es); i += width {
		list = append(list, es[i:i+width])
	}
	slices.SortFunc(list, compare)
	out := make([]uint64, 0, len(es))
	for _, e := range list {
		out = append(out, e...)
	}
	return out
}
