package engine

import (
	"iter"
	"maps"
	"sync"
)

var lets sync.Map // name → *let

// let is what a name means: each call of Let makes another one.
type let struct {
	name  string
	value any
}

// isEarlier says whether the name means something else by now.
func (l *let) isEarlier() bool { return lookUpLet(l.name) != l }

// Let makes a Go value or function usable in formulas under a name, from now on: formulas compiled before keep what the name meant, and [Table.Lets]
// tells which those are. It panics with a *QueryError if formulas can't use the name.
func Let(name string, value any) {
	if !isName(name) {
		panic(queryErrorf("let", "%q is no name that a formula can use; use letters, digits and _, not starting with a digit", name))
	}
	lets.Store(name, &let{name, value})
}

func lookUpLet(name string) *let {
	x, _ := lets.Load(name)
	l, _ := x.(*let)
	return l
}

// Lets are the names given by [Let] that the table's formulas use, and those of the tables that it was made from. Each comes once, with whether some
// formula goes on with an earlier meaning of it.
func (t *Table) Lets() iter.Seq2[string, bool] {
	found := map[string]bool{}
	done := map[*Plan]bool{}
	var walk func(p *Plan)
	walk = func(p *Plan) {
		if done[p] {
			return
		}
		done[p] = true
		for _, l := range p.lets {
			found[l.name] = found[l.name] || l.isEarlier()
		}
		for _, q := range p.Parents {
			walk(q)
		}
	}
	if t != nil {
		walk(t.plan)
	}
	return maps.All(found)
}
