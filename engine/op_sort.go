package engine

import (
	"slices"

	"tickbook/engine/internal/chunk"
	"tickbook/engine/internal/order"
	"tickbook/engine/internal/rowset"
)

// SortColumn is a column to sort by, made by [Asc] or [Desc].
type SortColumn struct {
	Name       string
	Descending bool
}

// Asc sorts by a column from small to large, for [Table.SortBy].
func Asc(name string) SortColumn { return SortColumn{name, false} }

// Desc sorts by a column from large to small, for [Table.SortBy].
func Desc(name string) SortColumn { return SortColumn{name, true} }

// Sort puts the rows in rising order of one or more columns, the most significant one first: Sort("Sym", "Time") or Sort("Sym, Time"). Null comes
// first, then values, then NaN; strings are in the order of their bytes. Rows that are equal in all of these columns are in the order of their row
// keys, whatever order they had before. Row keys are kept.
//
// It panics with a *QueryError if there is no such column.
func (t *Table) Sort(cols ...string) *Table { return t.sortNamed("sort", false, cols) }

// SortDescending is [Table.Sort] turned round: NaN comes first, then values from large to small, then null. Equal rows are in the order of their
// row keys here too.
func (t *Table) SortDescending(cols ...string) *Table {
	return t.sortNamed("sortDescending", true, cols)
}

func (t *Table) sortNamed(op string, desc bool, texts []string) *Table {
	var by []sortBy
	for _, p := range pieces(op, texts) {
		by = append(by, sortBy{p, desc})
	}
	return t.sort(op, by)
}

// SortBy is [Table.Sort] with a direction for each column: SortBy(Asc("Sym"), Desc("Price")).
func (t *Table) SortBy(cols ...SortColumn) *Table {
	var by []sortBy
	for _, c := range cols {
		by = append(by, sortBy{piece{c.Name, 0, c.Name}, c.Descending})
	}
	return t.sort("sortBy", by)
}

type sortBy struct {
	col  piece
	desc bool
}

func (t *Table) sort(op string, by []sortBy) *Table {
	if len(by) == 0 {
		panic(queryErrorf(op, "by which column? have %s", quoteList(t.Names())))
	}
	o := &sorted{}
	var specs []order.Spec
	var args []string
	for _, b := range by {
		c := b.col.in(op, t)
		if slices.Contains(o.cols, c) {
			panic(queryErrorAt(op, b.col.text, b.col.pos, "column %q is there twice", b.col.s))
		}
		o.cols = append(o.cols, c)
		o.deps |= MaskOf(c)
		specs = append(specs, order.Spec{Kind: t.schema[c].Kind, Desc: b.desc})
		args = append(args, b.col.s)
		if b.desc {
			args[len(args)-1] += " descending"
		}
	}
	pack, err := order.NewPacker(specs)
	if err != nil {
		panic(queryErrorf(op, "%v", err))
	}
	o.pack, o.tree = pack, order.NewWriter(pack.Width())
	o.labels = make([]*order.Labels, len(o.cols))
	return derive(o, newPlan("sort", []*Table{t}, args), t.schema, t)
}

// sorted implements [Table.Sort]: the parent's rows and keys in another order.
//
// State: tree, an entry a row: the words of its sort values, then its key. A row whose sort values changed is moved: its entry is found by the
// previous values. labels order the strings of a string column; when they are given anew (rule counts that), every entry is made anew. When more
// than an eighth of the rows changes, the tree is made anew by merging.
type sorted struct {
	cols   []int // sort columns, by position in the parent
	deps   Mask
	pack   *order.Packer
	labels []*order.Labels // by sort column; nil where it isn't of strings
	views  [][]uint64      // their views as of the last state
	rule   uint64
	tree   *order.Writer
	moved  rowset.Keys

	gone, come, was, is []uint64 // scratch: entries
	list                []uint64
}

var _ operator = (*sorted)(nil)

