package formula

import (
	"slices"
	"strings"

	"tickbook/engine/internal/chunk"
)

// in types x in (…), x includes any (…), x includes all (…), and their not and icase forms. A null x makes null; a null in the list makes
// null what would be false.
func (k *checker) in(a *ast) *node {
	if len(a.args) == 1 {
		k.fail(a, "the list after %s is empty", a.text)
	}
	var args []*node
	for _, x := range a.args {
		args = append(args, k.check(x))
	}
	x, list := args[0], args[1:]
	if x.isNullLit() {
		return constNode(nullValue(chunk.Bool))
	}
	if a.icase && x.kind != chunk.String {
		k.fail(a, "icase compares strings; %s is %s", a.args[0], x.kind)
	}
	var n *node
	if a.text == "in" {
		n = k.inList(a, x, list)
	} else {
		n = k.includes(a, x, list)
	}
	if a.not {
		n = mapNode(chunk.Bool, n, notInto)
	}
	return n
}

func (k *checker) inList(a *ast, x *node, list []*node) *node {
	var consts []value
	var out *node
	or := func(n *node) {
		if out == nil {
			out = n
		} else {
			out = logicNode(true, out, n)
		}
	}
	for i, y := range list {
		switch {
		case y.isNullLit() || y.con != nil && y.con.null:
			or(constNode(nullValue(chunk.Bool)))
		case x.kind == chunk.String && y.kind == chunk.String && y.con != nil:
			consts = append(consts, *y.con)
		case a.icase:
			k.fail(a.args[i+1], "icase in takes constant strings; %s is not one", a.args[i+1])
		default:
			or(k.compare(&ast{pos: a.args[i+1].pos, args: []*ast{a.args[0], a.args[i+1]}}, "==", x, y))
		}
	}
	if consts != nil {
		set := map[string]bool{}
		for _, v := range consts {
			set[fold(v.s, a.icase)] = true
		}
		icase := a.icase
		if in := memoBool(x, func(s string) bool { return set[fold(s, icase)] }); out == nil {
			out = in
		} else {
			or(in)
		}
	}
	if n := inNumbers(x, list); n != nil {
		return n
	}
	return out
}

func fold(s string, icase bool) string {
	if icase {
		return strings.ToLower(s)
	}
	return s
}

func (k *checker) includes(a *ast, x *node, list []*node) *node {
	if x.kind != chunk.String {
		k.fail(a, "includes looks into strings; %s is %s", a.args[0], x.kind)
	}
	var parts []string
	for i, y := range list {
		if y.con == nil || y.con.null || y.kind != chunk.String {
			k.fail(a.args[i+1], "includes takes constant strings; %s is not one", a.args[i+1])
		}
		parts = append(parts, fold(y.con.s, a.icase))
	}
	all, icase := a.text == "all", a.icase
	return memoBool(x, func(s string) bool {
		s = fold(s, icase)
		for _, p := range parts {
			if strings.Contains(s, p) != all {
				return !all
			}
		}
		return all
	})
}

// inNumbers is x in a list of constants of x's own kind, by binary search; nil where that does not apply.
func inNumbers(x *node, list []*node) *node {
	if !x.kind.IsNumeric() || x.con != nil || len(list) < 3 {
		return nil
	}
	for _, y := range list {
		if y.con == nil || y.con.null || !y.kind.IsNumeric() {
			return nil
		}
		if to, ok := common(x.kind, y); !ok || to != x.kind {
			return nil
		}
	}
	switch x.kind {
	case chunk.Int8:
		return inOf[int8](x, list)
	case chunk.Int16:
		return inOf[int16](x, list)
	case chunk.Int32:
		return inOf[int32](x, list)
	case chunk.Int64:
		return inOf[int64](x, list)
	case chunk.Float32:
		return inOf[float32](x, list)
	}
	return inOf[float64](x, list)
}

func inOf[T number](x *node, list []*node) *node {
	var set []T
	for _, y := range list {
		if c := convert(y, x.kind).con; x.kind.IsFloat() {
			set = append(set, T(c.f))
		} else {
			set = append(set, T(c.i))
		}
	}
	slices.Sort(set)
	return mapNode(chunk.Bool, x, func(out []bool, x []T) { searchInto(out, x, set) })
}

func searchInto[T number](out []bool, x, set []T) {
	for i, v := range x[:len(out)] {
		lo, hi := 0, len(set)
		for lo < hi {
			if mid := (lo + hi) / 2; set[mid] < v {
				lo = mid + 1
			} else {
				hi = mid
			}
		}
		out[i] = lo < len(set) && set[lo] == v
	}
}
