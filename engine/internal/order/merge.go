package order

// Without returns the tree's entries without some, which are sorted and in the tree.
func Without(t *Tree, gone []uint64) []uint64 {
	w := t.width
	out := make([]uint64, 0, t.Len()*w-len(gone))
	t.Each(0, func(e []uint64) bool {
		if len(gone) > 0 && compare(e, gone[:w]) == 0 {
			gone = gone[w:]
			return true
		}
		out = append(out, e...)
		return true
	})
	if len(gone) > 0 {
		panic("BUG: order: an entry to remove is not there")
	}
	return out
}

// Merge merges sorted entries of width words.
func Merge(a, b []uint64, width int) []uint64 {
	if len(b) == 0 {
		return a
	}
	if len(a) == 0 {
		return b
	}
	out := make([]uint64, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if compare(a[:width], b[:width]) < 0 {
			out, a = append(out, a[:width]...), a[width:]
		} else {
			out, b = append(out, b[:width]...), b[width:]
		}
	}
	return append(append(out, a...), b...)
}
