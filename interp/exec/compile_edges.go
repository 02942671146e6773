package exec

import (
	"reflect"
	"slices"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

func jump(ops []op, to int) func(*frame) int {
	switch len(ops) {
	case 0:
		return func(*frame) int { return to }
	case 1:
		o := ops[0]
		return func(f *frame) int { o(f); return to }
	case 2:
		o, p := ops[0], ops[1]
		return func(f *frame) int { o(f); p(f); return to }
	}
	return func(f *frame) int {
		for _, o := range ops {
			o(f)
		}
		return to
	}
}

// edge returns what the phis of a successor get. They get it as if at once, see inOrder.
func (c *compiler) edge(b *ssa.BasicBlock, i int) []op {
	succ := b.Succs[i]
	// A block may be its neighbour's predecessor twice: count which of the edges this is.
	nth, pred := 0, -1
	for _, s := range b.Succs[:i] {
		if s == succ {
			nth++
		}
	}
	for k, p := range succ.Preds {
		if p == b {
			if nth == 0 {
				pred = k
				break
			}
			nth--
		}
	}
	var moves []phiMove
	for _, phi := range phisOf(succ) {
		d, s := c.place(phi), c.place(phi.Edges[pred])
		if d.off != s.off {
			moves = append(moves, phiMove{d, s})
		}
	}
	return inOrder(moves)
}

type phiMove struct{ d, s place }

// inOrder returns ops that make all moves as if at once: none writes what a later one reads. Where values change places in a ring, the ring goes
// through copies.
func inOrder(moves []phiMove) []op {
	var ops []op
	reads := map[uintptr]int{}
	for _, m := range moves {
		reads[m.s.off]++
	}
	for len(moves) > 0 {
		var ring []phiMove
		for _, m := range moves {
			if reads[m.d.off] > 0 {
				ring = append(ring, m)
				continue
			}
			ops = append(ops, moveOp(m.d, m.s))
			reads[m.s.off]--
		}
		if len(ring) == len(moves) {
			return append(ops, atOnce(ring))
		}
		moves = ring
	}
	return ops
}

// atOnce makes moves of which each writes what another reads.
func atOnce(moves []phiMove) op {
	words := true
	for _, m := range moves {
		words = words && m.d.c == classWord
	}
	if a := moves[0]; words && len(moves) == 2 {
		return func(f *frame) {
			x, y := get[uint64](f.base, a.s.off), get[uint64](f.base, a.d.off)
			put(f.base, a.d.off, x)
			put(f.base, a.s.off, y)
		}
	}
	return func(f *frame) {
		// Values through memory of their own: rare, and right for every class.
		tmp := make([]unsafe.Pointer, len(moves))
		for i, m := range moves {
			tmp[i] = reflect.New(m.s.t).UnsafePointer()
			m.s.mv(tmp[i], m.s.addr(f))
		}
		for i, m := range moves {
			m.d.mv(m.d.addr(f), tmp[i])
		}
	}
}

// maxThreaded is how many ops of a block are repeated at the end of those that jump to it.
const maxThreaded = 4

// thread makes blocks that end in a jump go on with what is in the block they jump to, if that is little: a loop then takes one turn of
// [function.loop] fewer. A ring of blocks still goes back somewhere, which is where it looks whether it is to stop.
func thread(blocks []block) {
	before := slices.Clone(blocks)
	for i := range blocks {
		b := &blocks[i]
		if b.to < 0 || b.to == i || len(before[b.to].ops) > maxThreaded {
			continue
		}
		t := &before[b.to]
		jump := len(b.ops) // where b.pos has the jump's own
		b.ops = slices.Concat(b.ops, t.ops)
		b.pos = slices.Concat(b.pos[:jump], t.pos)
		b.next = t.next
	}
}
