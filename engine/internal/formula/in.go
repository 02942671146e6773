package formula

import (
	"reflect"
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
	x := k.check(a.args[0])
	whole := *a
	whole.args = a.args[:1:1]
	var list []*node
	for _, y := range a.args[1:] {
		for _, n := range k.listed(y) {
			whole.args = append(whole.args, y) // what each node was written as
			list = append(list, n)
		}
	}
	a = &whole
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

// listed is one element of a list, or those of a registered slice.
func (k *checker) listed(a *ast) []*node {
	if a.kind == astName {
		if _, isColumn := k.env.Column(a.text); !isColumn {
			x, _ := k.let(a.text)
			if v := reflect.ValueOf(x); v.IsValid() && v.Kind() == reflect.Slice {
				out := make([]*node, v.Len())
				for i := range out {
					out[i] = k.letValue(a, v.Index(i).Interface())
				}
				return out
			}
		}
	}
	return []*node{k.check(a)}
}

// inList types x in (…). Constants are looked up as a set; other elements are compared one after the other.
func (k *checker) inList(a *ast, x *node, list []*node) *node {
	var sets [2][]*node // of constants: strings, numbers
	var out *node
	chain := 0
	or := func(n *node) {
		if chain++; chain > maxDepth {
			k.fail(a, "more than %d elements that are not constant numbers or strings", maxDepth)
		}
		if out == nil {
			out = n
		} else {
			out = logicNode(true, out, n)
		}
	}
	hasNull := false
	for i, y := range list {
		isConst := y.con != nil && len(list) > 1
		switch {
		case y.isNullLit() || y.con != nil && y.con.null:
			hasNull = true
		case y.con != nil && x.kind == chunk.String && y.kind == chunk.String && (isConst || a.icase):
			sets[0] = append(sets[0], y)
		case a.icase:
			k.fail(a.args[i+1], "icase in takes constant strings; %s is not one", a.args[i+1])
		case isConst && (x.kind.IsNumeric() && y.kind.IsNumeric() || x.kind == y.kind && x.kind.Physical() == chunk.Int64):
			sets[1] = append(sets[1], y)
		default:
			or(k.compare(&ast{pos: a.args[i+1].pos, args: []*ast{a.args[0], a.args[i+1]}}, "==", x, y))
		}
	}
	if sets[0] != nil {
		or(inStrings(x, sets[0], a.icase))
	}
	if sets[1] != nil {
		or(k.inNumbers(a, x, sets[1]))
	}
	if hasNull {
		or(constNode(nullValue(chunk.Bool)))
	}
	if out == nil { // the slice is empty
		null, no := constNode(nullValue(chunk.Bool)), constNode(boolValue(false))
		return condOf[bool](chunk.Bool, isNullNode(x, true), []*node{null, no})
	}
	return out
}

func inStrings(x *node, list []*node, icase bool) *node {
	set := map[string]bool{}
	for _, y := range list {
		set[fold(y.con.s, icase)] = true
	}
	return memoBool(x, func(s string) bool { return set[fold(s, icase)] })
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

// inNumbers is x in a list of constants, by binary search in the kind that holds them all.
func (k *checker) inNumbers(a *ast, x *node, list []*node) *node {
	all := []*node{relabelNs(x)}
	for _, y := range list {
		all = append(all, relabelNs(y))
	}
	all, kind := k.unify(a, "in", all...)
	x, list = all[0], all[1:]
	switch kind {
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
		if x.kind.IsFloat() {
			set = append(set, T(y.con.f))
		} else {
			set = append(set, T(y.con.i))
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
