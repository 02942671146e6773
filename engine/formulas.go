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
		Let:     lookUpLet,
		Zone:    Zone(),
	}
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
	for _, name := range c.Lets {
		if !slices.Contains(s.refs, name) {
			s.refs = append(s.refs, name)
		}
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
