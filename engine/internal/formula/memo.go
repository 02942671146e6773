package formula

import (
	"sync"
	"sync/atomic"

	"tickbook/engine/internal/chunk"
)

// memo is a function of a string, computed once for each string of a dictionary. Any number of goroutines may read it.
type memo[T any] struct {
	dict *chunk.Dict
	f    func(string) (x T, ok bool) // ok is false: null. It must not panic: it sees all strings of the dictionary

	mu  sync.Mutex
	tab atomic.Pointer[memoTab[T]] // grows only; what was published never changes
}

type memoTab[T any] struct {
	vals  []T
	nulls []bool // nil until there is a null
}

// table holds every code that the dictionary has given so far.
func (m *memo[T]) table() *memoTab[T] {
	n := m.dict.Len()
	if t := m.tab.Load(); t != nil && len(t.vals) >= n {
		return t
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var t memoTab[T]
	if old := m.tab.Load(); old != nil {
		t = *old
	}
	// Appending writes beyond what older tables show of the same memory.
	for code := uint32(len(t.vals)); int(code) < n; code++ {
		x, ok := m.f(m.dict.Str(code))
		t.vals = append(t.vals, x)
		if !ok && t.nulls == nil {
			t.nulls = make([]bool, code, n)
		}
		if t.nulls != nil {
			t.nulls = append(t.nulls, !ok)
		}
	}
	m.tab.Store(&t)
	return &t
}

// memoCell keeps the memo of the dictionary bound last, so that binding anew to the same dictionary computes nothing anew.
type memoCell[T any] struct {
	f    func(string) (T, bool)
	mu   sync.Mutex
	last *memo[T] // guarded by mu
}

func (c *memoCell[T]) of(d *chunk.Dict) *memo[T] {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last == nil || c.last.dict != d {
		c.last = &memo[T]{dict: d, f: c.f}
	}
	return c.last
}

// memoVec is a function of a string column.
type memoVec[T any] struct {
	head
	a chunk.Vec[uint32]
	m *memo[T]
}

func newMemoVec[T any](h head, a chunk.Column, c *memoCell[T]) *memoVec[T] {
	return &memoVec[T]{h, a.(chunk.Vec[uint32]), c.of(a.Dict())}
}

func (v *memoVec[T]) Read(b *chunk.Batch, s *chunk.Scratch) ([]T, []uint64) {
	out, bits, m := result[T](b, s)
	x, nx := v.a.Read(b, s)
	t := v.m.table()
	lookup(out, x[:b.N], t.vals)
	nx = keep(bits, nx, b.N)
	if t.nulls != nil {
		if nx == nil {
			clear(bits)
		}
		lookupNulls(bits, x[:b.N], t.nulls)
		nx = some(bits)
	}
	s.Release(m)
	return out, nx
}

// lookup maps codes. The code of a null row may be any number.
func lookup[T any](out []T, codes []uint32, tab []T) {
	codes = codes[:len(out)]
	for i, c := range codes {
		if int(c) < len(tab) {
			out[i] = tab[c]
		}
	}
}

func lookupNulls(bits []uint64, codes []uint32, tab []bool) {
	for i, c := range codes {
		if int(c) < len(tab) && tab[c] {
			chunk.SetNull(bits, i)
		}
	}
}

// memoNode is f of a string: a kind whose Go type is T.
func memoNode[T any](kind chunk.Kind, a *node, f func(string) (T, bool)) *node {
	cell := &memoCell[T]{f: f}
	n := &node{kind: kind, pos: a.pos, bind: func(in []chunk.Column) chunk.Column {
		return newMemoVec(head{kind, nil}, a.bind(in), cell)
	}}
	return n.under(a)
}

// memoBool is memoNode of a condition, with its filter.
func memoBool(a *node, f func(string) bool) *node {
	cell := &memoCell[bool]{f: func(s string) (bool, bool) { return f(s), true }}
	n := &node{kind: chunk.Bool, pos: a.pos, bind: func(in []chunk.Column) chunk.Column {
		return newMemoVec(head{chunk.Bool, nil}, a.bind(in), cell)
	}, filter: func(in []chunk.Column) Filter {
		col := vec[uint32](a, in)
		m := cell.of(col.Dict())
		return selectBy(col, func(sel []uint32, x []uint32) int { return selTable(sel, x, m.table().vals) })
	}}
	return n.under(a)
}

func selTable(sel []uint32, codes []uint32, tab []bool) int {
	n := 0
	codes = codes[:len(sel)]
	for i, c := range codes {
		sel[n] = uint32(i)
		if int(c) < len(tab) && tab[c] {
			n++
		}
	}
	return n
}

// memoString is memoNode of a string, in a dictionary of its own that lives as long as the node.
func memoString(a *node, f func(string) (string, bool)) *node {
	dict := chunk.NewDict()
	cell := &memoCell[uint32]{f: func(s string) (uint32, bool) {
		r, ok := f(s)
		if !ok {
			return 0, false
		}
		return dict.Code(r), true
	}}
	n := &node{kind: chunk.String, pos: a.pos, bind: func(in []chunk.Column) chunk.Column {
		return newMemoVec(head{chunk.String, dict}, a.bind(in), cell)
	}}
	return n.under(a)
}
