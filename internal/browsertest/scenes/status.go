package scenes

import (
	"fmt"
	"testing"
	"time"

	"tickbook/kafka/broker"
)

// status is the foot's word on a source: bad records, a broker that goes and comes back, an operator that fails, a table that
// never ticks and so has nothing to pause.
func status(t *testing.T, s *stage) {
	data := t.TempDir()
	feed := &broker.FeedOptions{Seed: 1, Rate: 100, Malformed: 0.2, History: time.Minute}
	b, err := broker.Start(broker.Options{Data: data, Feed: feed})
	if err != nil {
		t.Fatal(err)
	}
	addr := b.Addr()
	defer func() { b.Close() }()
	n := s.open(t, "status.ipynb",
		fmt.Sprintf(`trades := kafka.Consume(kafka.Config{"bootstrap.servers": %q}, "trades",
	kafka.JSON(engine.String("Sym"), engine.Int32("Size"), engine.Float64("Price")), kafka.AppendOnly)
trades`, addr),
		`prices := engine.NewInput(engine.Default(), engine.Float64("Price"))
one := prices.Add(1.0)
engine.Let("dear", func(p float64) bool { if p > 100 { panic("too dear: <b>" + fmt.Sprint(p) + "</b>") }; return p > 0 })
prices.Where("dear(Price)")`,
		`prices.Modify(one, "Price", 500.0)`,
		`engine.NewTable(engine.Col("A", []int{1}))`)
	run(n, 0, 1)
	n.Select(0)
	foot(n, 0, "● live · ", " rows", " rows/s", " bad records left out")
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	foot(n, 0, "▲ source down", "trades")
	if rows := n.Table(0); len(rows) != 11 {
		t.Errorf("without a broker the table shows %d lines, want a header and ten rows", len(rows))
	}
	if b, err = broker.Start(broker.Options{Addr: addr, Data: data, Feed: feed}); err != nil {
		t.Fatal(err)
	}
	foot(n, 0, "● live · ", " rows/s")

	n.Select(1)
	foot(n, 1, "● live · 1 row")
	n.Run(2)
	n.Select(1)
	foot(n, 1, "✕ failed", "too dear: <b>500</b>")

	n.Run(3)
	n.Select(3)
	foot(n, 3, "static · 1 row")
	var buttons int
	n.Eval(&buttons, `[...nb.content.widgets[3].outputArea.node.querySelectorAll('.tickbook-button')].filter(b => b.checkVisibility()).length`)
	if buttons != 0 {
		t.Errorf("a static table has %d buttons", buttons)
	}
	s.quiet(t, n)
}
