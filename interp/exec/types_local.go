package exec

import (
	"cmp"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// Types declared in a generic function have its type arguments in their names, main.T[int]. SSA makes a copy of such a type for each instance of the
// function, which does not tell them: they are noted when the instance is compiled.

// noteLocals notes the type arguments of the types in t that the function at hand declares.
func (c *compiler) noteLocals(t types.Type) {
	fn := outermost(c.fn.ssa)
	if len(fn.TypeArgs()) == 0 || fn.Syntax() == nil {
		return
	}
	seen := map[types.Type]bool{}
	for _, a := range fn.TypeArgs() { // which may be of another instance
		named(a, seen, func(*types.Named) {})
	}
	named(t, seen, func(n *types.Named) {
		if o := n.Obj(); o.Parent() == nil && o.Pkg() != nil && o.Pos() >= fn.Syntax().Pos() && o.Pos() < fn.Syntax().End() {
			c.m.locals.LoadOrStore(o, fn.TypeArgs())
		}
	})
}

// outermost returns the function that f is a function literal of.
func outermost(f *ssa.Function) *ssa.Function {
	for f.Parent() != nil {
		f = f.Parent()
	}
	return f
}

// named visits the named types in t that were not seen.
func named(t types.Type, seen map[types.Type]bool, visit func(*types.Named)) {
	t = types.Unalias(t)
	if seen[t] {
		return
	}
	seen[t] = true
	switch t := t.(type) {
	case *types.Named:
		visit(t)
		for a := range t.TypeArgs().Types() {
			named(a, seen, visit)
		}
		named(t.Underlying(), seen, visit)
	case *types.Map:
		named(t.Key(), seen, visit)
		named(t.Elem(), seen, visit)
	case interface{ Elem() types.Type }:
		named(t.Elem(), seen, visit)
	case *types.Struct:
		for f := range t.Fields() {
			named(f.Type(), seen, visit)
		}
	case *types.Signature:
		for v := range t.Params().Variables() {
			named(v.Type(), seen, visit)
		}
		for v := range t.Results().Variables() {
			named(v.Type(), seen, visit)
		}
	}
}

// localsOf returns the type arguments of the function that declares a type.
func (m *Machine) localsOf(o *types.TypeName) []types.Type {
	x, _ := m.locals.Load(o)
	ts, _ := x.([]types.Type)
	return ts
}

// localNumber is the number by which a name tells a type that a function declares from others of its name where it is a type argument: types
// that functions of the package declare are counted as they come in the source. It is 0 for other types.
func localNumber(o *types.TypeName) int {
	if o.Pkg() == nil || o.Parent() == o.Pkg().Scope() {
		return 0
	}
	var at []token.Pos
	var walk func(s *types.Scope)
	walk = func(s *types.Scope) {
		for _, n := range s.Names() {
			x, ok := s.Lookup(n).(*types.TypeName)
			if _, isParam := typeOf(x).(*types.TypeParam); ok && !isParam && !x.IsAlias() && x.Pkg() == o.Pkg() {
				at = append(at, x.Pos())
			}
		}
		for c := range s.Children() {
			walk(c)
		}
	}
	for f := range o.Pkg().Scope().Children() { // the files
		for c := range f.Children() {
			walk(c)
		}
	}
	slices.SortFunc(at, cmp.Compare[token.Pos])
	i, found := slices.BinarySearch(at, o.Pos())
	if !found {
		return 0
	}
	return i + 1
}

func typeOf(o *types.TypeName) types.Type {
	if o == nil {
		return nil
	}
	return o.Type()
}
