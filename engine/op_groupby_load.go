package engine

import (
	"runtime"

	"tickbook/engine/internal/chunk"
)

// Above loadRows rows, the first step counts them in on several processors, to which it hands the groups of up to pieceRows rows at a time.
const (
	loadRows  = 1 << 16
	pieceRows = 1 << 15
)

// load counts all rows in, in the first step: all groups are new. Of many rows, this goroutine numbers the groups, and others, each of which has
// aggregations of its own, add the rows as soon as their groups are known. An aggregation sees the rows in their order either way.
func (o *groupBy) load(t *Table, up *Update) {
	s := &t.g.scratch
	t.visited += up.Added.Len()
	o.setKeys(up.Now)
	defer o.clearKeys()
	var adders []*adder
	if up.Added.Len() >= loadRows {
		adders = o.startAdders(up, s.BatchRows())
		defer stopAdders(adders)
	}
	var p numbered
	up.Added.Batches(s, func(b *chunk.Batch) {
		if len(p.groups)+b.N > cap(p.groups) {
			if p.send(adders); adders != nil || p.groups == nil {
				p.groups = make([]uint32, 0, max(b.N, min(pieceRows, up.Added.Len())))
			}
			p.groups = p.groups[:0]
		}
		n := len(p.groups)
		p.groups = p.groups[:n+b.N]
		groups := p.groups[n:]
		o.number(b, s, true, groups)
		if p.total = o.byKey.Len(); adders == nil {
			growAll(o.aggs, p.total)
			addAll(o.aggs, up.Now, groups, b, s)
		}
		if !o.isStatic {
			o.counts.grow(p.total)
			o.count(groups, +1)
		}
	})
	p.send(adders)
	o.dirty = o.dirty[:0]
	for g := range o.byKey.Len() {
		o.dirty = append(o.dirty, uint64(g))
	}
}

// numbered is the groups of rows that follow each other, and how many groups there are by then.
type numbered struct {
	groups []uint32
	total  int
}

func (p *numbered) send(to []*adder) {
	if len(p.groups) == 0 {
		return
	}
	for _, a := range to {
		a.pieces <- *p
	}
}

// adder adds rows to some aggregations, in a goroutine of its own.
type adder struct {
	aggs   []boundAgg
	pieces chan numbered // closed when there are no more
	done   chan struct{}
	failed any // what it panicked with; read after done
}

// startAdders shares the aggregations out among goroutines for all processors but this one. Without another processor there is none.
func (o *groupBy) startAdders(up *Update, batchRows int) []*adder {
	out := make([]*adder, min(runtime.GOMAXPROCS(0)-1, len(o.aggs)))
	for i, a := range o.aggs {
		if len(out) == 0 {
			return nil
		}
		if i < len(out) {
			out[i] = &adder{pieces: make(chan numbered, 4), done: make(chan struct{})}
		}
		to := out[i%len(out)]
		to.aggs = append(to.aggs, a)
	}
	for _, a := range out {
		go a.run(up, batchRows)
	}
	return out
}

// stopAdders waits for all of them. It panics with what one of them panicked with.
func stopAdders(as []*adder) {
	for _, a := range as {
		close(a.pieces)
		<-a.done
	}
	for _, a := range as {
		if a.failed != nil {
			panic(a.failed)
		}
	}
}

// run cuts the rows into batches as load does.
func (a *adder) run(up *Update, batchRows int) {
	defer close(a.done)
	defer func() {
		if a.failed = recover(); a.failed != nil {
			for range a.pieces { // load must not wait for ever
			}
		}
	}()
	s := chunk.Borrow()
	defer chunk.Return(s)
	s.LimitBatches(batchRows)
	var p numbered
	var b chunk.Batch
	for c := up.Added.Cut(s); c.Next(&b); {
		if len(p.groups) == 0 {
			next, more := <-a.pieces
			if !more {
				return // load has failed
			}
			p = next
			growAll(a.aggs, p.total)
		}
		addAll(a.aggs, up.Now, p.groups[:b.N], &b, s)
		p.groups = p.groups[b.N:]
	}
}

func growAll(aggs []boundAgg, groups int) {
	for i := range aggs {
		aggs[i].agg.grow(groups)
	}
}

// addAll adds the rows of b, row i to group g[i].
func addAll(aggs []boundAgg, st *State, g []uint32, b *chunk.Batch, s *chunk.Scratch) {
	for i := range aggs {
		m := s.Mark()
		aggs[i].agg.add(g, aggs[i].input(st), b, s)
		s.Release(m)
	}
}
