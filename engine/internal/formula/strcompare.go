package formula

import "tickbook/engine/internal/chunk"

// compareStrings compares by codes where it can, else by bytes.
func compareStrings(op string, x, y *node) *node {
	isEq := op == "==" || op == "!="
	switch {
	case y.con != nil && y.con.null || x.con != nil && x.con.null:
		return constNode(nullValue(chunk.Bool))
	case y.con != nil && isEq:
		return equalsConst(x, y.con.s, op == "!=")
	case y.con != nil:
		return memoBool(x, func(s string) bool { return holds(op, s, y.con.s) })
	case op == ">" || op == ">=":
		return compareStrings(swapped[op], y, x)
	}
	if isEq {
		return equalStrings(x, y, op == "!=")
	}
	n := &node{kind: chunk.Bool, pos: x.pos, bind: func(in []chunk.Column) chunk.Column {
		a, b := vec[uint32](x, in), vec[uint32](y, in)
		da, db := a.Dict(), b.Dict()
		return &zipVec[uint32, uint32, bool]{head{chunk.Bool, nil}, a, b, func(out []bool, x, y []uint32) {
			lessStrings(out, x, y, da, db, op == "<=")
		}}
	}}
	return n.under(x, y)
}

func holds(op, a, b string) bool {
	switch op {
	case "==":
		return a == b
	case "!=":
		return a != b
	case "<":
		return a < b
	case "<=":
		return a <= b
	case ">":
		return a > b
	}
	return a >= b
}

func lessStrings(out []bool, x, y []uint32, da, db *chunk.Dict, orEqual bool) {
	na, nb := uint32(da.Len()), uint32(db.Len())
	x, y = x[:len(out)], y[:len(out)]
	for i := range out {
		if x[i] >= na || y[i] >= nb {
			continue // a null row
		}
		a, b := da.Str(x[i]), db.Str(y[i])
		out[i] = a < b || orEqual && a == b
	}
}

// equalStrings compares codes: of the columns' dictionary if they share one, else translated to one of the node's own.
func equalStrings(x, y *node, not bool) *node {
	f := eqInto[uint32]
	if not {
		f = neInto[uint32]
	}
	join := newJoiner(chunk.String, []*node{x, y})
	n := &node{kind: chunk.Bool, pos: x.pos, bind: func(in []chunk.Column) chunk.Column {
		cols, _ := join.bind(in)
		return &zipVec[uint32, uint32, bool]{head{chunk.Bool, nil}, cols[0].(chunk.Vec[uint32]), cols[1].(chunk.Vec[uint32]), f}
	}}
	return n.under(x, y)
}

// equalsConst compares a column with one string.
func equalsConst(x *node, s string, not bool) *node {
	vecs, sels := eqCode, selEq[uint32]
	if not {
		vecs, sels = neCode, selNe[uint32]
	}
	n := &node{kind: chunk.Bool, pos: x.pos, bind: func(in []chunk.Column) chunk.Column {
		col := vec[uint32](x, in)
		return &mapVec[uint32, bool]{head{chunk.Bool, nil}, col, func(out []bool, x []uint32) { vecs(out, x, codeOf(col.Dict(), s)) }}
	}, filter: func(in []chunk.Column) Filter {
		col := vec[uint32](x, in)
		return selectBy(col, func(sel, x []uint32) int { return sels(sel, x, codeOf(col.Dict(), s)) })
	}}
	return n.under(x)
}

// codeOf is the code of s, looked up once a batch, since a dictionary may gain s at any time: after the values of a batch are read, it has
// all of theirs. A string that no row has yet gets a code that no row has.
func codeOf(d *chunk.Dict, s string) uint32 {
	if c, ok := d.Find(s); ok {
		return c
	}
	return ^uint32(0)
}

func eqCode(out []bool, x []uint32, c uint32) {
	x = x[:len(out)]
	for i := range out {
		out[i] = x[i] == c
	}
}

func neCode(out []bool, x []uint32, c uint32) {
	x = x[:len(out)]
	for i := range out {
		out[i] = x[i] != c
	}
}
