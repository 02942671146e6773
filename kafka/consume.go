package kafka

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"weak"

	"tickbook/engine"
)

// Consume opens a topic as a table: a row for each record, appended as records come. Its columns are KafkaPartition, KafkaOffset and
// KafkaTimestamp, then those of the value spec:
//
//	trades := kafka.Consume(kafka.Config{"bootstrap.servers": kafka.Bootstrap()}, "trades",
//		kafka.JSON(engine.String("Sym"), engine.Int32("Size"), engine.Float64("Price")), kafka.AppendOnly)
//
// It reads all partitions, those added later too, each in the order of its offsets. It returns at once: that a broker can't be reached or the topic
// is not there is the table's status, tried again until it works. A record that the spec can't read is no row but one of [DeadLetters].
//
// The table stops reading when nothing reaches it any more, and at once by its Close. Each call has connections of its own.
//
// It panics with a *ConfigError on what is wrong in the call itself.
func Consume(cfg Config, topic string, opts ...Option) *engine.Table {
	t, _ := consume(cfg, topic, opts)
	return t
}

func consume(cfg Config, topic string, opts []Option) (*engine.Table, *consumer) {
	set := readConfig(cfg)
	op := readOptions(opts)
	if topic == "" {
		panic(&ConfigError{Property: "topic", Msg: "the topic's name is empty"})
	}
	if !op.hasStart && set.resetToEnd {
		op.start = FromEnd
	}
	src := engine.NewSource(op.graph, op.columns)
	src.Describe("consume", topic)
	c := newConsumer(set, op, topic, src)
	t := src.Start(c)
	remember(t.Plan(), c.letters)
	c.start()
	return t, c
}

// consumer is the feed of a consumed table. Its goroutines hold it, and it holds neither the table nor its source.
type consumer struct {
	topic   string
	set     *settings
	op      *options
	defs    []engine.ColumnDef
	dicts   []*engine.Dict // of the spec's columns; nil for other kinds than string
	waker   *engine.Waker
	pace    *pacer
	letters *letters

	ctx    context.Context // ends with Stop
	cancel context.CancelFunc
	wg     sync.WaitGroup
	ask    chan struct{} // look at the metadata now; holds one signal
	view   atomic.Pointer[view]
	lanes  atomic.Pointer[[]*lane] // of the partitions, and of former ones while rows are left
	alarm  *time.Timer             // wakes a cycle when patience ends; the cycle's

	mu      sync.Mutex
	running map[int32]context.CancelFunc // guarded by mu
	trouble map[int32]error              // of partitions; guarded by mu
	waiting map[int32]bool               // partitions not heard from yet; guarded by mu
	looking error                        // trouble with the metadata; guarded by mu
	notice  string                       // what befell the rows, for good; guarded by mu
	status  atomic.Pointer[engine.Status]
}

var _ engine.Feed = (*consumer)(nil)

func newConsumer(set *settings, op *options, topic string, src *engine.Source) *consumer {
	c := &consumer{
		topic: topic, set: set, op: op, defs: op.columns, waker: src.Waker(), pace: pacerOf(op.graph), letters: newLetters(topic),
		ask: make(chan struct{}, 1), running: map[int32]context.CancelFunc{}, trouble: map[int32]error{}, waiting: map[int32]bool{},
	}
	op.graph = nil // the graph is not for goroutines to hold
	for i := range c.defs[firstValue:] {
		c.dicts = append(c.dicts, src.Dict(firstValue+i))
	}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.lanes.Store(&[]*lane{})
	c.alarm = time.AfterFunc(time.Hour, c.waker.Wake)
	c.alarm.Stop()
	c.settle()
	return c
}

func (c *consumer) start() {
	c.wg.Add(1)
	go c.run()
}

// run keeps looking where the topic's partitions are, and has a goroutine read each.
func (c *consumer) run() {
	defer c.wg.Done()
	m := &metadata{topic: c.topic, servers: c.set.servers, conf: c.set.clientConfig(c.ctx)}
	defer m.close()
	wait := backoff{first: c.set.backoff, most: c.set.maxBackoff}
	for c.ctx.Err() == nil {
		v, err := m.look(c.ctx)
		if c.ctx.Err() != nil {
			return
		}
		c.mu.Lock()
		c.looking = err
		c.mu.Unlock()
		if err != nil {
			c.settle()
			wait.wait(c.ctx, nil)
			continue
		}
		wait.reset()
		c.adopt(v)
		pause(c.ctx, c.set.refresh, c.ask)
		pause(c.ctx, c.set.backoff, nil) // however often partitions ask
	}
}

// adopt makes v the view, ends the partitions that are gone or of a topic that was replaced, and starts new ones.
func (c *consumer) adopt(v *view) {
	old := c.view.Load()
	isAnew := old != nil && old.id != v.id
	c.mu.Lock()
	for id, stop := range c.running {
		if _, ok := v.partitions[id]; !ok || isAnew {
			stop() // before it can see the new view
			delete(c.running, id)
			delete(c.trouble, id)
			delete(c.waiting, id)
		}
	}
	c.view.Store(v)
	if old != nil {
		close(old.replaced)
	}
	lanes := slices.DeleteFunc(slices.Clone(*c.lanes.Load()), (*lane).isSpent)
	for _, id := range slices.Sorted(maps.Keys(v.partitions)) {
		if c.running[id] == nil {
			lanes = append(lanes, c.startPartition(id, old != nil))
		}
	}
	c.lanes.Store(&lanes)
	c.mu.Unlock()
	if isAnew {
		c.note(fmt.Sprintf("topic %q was made anew: its records follow those of the old one, from the beginning", c.topic))
	}
	c.settle()
}