func (o *sorted) step(t *Table) bool {
	up := t.parents[0].up
	t.upd.pass(up)
	t.upd.Cols = up.Cols
	t.upd.Moved = rowset.Keys{}
	o.tree.Begin()
	prev := o.at(up.Prev, order.Tree{})
	anew := o.label(t, up)
	now := o.at(up.Now, order.Tree{})
	now.rule, now.labels = o.rule, o.views
	o.gone, o.come, o.list = o.gone[:0], o.come[:0], o.list[:0]
	touched := up.Modified.Len() > 0 && up.Cols&o.deps != 0
	o.collect(t, prev, now, up, touched, anew)
	if touched {
		o.moved.FromList(o.list)
		t.upd.Moved = o.moved.Share()
	}
	w, n := o.pack.Width(), len(o.gone)+len(o.come)
	switch {
	case anew:
		o.remake(t, now, up, touched)
	case n >= 64*w && n*8 > o.tree.Len()*w:
		o.gone, o.come = order.Sort(o.gone, w), order.Sort(o.come, w)
		tree := o.tree.Tree()
		o.tree.Build(order.Merge(order.Without(&tree, o.gone), o.come, w))
		o.gone, o.come = nil, nil // large
	default:
		change(o.tree, o.gone, o.come)
	}
	now.tree = o.tree.Tree()
	t.set(up.Now.Rows, up.Now.Cols, now)
	return true
}

// change takes entries out of a tree and puts others in.
func change(tree *order.Writer, gone, come []uint64) {
	tr := tree.Tree()
	w := tr.Width()
	for i := 0; i < len(gone); i += w {
		if !tree.Remove(gone[i : i+w]) {
			bug("sort: a row to remove is not there")
		}
	}
	for i := 0; i < len(come); i += w {
		tree.Insert(come[i : i+w])
	}
}

// at is the order of a state, by the labels that there are.
func (o *sorted) at(st *State, tree order.Tree) *sortOrder {
	so := &sortOrder{pack: o.pack, tree: tree, cols: make([]chunk.Column, len(o.cols)), labels: o.views, rule: o.rule}
	for i, c := range o.cols {
		so.cols[i] = st.Cols[c]
	}
	return so
}

// label gives labels to the strings that come. It returns true if all entries are void.
func (o *sorted) label(t *Table, up *Update) (anew bool) {
	if !o.pack.HasStrings() {
		return false
	}
	views := make([][]uint64, len(o.cols))
	for i, c := range o.cols {
		col := up.Now.Cols[c]
		if col.Kind() != KindString {
			continue
		}
		l := o.labels[i]
		all := l == nil || l.Dict() != col.Dict()
		if all {
			l = order.NewLabels(col.Dict())
			o.labels[i] = l
		}
		need := func(k *rowset.Keys) {
			k.Batches(&t.g.scratch, func(b *chunk.Batch) {
				l.Need(col.(chunk.Vec[uint32]).Read(b, &t.g.scratch))
			})
		}
		if all {
			var rows rowset.Keys
			up.Now.Rows.Keys(&rows)
			need(&rows)
		} else {
			need(&up.Added)
			if up.Cols.Has(c) {
				need(&up.Modified)
			}
		}
		anew = l.Assign() || all || anew
		views[i] = l.View()
	}
	o.views = views
	if anew {
		o.rule++
	}
	return anew && o.tree.Len() > 0
}

// collect reads the entries that go and that come, and lists the keys of modified rows that move. If anew, old entries can't be compared with
// new ones: all modified rows move.
func (o *sorted) collect(t *Table, prev, now *sortOrder, up *Update, touched, anew bool) {
	s := &t.g.scratch
	if !anew {
		t.visited += up.Removed.Len()
		o.gone = prev.entries(s, &up.Removed, o.gone)
	}
	t.visited += up.Added.Len()
	if touched {
		t.visited += up.Modified.Len()
		w := o.pack.Width()
		o.is = now.entries(s, &up.Modified, o.is[:0])
		if anew {
			o.come = append(o.come, o.is...)
			up.Modified.Each(func(k uint64) { o.list = append(o.list, k) })
		} else {
			o.was = prev.entries(s, &up.Modified, o.was[:0])
			for i := 0; i < len(o.is); i += w {
				if !slices.Equal(o.was[i:i+w], o.is[i:i+w]) {
					o.gone = append(o.gone, o.was[i:i+w]...)
					o.come = append(o.come, o.is[i:i+w]...)
					o.list = append(o.list, order.Key(o.is[i:i+w]))
				}
			}
		}
	}
	o.come = now.entries(s, &up.Added, o.come)
}

// remake makes the tree anew under other labels. The rows that stay keep their sequence.
func (o *sorted) remake(t *Table, now *sortOrder, up *Update, touched bool) {
	tree := o.tree.Tree()
	out := []*rowset.Keys{&up.Removed}
	if touched {
		out = append(out, &up.Modified)
	}
	w := o.pack.Width()
	o.come = order.Sort(o.come, w)
	o.tree.Build(order.Merge(now.renew(&t.g.scratch, &tree, out...), o.come, w))
}
