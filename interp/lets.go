package interp

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"maps"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"tickbook/display"
)

// A formula goes on with what engine.Let gave it under a name when its table was made. So a cell that redefines a function does not change the tables
// that use it, and the session says which those are.

// letCall is a call of engine.Let in a cell: under name, formulas use a value made of objects of the session.
type letCall struct {
	name string
	uses []types.Object
}

// letCalls are those in the text of a checked cell that no evaluator has changed yet.
func (c *Cell) letCalls() (calls []letCall) {
	if !strings.Contains(c.Source, "Let") {
		return nil
	}
	visit := func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) != 2 {
			return true
		}
		f, ok := typeutil.Callee(c.Info, call).(*types.Func)
		if !ok || f.FullName() != "tickbook/engine.Let" {
			return true
		}
		name := c.Info.Types[call.Args[0]].Value
		if name == nil || name.Kind() != constant.String {
			return true
		}
		l := letCall{name: constant.StringVal(name)}
		ast.Inspect(call.Args[1], func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && c.IsSession(c.Info.Uses[id]) {
				l.uses = append(l.uses, c.Original(c.Info.Uses[id]))
			}
			return true
		})
		calls = append(calls, l)
		return true
	}
	for _, d := range c.own {
		ast.Inspect(d, visit)
	}
	ast.Inspect(c.Body, visit)
	return calls
}

// tellKept says which tables go on with earlier meanings of names in formulas, once of each. Whoever has the turn calls it after each cell.
func (s *Session) tellKept() {
	var vars []*types.Var
	var old []string // names whose value uses what a cell has redefined since
	s.mu.Lock()
	hasLets := s.fe.hasLets
	if hasLets {
		for _, o := range s.fe.objs {
			if v, ok := o.(*types.Var); ok && mayKeep(v.Type()) {
				vars = append(vars, v)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(s.fe.lets)) {
			if slices.ContainsFunc(s.fe.lets[name], func(o types.Object) bool { return s.fe.objs[o.Name()] != o }) {
				old = append(old, name)
				delete(s.fe.lets, name) // told once
			}
		}
	}
	s.mu.Unlock()
	if !hasLets {
		return
	}
	k := s.keepers(vars)
	for _, name := range old {
		fmt.Fprintf(s.stderr, "%s in formulas is still the earlier one: run engine.Let(%q, …) again for tables to come%s\n", name, name, untilRunAgain(k.users[name]))
	}
	for _, name := range slices.Sorted(maps.Keys(k.earlier)) {
		fresh := slices.DeleteFunc(slices.Clone(k.earlier[name]), func(who string) bool { return slices.Contains(s.kept[name], who) })
		if len(fresh) > 0 {
			fmt.Fprintf(s.stderr, "%s in formulas is another one by now%s\n", name, untilRunAgain(fresh))
		}
	}
	s.kept = k.earlier
}

func untilRunAgain(who []string) string {
	if len(who) == 0 {
		return ""
	}
	return "; these keep the earlier one until their cells run again: " + strings.Join(who, ", ")
}

// mayKeep says whether values of a type can be keepers.
func mayKeep(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Pointer, *types.Interface:
		return true
	}
	return false
}

// keepers are variables and outputs by the names that formulas of theirs use.
type keepers struct {
	users   map[string][]string
	earlier map[string][]string // of those the ones that use an earlier meaning
}

// keepers looks at variables and at what ticks under cells.
func (s *Session) keepers(vars []*types.Var) keepers {
	k := keepers{map[string][]string{}, map[string][]string{}}
	slices.SortFunc(vars, func(a, b *types.Var) int { return strings.Compare(a.Name(), b.Name()) })
	for _, v := range vars {
		k.add(v.Name(), s.eval.Value(v))
	}
	for cell, x := range display.Shown() {
		k.add("the output of "+cell, x)
	}
	return k
}

// add notes what a value uses.
func (k keepers) add(who string, x any) {
	keeper, ok := x.(display.Keeper)
	if v := reflect.ValueOf(x); !ok || v.Kind() != reflect.Pointer || v.IsNil() {
		return
	}
	for name, isEarlier := range keeper.Lets() {
		k.users[name] = append(k.users[name], who)
		if isEarlier {
			k.earlier[name] = append(k.earlier[name], who)
		}
	}
}
