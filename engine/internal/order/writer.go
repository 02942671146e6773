package order

import "slices"

// Writer changes a tree between publications. One goroutine.
//
// State: tree, whose nodes of the writer's epoch are its own; older ones may be in a published tree and are copied before they change, each
// once an epoch. Neighbours are joined when one of them gets small. Copied counts the copies.
type Writer struct {
	tree   Tree
	epoch  uint64
	Copied int
}

// NewWriter returns a writer of an empty tree of entries of width words.
func NewWriter(width int) *Writer { return &Writer{tree: Tree{width: width}, epoch: 1} }

// Begin starts a cycle: what was published stays as it is.
func (w *Writer) Begin() { w.epoch++ }

// Tree is the tree as it is now, for publication. It stays so if Begin is called before the next change.
func (w *Writer) Tree() Tree { return w.tree }

// Len is the number of entries.
func (w *Writer) Len() int { return w.tree.Len() }

// own returns child i of nd for changing.
func (w *Writer) own(nd *node) *node {
	if nd.epoch == w.epoch {
		return nd
	}
	w.Copied++
	c := &node{n: nd.n, epoch: w.epoch}
	room := len(nd.words) + len(nd.words)/8 + 2*w.tree.width
	if nd.kids == nil {
		room = min(room, leafMax*w.tree.width)
	} else {
		c.kids = append(make([]*node, 0, min(len(nd.kids)+4, kidsMax+1)), nd.kids...)
	}
	c.words = append(make([]uint64, 0, max(room, len(nd.words))), nd.words...)
	return c
}

// Insert adds e, which is not in the tree. It copies e.
func (w *Writer) Insert(e []uint64) {
	t := &w.tree
	if t.root == nil {
		t.root = &node{epoch: w.epoch}
	}
	t.root = w.own(t.root)
	if right := w.insert(t.root, e); right != nil {
		left := t.root
		t.root = &node{kids: []*node{left, right}, n: left.n + right.n, epoch: w.epoch}
		t.root.words = append(append(t.root.words, left.last(t.width)...), right.last(t.width)...)
	}
}

func (nd *node) last(w int) []uint64 { return nd.words[len(nd.words)-w:] }

// insert adds e below nd, which is the writer's own. If nd was full, it keeps the left part and returns the right one.
func (w *Writer) insert(nd *node, e []uint64) (right *node) {
	width := w.tree.width
	i := nd.find(e, width)
	nd.n++
	if nd.kids == nil {
		if nd.n <= leafMax {
			nd.words = slices.Insert(nd.words, i*width, e...)
			return nil
		}
		cut := leafMax / 2
		if i == leafMax || i == 0 { // runs of rising or falling entries fill leaves
			cut = i
		}
		if cut == 0 { // the new entry alone is the left part
			right = &node{words: nd.words, n: leafMax, epoch: w.epoch}
			nd.words, nd.n = slices.Clone(e), 1
			return right
		}
		right = w.split(nd, cut)
		to := nd
		if i > cut || i == leafMax {
			to, i = right, i-cut
		}
		to.words = slices.Insert(to.words, i*width, e...)
		to.n++
		return right
	}
	i = min(i, len(nd.kids)-1)
	kid := w.own(nd.kids[i])
	nd.kids[i] = kid
	more := w.insert(kid, e)
	copy(nd.words[i*width:], kid.last(width))
	if more == nil {
		return nil
	}
	nd.kids = slices.Insert(nd.kids, i+1, more)
	nd.words = slices.Insert(nd.words, (i+1)*width, more.last(width)...)
	if len(nd.kids) <= kidsMax {
		return nil
	}
	cut := len(nd.kids) / 2
	if i+2 == len(nd.kids) {
		cut = len(nd.kids) - 1
	}
	return w.split(nd, cut)
}

