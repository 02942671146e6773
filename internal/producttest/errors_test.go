package producttest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/IBM/sarama"

	"tickbook/kafka/broker"
)

// consumeCell opens a topic with two columns as the table t.
const consumeCell = `t := kafka.Consume(kafka.Config{"bootstrap.servers": %q}, %q, kafka.JSON(engine.String("Sym"), engine.Int32("Size")), kafka.AppendOnly)
t`

func emptyBroker(t *testing.T) string {
	t.Helper()
	b, err := broker.Start(broker.Options{Partitions: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b.Addr()
}

func produce(t *testing.T, addr, topic string, values ...string) {
	t.Helper()
	conf := sarama.NewConfig()
	conf.Version = sarama.V2_8_0_0
	conf.Producer.Return.Successes = true
	p, err := sarama.NewSyncProducer([]string{addr}, conf)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for _, v := range values {
		if _, _, err := p.SendMessage(&sarama.ProducerMessage{Topic: topic, Value: sarama.StringEncoder(v)}); err != nil {
			t.Fatal(err)
		}
	}
}

// What goes wrong outside shows on the table, in words, and heals.
func TestTroubleOutside(t *testing.T) {
	s := newSession(t)
	defer s.close()

	id := s.mustRun("nobroker", fmt.Sprintf(consumeCell, "127.0.0.1:1", "x"))
	Wait(t, "the dead address on the display", func() bool { return strings.Contains(s.text(id, "text/plain"), "127.0.0.1:1") })

	addr := emptyBroker(t)
	id = s.mustRun("notopic", fmt.Sprintf(consumeCell, addr, "late"))
	Wait(t, "the missing topic on the display", func() bool {
		x := s.text(id, "text/plain")
		return strings.Contains(x, "late") && strings.Contains(x, "topic")
	})
	produce(t, addr, "late", `{"Sym":"A","Size":1}`)
	Wait(t, "the topic's row once it is there", func() bool { return strings.Contains(s.text(id, "text/plain"), "1 row") })
}

// What is wrong in a call fails the cell, with the place and what to type instead.
func TestWrongCells(t *testing.T) {
	s := newSession(t)
	defer s.close()
	addr := emptyBroker(t)
	produce(t, addr, "x", `{"Sym":"A","Size":1}`)
	s.mustRun("t", fmt.Sprintf(consumeCell, addr, "x"))
	f := func(code string, want ...string) {
		t.Helper()
		r, _ := s.run(code, code)
		if r.Status != "error" {
			t.Errorf("%s: status %s", code, r.Status)
			return
		}
		shown := strings.Join(r.Traceback, "\n")
		for _, w := range want {
			if !strings.Contains(shown, w) {
				t.Errorf("%s shows\n%s\nwant %q in it", code, shown, w)
			}
		}
	}
	f("t.UpdateView(`X = Siz*2`)", `no column "Siz"`, `"Size"`, "X = Siz*2\n", "^")
	f("t.Where(`Sym =`)", "Sym =", "^")
	f("t.Where(`Size = \"a\"`)", "^")
	f("t.GroupBy(\"Sim\").Agg(engine.Sum(\"N = Size\"))", `"Sim"`, `"Sym"`)
	f("t.AsOfJoin(t, \"Sym, Time = BidTime\")", `"Time"`)
	f(`kafka.Consume(kafka.Config{"bootstrap.server": "x:1"}, "x", kafka.JSON(engine.String("Sym")), kafka.AppendOnly)`, "bootstrap.servers")
	f(`kafka.Consume(kafka.Config{"bootstrap.servers": "x:1", "security.protocol": "SSH"}, "x", kafka.JSON(engine.String("Sym")), kafka.AppendOnly)`, "security.protocol", "SSH")
	f(`kafka.DeadLetters(engine.EmptyTable(1))`, "topic")
	f("a := 1\nb := a +", "2:")
	f("undefinedName", "undefined: undefinedName")
	s.mustRun("after", "t.Size()")
}

// Data is shown, never rendered.
func TestHostileStrings(t *testing.T) {
	s := newSession(t)
	defer s.close()
	addr := emptyBroker(t)
	const evil = `<script>alert(1)</script><img src=x onerror=alert(1)>`
	produce(t, addr, "x", `{"Sym":"`+evil+`","Size":1}`, `{"Sym":"`+evil+`","Size":"`+evil+`"}`)
	id := s.mustRun("t", fmt.Sprintf(consumeCell, addr, "x"))
	dead := s.mustRun("dead", "kafka.DeadLetters(t)")
	fig := s.mustRun("fig", "figure.New().PlotXY(`"+evil+"`, t, \"Size\", \"Size\")")
	Wait(t, "the row and the bad one", func() bool {
		return strings.Contains(s.text(id, "text/html"), "alert") && strings.Contains(s.text(dead, "text/html"), "alert") &&
			strings.Contains(s.text(fig, "image/svg+xml"), "<svg")
	})
	for _, out := range []string{s.text(id, "text/html"), s.text(dead, "text/html"), s.text(fig, "image/svg+xml")} {
		if strings.Contains(out, "<script") || strings.Contains(out, "<img") {
			t.Errorf("markup came through: %s", out)
		}
	}
}
