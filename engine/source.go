package engine

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"tickbook/engine/internal/chunk"
	"tickbook/engine/internal/rowset"
)

// Feed fills an append-only table from outside. The table holds the feed; the feed's goroutines hold neither the table nor its source, only the
// [Waker], so that a table that nothing reaches can stop them.
type Feed interface {
	// Fill hands over the rows that are there. It is called at the start of every cycle of the graph, on the cycle's goroutine, and must not
	// wait for anything. add copies the batch, which may be used again when add returns.
	Fill(add func(*Rows))
	// Status says how the feed is. Called from any goroutine, often.
	Status() Status
	// Stop is called once, when nothing reaches the table any more, or by Close. It returns after the feed's goroutines have ended. It is not
	// called on the cycle's goroutine, but Fill and Status may still be called beside it and after it.
	Stop()
}

// Source makes an append-only table that a feed fills: first the wiring that the feed needs ([Source.Dict], [Source.Waker]), then [Source.Start].
type Source struct {
	g     *Graph
	defs  []ColumnDef
	dicts []*Dict
	plan  *Plan
}

// NewSource begins to make a table in the graph.
func NewSource(g *Graph, defs []ColumnDef) *Source {
	checkDefs("source", defs)
	s := &Source{g: g, defs: slices.Clone(defs), dicts: make([]*Dict, len(defs)), plan: &Plan{Op: "source"}}
	for i, d := range defs {
		if d.Kind == KindString {
			s.dicts[i] = chunk.NewDict()
		}
	}
	return s
}

// Describe says in the table's plan what the feed is: an operator such as "consume" and its arguments.
func (s *Source) Describe(op string, args ...string) { s.plan = &Plan{Op: op, Args: args} }

// Dict numbers the strings of column col, by position. It is nil for other kinds.
func (s *Source) Dict(col int) *Dict { return s.dicts[col] }

// Waker is what the feed's goroutines say by that data waits.
func (s *Source) Waker() *Waker { return &Waker{&s.g.clock} }

// Start puts the table into the graph. From now on its feed is asked in every cycle. Once only.
func (s *Source) Start(feed Feed) *Table {
	src := &source{defs: s.defs, feed: &feedHolder{feed: feed}}
	t := newTable(s.g, s.plan, s.defs, src)
	for i, d := range s.defs {
		a := newAppender(d.Kind, s.dicts[i])
		src.cols = append(src.cols, a)
		src.list = append(src.list, a.Publish())
	}
	src.last, src.live = src.feed.status(), true
	t.cur = &State{Cols: src.list}
	t.source = src
	runtime.AddCleanup(t, func(f *feedHolder) { go f.stop() }, src.feed)
	s.g.cycle.Lock()
	t.cur.Step = s.g.step
	s.g.attach(t)
	s.g.cycle.Unlock()
	s.g.clock.wake()
	return t
}

// source is the operator of an append-only table. A row's key is its number.
//
// State: cols, which the feed's rows are appended to, and list, their published columns.
type source struct {
	defs []ColumnDef
	feed *feedHolder
	cols []appender
	list []chunk.Column
	rows rowset.Writer
	n    uint64 // rows ever
	last Status // as of the last cycle
	live bool   // as of the last cycle
}

var _ pulse = (*source)(nil)

func (s *source) begin() (due, status bool) {
	now, live := s.feed.status(), s.feed.isLive()
	status = now != s.last || live != s.live
	s.last, s.live = now, live
	return live, status
}

func (s *source) step(t *Table) bool {
	lo := s.n
	began := false
	s.feed.feed.Fill(func(r *Rows) {
		if r.N == 0 {
			return
		}
		if !began {
			began = true
			for _, c := range s.cols {
				c.Begin()
			}
		}
		s.append(r)
	})
	if s.n == lo {
		return false
	}
	s.rows.Begin()
	s.rows.AddRun(lo, s.n)
	t.upd.Added.AddRun(lo, s.n)
	same := true
	for i, c := range s.cols {
		if x := c.Publish(); x != s.list[i] {
			if same {
				s.list, same = slices.Clone(s.list), false
			}
			s.list[i] = x
		}
	}
	t.set(s.rows.Set(), s.list, nil)
	return true
}

func (s *source) append(r *Rows) {
	if len(r.Cols) != len(s.cols) {
		panic(fmt.Errorf("a batch of %d columns for a table of %d", len(r.Cols), len(s.cols)))
	}
	for i, c := range s.cols {
		if err := c.appendBuffer(&r.Cols[i], r.N); err != nil {
			panic(fmt.Errorf("column %q: %w", s.defs[i].Name, err))
		}
	}
	s.n += uint64(r.N)
}

// feedHolder is a feed that is stopped once.
type feedHolder struct {
	feed    Feed
	once    sync.Once
	stopped atomic.Bool
}

func (f *feedHolder) status() Status { return f.feed.Status() }
func (f *feedHolder) isLive() bool   { return !f.stopped.Load() }

// stop returns after the feed has stopped, whoever stops it.
func (f *feedHolder) stop() {
	f.once.Do(func() {
		f.stopped.Store(true)
		f.feed.Stop()
	})
}
