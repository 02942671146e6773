package formula

import (
	"unsafe"

	"tickbook/engine/internal/chunk"
)

// truth types an operand that must be a condition.
func (k *checker) truth(a *ast, of string) *node {
	n := k.check(a)
	if n.isNullLit() {
		return convert(n, chunk.Bool)
	}
	if n.kind == chunk.String || n.kind.IsNumeric() {
		zero := "0"
		if n.kind == chunk.String {
			zero = "``"
		}
		k.suggest(a, a.String()+" != "+zero, "%s needs a bool; %s is %s", of, a, n.kind)
	}
	if n.kind != chunk.Bool {
		k.fail(a, "%s needs a bool; %s is %s", of, a, n.kind)
	}
	return n
}

func (k *checker) not(a *ast) *node {
	return mapNode(chunk.Bool, k.truth(a.args[0], "!"), notInto)
}

func notInto(out, x []bool) {
	x = x[:len(out)]
	for i := range out {
		out[i] = !x[i]
	}
}

// logic types && and ||.
func (k *checker) logic(a *ast) *node {
	return logicNode(a.text == "||", k.truth(a.args[0], a.text), k.truth(a.args[1], a.text))
}

func logicNode(isOr bool, x, y *node) *node {
	n := &node{kind: chunk.Bool, pos: x.pos, bind: func(in []chunk.Column) chunk.Column {
		return &logicVec{head{chunk.Bool, nil}, vec[bool](x, in), vec[bool](y, in), isOr, y.isCostly}
	}}
	if !isOr {
		n.filter = func(in []chunk.Column) Filter { return bothFilter(x.asFilter(in), y.asFilter(in), y.isCostly) }
	}
	return n.under(x, y)
}

// logicVec is && or || in three values.
type logicVec struct {
	head
	a, b   chunk.Vec[bool]
	isOr   bool
	isLazy bool // b is read only where a does not decide
}

func (v *logicVec) Read(b *chunk.Batch, s *chunk.Scratch) ([]bool, []uint64) {
	out, bits, m := result[bool](b, s)
	x, nx := v.a.Read(b, s)
	var y []bool
	var ny []uint64
	if v.isLazy {
		pos := chunk.Take[uint32](s)
		y, ny = readAt(v.b, b, s, pos[:undecided(pos[:b.N], x, nx, v.isOr)])
	} else {
		y, ny = v.b.Read(b, s)
	}
	x, y = x[:len(out)], y[:len(out)]
	var nulls []uint64
	switch {
	case nx == nil && ny == nil && v.isOr:
		orInto(octets(out), octets(x), octets(y))
	case nx == nil && ny == nil:
		andInto(octets(out), octets(x), octets(y))
	default:
		clear(bits)
		kleeneInto(out, bits, x, y, nx, ny, v.isOr)
		nulls = some(bits)
	}
	s.Release(m)
	return out, nulls
}

// octets is bools as bytes of 0 or 1, for loops without a branch.
func octets(x []bool) []uint8 {
	return unsafe.Slice((*uint8)(unsafe.Pointer(unsafe.SliceData(x))), len(x))
}

func orInto(out, x, y []uint8) {
	x, y = x[:len(out)], y[:len(out)]
	for i := range out {
		out[i] = x[i] | y[i]
	}
}

func andInto(out, x, y []uint8) {
	x, y = x[:len(out)], y[:len(out)]
	for i := range out {
		out[i] = x[i] & y[i]
	}
}

// undecided are the rows where x alone does not decide: it is null, or not what ends the operation.
func undecided(pos []uint32, x []bool, nulls []uint64, decisive bool) int {
	n := 0
	for i := range pos {
		pos[n] = uint32(i)
		if x[i] != decisive || chunk.IsNull(nulls, i) {
			n++
		}
	}
	return n
}

// kleeneInto: the decisive value on either side decides, else a null on either side makes null.
func kleeneInto(out []bool, nulls []uint64, x, y []bool, nx, ny []uint64, decisive bool) {
	for i := range out {
		xn, yn := chunk.IsNull(nx, i), chunk.IsNull(ny, i)
		out[i] = !decisive
		switch {
		case !xn && x[i] == decisive || !yn && y[i] == decisive:
			out[i] = decisive
		case xn || yn:
			chunk.SetNull(nulls, i)
		}
	}
}

// readAt reads v at some positions of b, each into its place; the other places hold anything.
func readAt[T any](v chunk.Vec[T], b *chunk.Batch, s *chunk.Scratch, pos []uint32) ([]T, []uint64) {
	if len(pos) == b.N {
		return v.Read(b, s)
	}
	out := chunk.Take[T](s)[:b.N]
	if len(pos) == 0 {
		return out, nil
	}
	sub := gather(b, s, pos)
	x, nx := v.Read(&sub, s)
	for j, i := range pos {
		out[i] = x[j]
	}
	if nx == nil {
		return out, nil
	}
	nulls := chunk.TakeNulls(s)
	for j, i := range pos {
		if chunk.IsNull(nx, j) {
			chunk.SetNull(nulls, int(i))
		}
	}
	return out, nulls
}

// gather is the batch of b's rows at some positions.
func gather(b *chunk.Batch, s *chunk.Scratch, pos []uint32) chunk.Batch {
	keys := chunk.Take[uint64](s)[:len(pos)]
	if b.Keys == nil {
		for j, i := range pos {
			keys[j] = b.Lo + uint64(i)
		}
	} else {
		for j, i := range pos {
			keys[j] = b.Keys[i]
		}
	}
	return chunk.Batch{Lo: keys[0], N: len(keys), Keys: keys}
}

// bothFilter is f and g: where f keeps few rows, g sees only those.
func bothFilter(f, g Filter, always bool) Filter {
	return func(b *chunk.Batch, s *chunk.Scratch, sel []uint32) int {
		m := s.Mark()
		defer s.Release(m)
		n := f(b, s, sel)
		if n == 0 {
			return 0
		}
		other := chunk.Take[uint32](s)
		if n < b.N && (always || n*4 < b.N) {
			sub := gather(b, s, sel[:n])
			k := g(&sub, s, other)
			for j, at := range other[:k] {
				sel[j] = sel[at]
			}
			return k
		}
		k := g(b, s, other)
		return intersect(sel[:n], other[:k])
	}
}

// intersect keeps of a, in place, what is in b; both rise.
func intersect(a, b []uint32) int {
	n, j := 0, 0
	for _, x := range a {
		for j < len(b) && b[j] < x {
			j++
		}
		if j == len(b) {
			break
		}
		a[n] = x
		if b[j] == x {
			n++
		}
	}
	return n
}
