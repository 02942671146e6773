package engine

import (
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// testFeed hands over what push gave it.
type testFeed struct {
	mu     sync.Mutex
	queue  []*Rows
	st     Status
	fills  int
	waker  *Waker
	stops  int
	ended  chan struct{}
	filled chan struct{} // a signal after each Fill, if there is room
}

func newTestFeed() *testFeed {
	return &testFeed{ended: make(chan struct{}), filled: make(chan struct{}, 1)}
}

func (f *testFeed) Fill(add func(*Rows)) {
	f.mu.Lock()
	q := f.queue
	f.queue = nil
	f.fills++
	f.mu.Unlock()
	for _, r := range q {
		add(r)
	}
	select {
	case f.filled <- struct{}{}:
	default:
	}
}

func (f *testFeed) Status() Status {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.st
}

func (f *testFeed) setStatus(s Status) {
	f.mu.Lock()
	f.st = s
	f.mu.Unlock()
	f.waker.Wake()
}

func (f *testFeed) Stop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stops++
	if f.stops == 1 {
		close(f.ended)
	}
}

func (f *testFeed) push(vals ...int64) {
	r := NewRows([]ColumnDef{Int64("X")}, len(vals))
	r.N = len(vals)
	r.Cols[0].I64 = append(r.Cols[0].I64, vals...)
	f.mu.Lock()
	f.queue = append(f.queue, r)
	f.mu.Unlock()
	f.waker.Wake()
}

func (f *testFeed) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.fills
}

// start makes a table of one column X.
func (f *testFeed) start(g *Graph) *Table {
	src := NewSource(g, []ColumnDef{Int64("X")})
	f.waker = src.Waker()
	return src.Start(f)
}

func TestClockKeepsItsDistance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newTestFeed()
		g := newClockedGraph()
		table := f.start(g)
		synctest.Wait()
		began := time.Now()
		before := f.count()
		for range 1000 { // a push each 10 µs, for 10 ms
			f.push(1)
			<-time.After(10 * time.Microsecond)
		}
		<-time.After(5 * time.Millisecond)
		synctest.Wait()
		if n := f.count() - before; n < 8 || n > 13 {
			t.Errorf("%d cycles in 10 ms of steady pushes, want about 10", n)
		}
		if table.Size() != 1000 {
			t.Errorf("%d rows, want 1000", table.Size())
		}
		idle := f.count()
		<-time.After(time.Hour)
		if n := f.count() - idle; n != 0 {
			t.Errorf("%d cycles of an idle graph", n)
		}
		f.push(2)
		synctest.Wait()
		if table.Size() != 1001 {
			t.Errorf("a push after a rest waited; %d rows after %v", table.Size(), time.Since(began))
		}
		table.Close()
		<-f.ended
		<-time.After(2 * MinInterval) // the clock's goroutine ends
	})
}

func TestSourceStopsWhenNothingReachesIt(t *testing.T) {
	f := newTestFeed()
	g := NewGraph()
	table := f.start(g)
	child := table.Reverse()
	table = nil
	for range 5 {
		runtime.GC()
		g.Step()
	}
	if f.Status(); f.stops != 0 {
		t.Fatal("the feed was stopped while a derived table was alive")
	}
	f.push(1, 2, 3)
	g.Step()
	snap := child.Snapshot()
	runtime.KeepAlive(child)
	child = nil
	waitFor(t, func() bool {
		runtime.GC()
		select {
		case <-f.ended:
			return true
		default:
			return false
		}
	})
	if got := snap.Int64s("X"); len(got) != 3 || got[0] != 3 {
		t.Errorf("the snapshot became %v", got)
	}
	g.Step()
	if len(g.nodes) != 0 {
		t.Errorf("%d tables left in the graph", len(g.nodes))
	}
}

// waitFor tries until done says true, for at most 10 s.
func waitFor(t *testing.T, done func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	end := time.After(10 * time.Second)
	for !done() {
		select {
		case <-tick.C:
		case <-end:
			t.Fatal("still not after 10 s")
		}
	}
}