// startPartition starts to read a partition. The caller holds mu.
func (c *consumer) startPartition(id int32, isLate bool) *lane {
	start, ok := c.op.startAt[id]
	switch {
	case isLate:
		start = FromBeginning // all in it came after the table began
	case !ok:
		start = c.op.start
	}
	p := newPartition(c, id, start)
	c.pace.join(p.lane)
	ctx, cancel := context.WithCancel(c.ctx)
	c.running[id] = cancel
	c.waiting[id] = true
	c.wg.Add(1)
	go func() {
		defer c.wg.Done()
		defer cancel()
		p.run(ctx)
	}()
	return p.lane
}

// viewSince returns the first view whose question was put after a time; nil if ctx ends first.
func (c *consumer) viewSince(ctx context.Context, since time.Time) *view {
	for {
		v := c.view.Load()
		if ctx.Err() != nil {
			return nil
		}
		if v.asked.After(since) {
			return v
		}
		c.lookNow()
		select {
		case <-v.replaced:
		case <-ctx.Done():
		}
	}
}

// lookNow asks for a look at the metadata.
func (c *consumer) lookNow() {
	select {
	case c.ask <- struct{}{}:
	default:
	}
}

// found says that a partition's first offset is known. Trouble lasts until the first answer.
func (c *consumer) found(id int32) {
	c.mu.Lock()
	isNews := c.waiting[id]
	delete(c.waiting, id)
	c.mu.Unlock()
	if isNews {
		c.settle()
	}
}

// report is the state of a partition: nil is well.
func (c *consumer) report(id int32, err error) {
	c.mu.Lock()
	_, had := c.trouble[id]
	isNews := had || err != nil || c.waiting[id]
	delete(c.trouble, id)
	delete(c.waiting, id)
	if err != nil {
		c.trouble[id] = err
	}
	c.mu.Unlock()
	if isNews {
		c.settle()
	}
}

// note says what befell the rows. The last such message stays in the status while all is well otherwise.
func (c *consumer) note(msg string) {
	c.mu.Lock()
	c.notice = msg
	c.mu.Unlock()
	c.settle()
}

// settle computes the status anew.
func (c *consumer) settle() {
	c.mu.Lock()
	s := c.judge()
	old := c.status.Swap(&s)
	c.mu.Unlock()
	if old != nil && *old != s {
		c.waker.Wake()
	}
}

// judge is the status as of now. The caller holds mu.
func (c *consumer) judge() engine.Status {
	down := func(err error) engine.Status {
		return engine.Status{Code: engine.StatusDown, Message: fmt.Sprintf("kafka: topic %q: %v", c.topic, err)}
	}
	if c.looking != nil && (len(c.trouble) > 0 || len(c.running) == 0) {
		return down(c.looking)
	}
	if len(c.trouble) > 0 {
		id := slices.Min(slices.Collect(maps.Keys(c.trouble)))
		err := c.trouble[id]
		if n := len(c.running); n > 1 {
			err = fmt.Errorf("%w (%d of %d partitions)", err, len(c.trouble), n)
		}
		return down(err)
	}
	if c.view.Load() == nil || len(c.waiting) > 0 {
		return engine.Status{Code: engine.StatusStarting, Message: fmt.Sprintf("kafka: topic %q: connecting to %s", c.topic, c.set.servers[0])}
	}
	if c.notice != "" {
		return engine.Status{Message: "kafka: " + c.notice}
	}
	return engine.Status{}
}

// Status says how the topic is read. Any goroutine calls it.
func (c *consumer) Status() engine.Status {
	s := *c.status.Load()
	s.BadRecords = c.letters.total.Load()
	return s
}

// Fill hands over the rows that are ready, as far as the pace allows.
func (c *consumer) Fill(add func(*engine.Rows)) {
	limit := c.pace.limit(c, time.Now())
	isLeft := false
	for _, l := range *c.lanes.Load() {
		isLeft = l.drain(limitOf(l, limit), add) || isLeft
	}
	if isLeft && c.ctx.Err() == nil {
		c.alarm.Reset(c.pace.patience)
	}
}

// Stop ends all goroutines and connections.
func (c *consumer) Stop() {
	c.cancel()
	c.wg.Wait()
	c.alarm.Stop()
	for _, l := range *c.lanes.Load() {
		c.pace.leave(l)
	}
	c.pace.forget(c)
}

// consumed finds the dead letters of the consumed tables by their plans, which derived tables keep too.
var consumed = struct {
	sync.Mutex
	of map[weak.Pointer[engine.Plan]]*letters
}{of: map[weak.Pointer[engine.Plan]]*letters{}}

func remember(p *engine.Plan, l *letters) {
	key := weak.Make(p)
	consumed.Lock()
	defer consumed.Unlock()
	consumed.of[key] = l
	runtime.AddCleanup(p, func(key weak.Pointer[engine.Plan]) {
		consumed.Lock()
		defer consumed.Unlock()
		delete(consumed.of, key)
	}, key)
}