// split moves what is at and behind cut to a new right neighbour. A leaf's n must count entries that are in it already.
func (w *Writer) split(nd *node, cut int) *node {
	width := w.tree.width
	right := &node{epoch: w.epoch, words: slices.Clone(nd.words[cut*width:])}
	nd.words = nd.words[:cut*width]
	if nd.kids == nil {
		nd.n, right.n = cut, len(right.words)/width
		return right
	}
	right.kids = slices.Clone(nd.kids[cut:])
	clear(nd.kids[cut:])
	nd.kids = nd.kids[:cut]
	for _, k := range right.kids {
		right.n += k.n
	}
	nd.n -= right.n
	return right
}

// Remove takes e out. It returns false if e isn't there.
func (w *Writer) Remove(e []uint64) bool {
	t := &w.tree
	if t.root == nil || !t.Has(e) {
		return false
	}
	t.root = w.own(t.root)
	w.remove(t.root, e)
	for len(t.root.kids) == 1 {
		t.root = t.root.kids[0]
	}
	if t.root.n == 0 {
		t.root = nil
	}
	return true
}

func (w *Writer) remove(nd *node, e []uint64) {
	width := w.tree.width
	i := nd.find(e, width)
	nd.n--
	if nd.kids == nil {
		nd.words = slices.Delete(nd.words, i*width, (i+1)*width)
		return
	}
	kid := w.own(nd.kids[i])
	nd.kids[i] = kid
	w.remove(kid, e)
	if kid.n > 0 {
		copy(nd.words[i*width:], kid.last(width))
	}
	w.join(nd, i)
}

// join drops child i of nd if it is empty, and joins it with a neighbour when it is small and both fit one node by two thirds.
func (w *Writer) join(nd *node, i int) {
	kid := nd.kids[i]
	if kid.n == 0 {
		w.drop(nd, i)
		return
	}
	size, limit := kid.size()
	if size >= limit/4 {
		return
	}
	for _, l := range []int{i - 1, i} { // join l and l+1
		if l < 0 || l+1 >= len(nd.kids) {
			continue
		}
		a, _ := nd.kids[l].size()
		b, _ := nd.kids[l+1].size()
		if a+b > limit*2/3 {
			continue
		}
		left, right := w.own(nd.kids[l]), nd.kids[l+1]
		left.words = append(left.words, right.words...)
		left.kids = append(left.kids, right.kids...)
		left.n += right.n
		nd.kids[l] = left
		copy(nd.words[l*w.tree.width:], left.last(w.tree.width))
		w.drop(nd, l+1)
		return
	}
}

func (w *Writer) drop(nd *node, i int) {
	nd.kids = slices.Delete(nd.kids, i, i+1)
	nd.words = slices.Delete(nd.words, i*w.tree.width, (i+1)*w.tree.width)
}

// size is how many children or entries the node has, and can have.
func (nd *node) size() (n, limit int) {
	if nd.kids == nil {
		return nd.n, leafMax
	}
	return len(nd.kids), kidsMax
}

// Build replaces the tree by one of entries in ascending order.
func (w *Writer) Build(es []uint64) {
	width := w.tree.width
	var level []*node
	const fill = leafMax * 3 / 4
	for len(es) > 0 {
		m := min(fill*width, len(es))
		level = append(level, &node{words: slices.Clone(es[:m]), n: m / width, epoch: w.epoch})
		es = es[m:]
	}
	for len(level) > 1 {
		var up []*node
		for len(level) > 0 {
			m := min(kidsMax*3/4, len(level))
			nd := &node{kids: slices.Clone(level[:m]), epoch: w.epoch, words: make([]uint64, 0, m*width)}
			for _, k := range nd.kids {
				nd.n += k.n
				nd.words = append(nd.words, k.last(width)...)
			}
			up = append(up, nd)
			level = level[m:]
		}
		level = up
	}
	w.tree.root = nil
	if len(level) > 0 {
		w.tree.root = level[0]
	}
}
