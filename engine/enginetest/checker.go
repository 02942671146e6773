package enginetest

import (
	"fmt"
	"slices"
	"strings"

	"tickbook/engine"
)

// checker knows the tables of one run: the query's, last, and all that it is derived from.
type checker struct {
	q     Query
	w     *world
	t     *engine.Table
	nodes []*node
	of    map[*engine.Table]*node

	lag      *engine.Observer
	lagRep   *replica
	lagSince int

	held     *engine.State // a state of some cycles ago,
	heldRows []string      // and its rows then
	heldFor  int
}

// node is one table.
type node struct {
	t       *engine.Table
	o       *engine.Observer
	rep     *replica
	up      *engine.Update // of the last cycle, nil if nothing changed
	visited int            // before the last cycle
}

func newChecker(q Query, w *world, t *engine.Table) *checker {
	c := &checker{q: q, w: w, t: t, of: map[*engine.Table]*node{}}
	c.add(t)
	c.lag = engine.Observe(t)
	c.lagRep = newReplica(c.lag)
	return c
}

// add adds a table after those that it is derived from.
func (c *checker) add(t *engine.Table) {
	if c.of[t] != nil {
		return
	}
	n := &node{t: t, o: engine.Observe(t)}
	c.of[t] = n
	for _, p := range n.o.Parents() {
		c.add(p)
	}
	n.rep = newReplica(n.o)
	c.nodes = append(c.nodes, n)
}

// cycle runs one cycle and checks everything.
func (c *checker) cycle() error {
	for _, n := range c.nodes {
		n.visited = n.o.Visited()
	}
	c.w.g.Step()
	for _, n := range c.nodes {
		n.up = n.o.Take()
	}
	if err := c.compare(); err != nil {
		return err
	}
	for _, n := range c.nodes {
		if err := n.follow(); err != nil {
			return fmt.Errorf("replica of %s: %w", n.name(), err)
		}
	}
	for _, n := range c.nodes {
		if err := c.visits(n); err != nil {
			return err
		}
	}
	if err := c.holding(); err != nil {
		return err
	}
	return c.lagging(false)
}

func (n *node) name() string { return strings.SplitN(n.t.Explain(), "\n", 2)[0] }

// compare compares the table with the rebuild.
func (c *checker) compare() error {
	for _, n := range c.nodes {
		if err := n.t.Err(); err != nil {
			return fmt.Errorf("%s failed: %w", n.name(), err)
		}
		if err := c.keepsOrder(n); err != nil {
			return err
		}
	}
	re := c.w.rebuild(c.q)
	if err := re.Err(); err != nil {
		return fmt.Errorf("the rebuild failed: %w", err)
	}
	got, want := rowTexts(c.t.Snapshot()), rowTexts(re.Snapshot())
	by := "position"
	if !c.q.Ordered {
		slices.Sort(got)
		slices.Sort(want)
		by = "place among all rows, sorted,"
	}
	for i := range max(len(got), len(want)) {
		g, w := "no row", "no row"
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			return fmt.Errorf("rebuild: %s %d: got  %s\n\twant %s", by, i, g, w)
		}
	}
	return nil
}

// rowTexts writes the rows so that equal values are equal texts: -0 is 0.
func rowTexts(s *engine.Snapshot) []string {
	out := make([]string, s.Len())
	for i, r := range s.Rows() {
		vals := r.Values()
		for j, x := range vals {
			if f, ok := x.(float64); ok && f == 0 {
				vals[j] = 0.0
			}
			if f, ok := x.(float32); ok && f == 0 {
				vals[j] = float32(0)
			}
		}
		for _, x := range vals {
			out[i] += fmt.Sprintf("|%v", x)
		}
	}
	return out
}

// keepsOrder checks that a filter has rows of its parent, in the parent's order.
func (c *checker) keepsOrder(n *node) error {
	if op := n.t.Plan().Op; op != "where" && op != "head" {
		return nil
	}
	s := n.o.State()
	p := c.of[n.o.Parents()[0]].o.State()
	last := -1
	for pos := range s.Rows.Len() {
		k := s.At(pos)
		if !p.Rows.Has(k) {
			return fmt.Errorf("subset: %s: row %d isn't in the table it filters", n.name(), k)
		}
		at := p.Rank(k)
		if at <= last {
			return fmt.Errorf("subset: %s: row %d is not in its parent's order", n.name(), k)
		}
		last = at
	}
	return nil
}

// visits checks that the work is in proportion to the change.
func (c *checker) visits(n *node) error {
	work := 8
	if n.up != nil {
		work += n.up.Size()
	}
	for _, p := range n.o.Parents() {
		if u := c.of[p].up; u != nil {
			work += u.Size()
		}
	}
	factor := 4
	if c.q.VisitFactor > 0 {
		factor = c.q.VisitFactor
	}
	if v := n.o.Visited() - n.visited; v > factor*work {
		return fmt.Errorf("counter: %s visited %d rows for %d changes", n.name(), v, work-8)
	}
	return nil
}

// holding checks that a state held since an earlier cycle has not changed.
func (c *checker) holding() (err error) {
	defer func() {
		if x := recover(); x != nil { // what was overwritten may not even be readable
			err = fmt.Errorf("held state: %v", x)
		}
	}()
	if c.held != nil {
		if now := stateTexts(c.held); !slices.Equal(now, c.heldRows) {
			return fmt.Errorf("held state: rows changed after they were published: were %v, are %v", c.heldRows, now)
		}
	}
	if c.heldFor--; c.heldFor < 0 {
		c.held = c.nodes[len(c.nodes)-1].o.State()
		c.heldRows, c.heldFor = stateTexts(c.held), 3
	}
	return nil
}

func stateTexts(s *engine.State) (out []string) {
	for pos := range s.Rows.Len() {
		out = append(out, fmt.Sprint(rowOf(s, s.At(pos))))
	}
	return out
}

// lagging checks the replica that takes several cycles at once.
func (c *checker) lagging(now bool) error {
	if c.lagSince++; c.lagSince < 4 && !now {
		return nil
	}
	c.lagSince = 0
	if u := c.lag.Take(); u != nil {
		if err := c.lagRep.apply(u); err != nil {
			return fmt.Errorf("lagging replica: %w", err)
		}
	}
	if err := c.lagRep.equals(c.lag.State()); err != nil {
		return fmt.Errorf("lagging replica: %w", err)
	}
	return nil
}
