package engine

import (
	"slices"

	"tickbook/engine/internal/chunk"
	"tickbook/engine/internal/formula"
)

// scope is what names in a formula mean: columns, which may be added as a view goes on, then what cells registered, then the built-in names.
type scope struct {
	op   string // the call the formula stands in
	defs []ColumnDef
	refs []string // registered names that formulas use, each once
	lets []*let   // what those mean
}

func (s *scope) env() formula.Env {
	return formula.Env{
		Column: func(name string) (chunk.Kind, bool) {
			if i := s.index(name); i >= 0 {
				return s.defs[i].Kind, true
			}
			return chunk.Invalid, false
		},
		Columns: namesOf(s.defs),
		Let: func(name string) (any, bool) {
			l := s.let(name)
			if l == nil {
				return nil, false
			}
			return l.value, true
		},
		Zone: Zone(),
	}
}

// let is what a registered name means in all formulas of the scope, and nil if nothing; those who ask use it.
func (s *scope) let(name string) *let {
	if i := slices.Index(s.refs, name); i >= 0 {
		return s.lets[i]
	}
	l := lookUpLet(name)
	if l != nil {
		s.refs, s.lets = append(s.refs, name), append(s.lets, l)
	}
	return l
}

// index is the position of the newest definition of a name, or -1.
func (s *scope) index(name string) int {
	for i := len(s.defs) - 1; i >= 0; i-- {
		if s.defs[i].Name == name {
			return i
		}
	}
	return -1
}

// compile gives an expression its types. It panics with a *QueryError on one that isn't a function of its row.
func (s *scope) compile(text string, e *formula.Expr) *formula.Compiled {
	c, err := formula.Compile(e, s.env())
	if err != nil {
		panic(wrapFormula(s.op, err))
	}
	if c.Impure {
		panic(queryErrorAt(s.op, text, 0, "%q is not a function of its row (it uses now() or a random number): its value would change with each look", text))
	}
	return c
}

// inputs are the positions of the columns that c reads.
func (s *scope) inputs(c *formula.Compiled) []int {
	in := make([]int, len(c.Inputs))
	for i, n := range c.Inputs {
		in[i] = s.index(n)
	}
	return in
}
