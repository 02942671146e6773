package engine

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Plan is how a table was made, as data: an operator, its arguments and the plans of the tables it was applied to. It holds no table, so that
// keeping a plan keeps no table alive.
type Plan struct {
	Op      string   // the operator: "where"
	Args    []string // its arguments as they were written
	Refs    []string // names of Go values and functions that the arguments use: a plan with references can't travel to another process
	Parents []*Plan

	lets []*let // those of Refs that cells gave names to
}

// newPlan is the plan of op over some tables. An argument is a string, as written, or an int.
func newPlan(op string, parents []*Table, args ...any) *Plan {
	p := &Plan{Op: op}
	for _, t := range parents {
		if t == nil {
			panic(queryErrorf(op, "a table is nil"))
		}
		p.Parents = append(p.Parents, t.plan)
	}
	for _, a := range args {
		switch a := a.(type) {
		case string:
			p.Args = append(p.Args, a)
		case []string:
			p.Args = append(p.Args, a...)
		case int:
			p.Args = append(p.Args, strconv.Itoa(a))
		default:
			p.Args = append(p.Args, fmt.Sprint(a))
		}
	}
	return p
}

// CanTravel says whether the plan means the same in another process: no part of it refers to a Go value or function of this one.
func (p *Plan) CanTravel() bool {
	return len(p.Refs) == 0 && !slices.ContainsFunc(p.Parents, func(q *Plan) bool { return !q.CanTravel() })
}

// Plan is how the table was made. It is read only.
func (t *Table) Plan() *Plan { return t.plan }

// Explain writes how the table was made: one operator a line, with what it reads indented below it. What was written already is named by its number.
func (t *Table) Explain() string {
	var b strings.Builder
	done := map[*Plan]int{}
	var write func(p *Plan, depth int)
	write = func(p *Plan, depth int) {
		indent := strings.Repeat("  ", depth)
		if n, ok := done[p]; ok {
			fmt.Fprintf(&b, "%s#%d %s, as above\n", indent, n, p.Op)
			return
		}
		done[p] = len(done) + 1
		fmt.Fprintf(&b, "%s#%d %s", indent, done[p], p.Op)
		for i, a := range p.Args {
			sep := ", "
			if i == 0 {
				sep = " "
			}
			fmt.Fprintf(&b, "%s%s", sep, a)
		}
		if len(p.Refs) > 0 {
			uses := slices.Clone(p.Refs)
			for _, l := range p.lets {
				if l.isEarlier() {
					uses[slices.Index(uses, l.name)] = "an earlier " + l.name
				}
			}
			fmt.Fprintf(&b, " [uses %s]", strings.Join(uses, ", "))
		}
		b.WriteByte('\n')
		for _, q := range p.Parents {
			write(q, depth+1)
		}
	}
	write(t.plan, 0)
	return b.String()
}
