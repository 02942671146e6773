package order

// Tree is a published sequence of entries in ascending order: immutable, readable by any goroutine for ever. The zero Tree is empty.
type Tree struct {
	root  *node
	width int // words an entry
}

const (
	leafMax = 128 // entries of a leaf
	kidsMax = 64  // children of an inner node
)

// node is a leaf, whose entries are in words, or an inner node, where words holds the last entry of each child.
type node struct {
	words []uint64
	kids  []*node // nil: a leaf
	n     int     // entries below
	epoch uint64  // read by the writer only
}

// Len is the number of entries.
func (t *Tree) Len() int {
	if t.root == nil {
		return 0
	}
	return t.root.n
}

// Width is the words of an entry.
func (t *Tree) Width() int { return t.width }

// At is the entry at a position. The caller only reads it.
func (t *Tree) At(pos int) []uint64 {
	if pos < 0 || pos >= t.Len() {
		panic("BUG: order: position out of range")
	}
	nd := t.root
	for nd.kids != nil {
		i := 0
		for pos >= nd.kids[i].n {
			pos -= nd.kids[i].n
			i++
		}
		nd = nd.kids[i]
	}
	return nd.words[pos*t.width : (pos+1)*t.width]
}

// Rank is the number of entries below e.
func (t *Tree) Rank(e []uint64) int {
	r := 0
	nd := t.root
	if nd == nil {
		return 0
	}
	for nd.kids != nil {
		i := nd.find(e, t.width)
		if i == len(nd.kids) {
			return r + nd.n
		}
		for _, k := range nd.kids[:i] {
			r += k.n
		}
		nd = nd.kids[i]
	}
	return r + nd.find(e, t.width)
}

// Has says whether e is in the tree.
func (t *Tree) Has(e []uint64) bool {
	r := t.Rank(e)
	return r < t.Len() && compare(t.At(r), e) == 0
}

// Each calls f with the entries from position pos on until it returns false.
func (t *Tree) Each(pos int, f func(e []uint64) bool) {
	if t.root != nil {
		t.root.each(pos, t.width, f)
	}
}

func (nd *node) each(pos, w int, f func(e []uint64) bool) bool {
	if nd.kids == nil {
		for i := pos; i < nd.n; i++ {
			if !f(nd.words[i*w : (i+1)*w]) {
				return false
			}
		}
		return true
	}
	for _, k := range nd.kids {
		if pos >= k.n {
			pos -= k.n
			continue
		}
		if !k.each(pos, w, f) {
			return false
		}
		pos = 0
	}
	return true
}

// find is the index of the first entry in words that is not below e.
func (nd *node) find(e []uint64, w int) int {
	words := nd.words
	lo, hi := 0, len(words)/w
	if w == 2 {
		e0, e1 := e[0], e[1]
		for lo < hi {
			m := int(uint(lo+hi) >> 1)
			x := words[2*m : 2*m+2 : 2*m+2]
			if x[0] < e0 || x[0] == e0 && x[1] < e1 {
				lo = m + 1
			} else {
				hi = m
			}
		}
		return lo
	}
	for lo < hi {
		m := int(uint(lo+hi) >> 1)
		if compare(words[m*w:m*w+w], e) < 0 {
			lo = m + 1
		} else {
			hi = m
		}
	}
	return lo
}

func compare(a, b []uint64) int {
	b = b[:len(a)]
	for i, x := range a {
		if x != b[i] {
			if x < b[i] {
				return -1
			}
			return 1
		}
	}
	return 0
}
