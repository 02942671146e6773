package exec

import (
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// maxCoalesced is how many values of a function take part: the work grows with their square.
const maxCoalesced = 400

// coalesce lets a phi and the values it gets share a register where none of them is written while another is still to be read. The moves between
// them, as at the end of each turn of a loop, fall away. It follows the classical way: liveness by iteration over the blocks, interference at
// definitions, greedy union.
func (c *compiler) coalesce() {
	k := &coalescer{c: c, index: map[ssa.Value]int{}}
	k.collect()
	if len(k.values) == 0 || len(k.values) > maxCoalesced {
		return
	}
	k.liveness()
	k.interference()
	k.unite()
}

type coalescer struct {
	c        *compiler
	values   []ssa.Value // phis and what they get
	index    map[ssa.Value]int
	out      []bits // by block: what is live at its end, before the phis of its successors get their values
	conflict []bits // by value: which others it must not share with
}

type bits []uint64

func newBits(n int) bits { return make(bits, (n+63)/64) }

func (b bits) set(i int)      { b[i/64] |= 1 << (i % 64) }
func (b bits) unset(i int)    { b[i/64] &^= 1 << (i % 64) }
func (b bits) has(i int) bool { return b[i/64]>>(i%64)&1 != 0 }

// add sets what o has and says whether that was more.
func (b bits) add(o bits) (more bool) {
	for i, w := range o {
		more = more || w&^b[i] != 0
		b[i] |= w
	}
	return more
}

func (k *coalescer) collect() {
	for _, b := range k.c.fn.ssa.Blocks {
		for _, phi := range phisOf(b) {
			if _, isTuple := phi.Type().(*types.Tuple); isTuple || !k.mayShare(phi) {
				continue
			}
			k.take(phi)
			for _, e := range phi.Edges {
				if k.mayShare(e) {
					k.take(e)
				}
			}
		}
	}
}

func (k *coalescer) take(v ssa.Value) {
	if _, ok := k.index[v]; !ok {
		k.index[v] = len(k.values)
		k.values = append(k.values, v)
	}
}

// mayShare says whether a value is written as a whole, by one op, after all that the op reads is read.
func (k *coalescer) mayShare(v ssa.Value) bool {
	switch in := v.(type) {
	case *ssa.Phi, *ssa.Parameter, *ssa.BinOp, *ssa.UnOp, *ssa.Slice, *ssa.FieldAddr, *ssa.IndexAddr:
		if u, ok := in.(*ssa.UnOp); ok && u.CommaOk {
			return false
		}
	case *ssa.Call:
		if _, isTuple := in.Type().(*types.Tuple); isTuple || in.Call.IsInvoke() {
			return false
		}
	default:
		return false
	}
	r := k.c.l.regs[v]
	return r != nil && r.half == 0 && r.c != classMem && r.c != classWide && r.parts == nil
}

// reads calls f with the values that in reads itself, or on behalf of what is done along with it.
func (k *coalescer) reads(in ssa.Instruction, f func(i int)) {
	for _, o := range in.Operands(nil) {
		if *o == nil {
			continue
		}
		if k.c.isFused(*o, in) {
			k.reads((*o).(ssa.Instruction), f)
		} else if i, ok := k.index[*o]; ok {
			f(i)
		}
	}
}

// backward goes through a block from its end with what is live, and calls define at each definition with what is live after it.
func (k *coalescer) backward(b *ssa.BasicBlock, live bits, define func(i int, live bits)) {
	for n := len(b.Instrs) - 1; n >= 0; n-- {
		in := b.Instrs[n]
		if _, ok := in.(*ssa.Phi); ok {
			continue // see entry
		}
		if k.c.fused[in] != nil {
			continue
		}
		if v, ok := in.(ssa.Value); ok {
			if i, ok := k.index[v]; ok {
				live.unset(i)
				define(i, live)
			}
		}
		k.reads(in, func(i int) { live.set(i) })
	}
}

func (k *coalescer) liveness() {
	blocks := k.c.fn.ssa.Blocks
	k.out = make([]bits, len(blocks))
	for i := range blocks {
		k.out[i] = newBits(len(k.values))
	}
	nothing := func(int, bits) {}
	for again := true; again; {
		again = false
		for n := len(blocks) - 1; n >= 0; n-- {
			b := blocks[n]
			live := append(bits(nil), k.out[n]...)
			k.backward(b, live, nothing)
			phis := phisOf(b)
			for _, phi := range phis {
				if i, ok := k.index[phi]; ok {
					live.unset(i)
				}
			}
			for e, p := range b.Preds {
				again = k.out[p.Index].add(live) || again
				for _, phi := range phis {
					if i, ok := k.index[phi.Edges[e]]; ok && !k.out[p.Index].has(i) {
						k.out[p.Index].set(i)
						again = true
					}
				}
			}
		}
	}
}

func phisOf(b *ssa.BasicBlock) []*ssa.Phi {
	var phis []*ssa.Phi
	for _, in := range b.Instrs {
		phi, ok := in.(*ssa.Phi)
		if !ok {
			break
		}
		phis = append(phis, phi)
	}
	return phis
}

func (k *coalescer) interference() {
	k.conflict = make([]bits, len(k.values))
	for i := range k.values {
		k.conflict[i] = newBits(len(k.values))
	}
	define := func(i int, live bits) {
		k.conflict[i].add(live)
		for j := range k.values {
			if live.has(j) {
				k.conflict[j].set(i)
			}
		}
	}
	for n, b := range k.c.fn.ssa.Blocks {
		live := append(bits(nil), k.out[n]...)
		k.backward(b, live, define)
		// All phis of a block are written at once when it begins, while all else that is live then is.
		phis := phisOf(b)
		for _, phi := range phis {
			if i, ok := k.index[phi]; ok {
				live.set(i)
			}
		}
		for _, phi := range phis {
			if i, ok := k.index[phi]; ok {
				define(i, live)
			}
		}
		if n == 0 { // parameters are written before anything else
			for _, p := range k.c.fn.ssa.Params {
				if i, ok := k.index[p]; ok {
					live.set(i)
				}
			}
			for _, p := range k.c.fn.ssa.Params {
				if i, ok := k.index[p]; ok {
					define(i, live)
				}
			}
		}
	}
	for i := range k.values {
		k.conflict[i].unset(i)
	}
}

// unite gives phis and the values they get one register as far as they do not conflict.
func (k *coalescer) unite() {
	class := make([]int, len(k.values)) // the value that stands for it and those it shares with
	members := make([]bits, len(k.values))
	for i := range class {
		class[i] = i
		members[i] = newBits(len(k.values))
		members[i].set(i)
	}
	for _, b := range k.c.fn.ssa.Blocks {
		for _, phi := range phisOf(b) {
			p, ok := k.index[phi]
			if !ok {
				continue
			}
			for _, e := range phi.Edges {
				v, ok := k.index[e]
				if !ok || k.c.l.regs[e].t != k.c.l.regs[phi].t {
					continue
				}
				x, y := class[p], class[v]
				if x == y || overlap(k.conflict[x], members[y]) {
					continue
				}
				k.conflict[x].add(k.conflict[y])
				members[x].add(members[y])
				for i := range class {
					if class[i] == y {
						class[i] = x
					}
				}
			}
		}
	}
	for i, v := range k.values {
		k.c.l.regs[v] = k.c.l.regs[k.values[class[i]]]
	}
}

func overlap(a, b bits) bool {
	for i := range a {
		if a[i]&b[i] != 0 {
			return true
		}
	}
	return false
}