func TestFiftyRunsLeaveNothing(t *testing.T) {
	g := NewGraph()
	in := NewInput(g, String("Sym"), Float64("Price"), Int64("X"))
	in.Add("A", 1.0, 2)
	g.Step()
	for range 50 {
		in.Where("Price > 0").UpdateView("Y = X*2").Reverse().Head(3).Tail(2)
	}
	waitFor(t, func() bool {
		runtime.GC()
		g.Step()
		return len(g.nodes) == 1
	})
	runtime.KeepAlive(in)
}

func TestClose(t *testing.T) {
	f := newTestFeed()
	g := NewGraph()
	table := f.start(g)
	view := table.View("Y = X+1")
	f.push(1)
	g.Step()
	if !view.IsRefreshing() {
		t.Error("not refreshing before Close")
	}
	changed := make(chan struct{}, 1)
	defer view.Watch(changed)()
	table.Close()
	table.Close()
	if f.stops != 1 {
		t.Errorf("Stop was called %d times", f.stops)
	}
	if view.IsRefreshing() {
		t.Error("still refreshing after Close")
	}
	f.push(2)
	g.Step()
	if got := view.Int64s("Y"); len(got) != 1 || got[0] != 2 {
		t.Errorf("rows after Close: %v", got)
	}
	select {
	case <-changed:
	default:
		t.Error("the end of the feed was not signalled")
	}
	runtime.KeepAlive(table)
}

func TestStatus(t *testing.T) {
	g := NewGraph()
	a, b := newTestFeed(), newTestFeed()
	a.st = Status{Code: StatusStarting, Message: "starting a"}
	ta, tb := a.start(g), b.start(g)
	_ = tb
	view := ta.Where("X > 1").Reverse()
	if s := view.Status(); s.Code != StatusStarting || s.Message != "starting a" || view.Err() != nil {
		t.Errorf("status %+v, err %v", s, view.Err())
	}
	changed := make(chan struct{}, 1)
	stop := view.Watch(changed)
	signalled := func() bool {
		select {
		case <-changed:
			return true
		default:
			return false
		}
	}
	g.Step()
	if signalled() {
		t.Error("signalled though nothing changed")
	}
	a.setStatus(Status{Code: StatusDown, Message: "no broker", BadRecords: 2})
	g.Step()
	if !signalled() {
		t.Error("a new status was not signalled")
	}
	if s := view.Status(); s.Code != StatusDown || s.BadRecords != 2 || view.Err() == nil || view.Err().Error() != "no broker" {
		t.Errorf("status %+v, err %v", s, view.Err())
	}
	a.setStatus(Status{Message: "went on from offset 7"})
	g.Step()
	if s := view.Status(); s.Code != StatusOK || s.Message != "went on from offset 7" {
		t.Errorf("well, with a message: %+v", s)
	}
	if view.Err() != nil || !signalled() {
		t.Errorf("healed: err %v", view.Err())
	}
	a.push(0)
	g.Step()
	if signalled() {
		t.Error("signalled though no row of the view changed")
	}
	a.push(5)
	if !g.Step() || !signalled() {
		t.Error("a row was not signalled")
	}
	stop()
	stop()
	a.push(6)
	g.Step()
	if signalled() {
		t.Error("signalled after stop")
	}
}

func TestBadBatchEndsTheTable(t *testing.T) {
	g := NewGraph()
	f := newTestFeed()
	table := f.start(g)
	f.push(1)
	g.Step()
	f.queue = append(f.queue, &Rows{N: 2, Cols: make([]Buffer, 1)})
	g.Step()
	if err := table.Err(); err == nil || err.Error() != `source: column "X": a batch of 2 rows has 0 values` {
		t.Errorf("err %v", err)
	}
	if table.Size() != 1 {
		t.Errorf("%d rows, want the last good state's 1", table.Size())
	}
	<-f.ended // nobody would take its rows
}
