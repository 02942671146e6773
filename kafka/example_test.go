package kafka_test

import (
	"context"
	"fmt"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"tickbook/engine"
	"tickbook/kafka"
)

func ExampleConsume() {
	broker, stop := exampleBroker(`{"Sym":"AAPL","Size":100,"Price":172.5}`, `{"Sym":"MSFT","Size":50,"Price":405.25}`)
	defer stop()

	trades := kafka.Consume(kafka.Config{"bootstrap.servers": broker}, "trades",
		kafka.JSON(engine.String("Sym"), engine.Int32("Size"), engine.Float64("Price")),
		kafka.AppendOnly)
	defer trades.Close()

	waitFor(trades, 2)
	for i, sym := range trades.Strings("Sym") {
		fmt.Println(trades.Int64s("KafkaOffset")[i], sym, trades.Float64s("Price")[i])
	}
	// Output:
	// 0 AAPL 172.5
	// 1 MSFT 405.25
}

func ExampleDeadLetters() {
	broker, stop := exampleBroker(`{"Sym":"AAPL","Size":100}`, `{"Sym":"MSFT","Size":"fifty"}`)
	defer stop()

	trades := kafka.Consume(kafka.Config{"bootstrap.servers": broker}, "trades", kafka.JSON(engine.String("Sym"), engine.Int32("Size")))
	defer trades.Close()
	bad := kafka.DeadLetters(trades)
	defer bad.Close()

	waitFor(bad, 1)
	fmt.Println(bad.Int64s("KafkaOffset")[0], bad.Strings("Field")[0], bad.Strings("Reason")[0])
	// Output:
	// 1 Size "fifty" is text; the column is int32
}

// exampleBroker starts a broker with the values in topic trades.
func exampleBroker(values ...string) (addr string, stop func()) {
	c := kfake.MustCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "trades"))
	addr = c.ListenAddrs()[0]
	cl, err := kgo.NewClient(kgo.SeedBrokers(addr))
	if err != nil {
		panic(err)
	}
	defer cl.Close()
	for _, v := range values {
		if err := cl.ProduceSync(context.Background(), &kgo.Record{Topic: "trades", Value: []byte(v)}).FirstErr(); err != nil {
			panic(err)
		}
	}
	return addr, c.Close
}

// waitFor waits until the table has n rows.
func waitFor(t *engine.Table, n int) {
	changed := make(chan struct{}, 1)
	defer t.Watch(changed)()
	for t.Size() < n {
		<-changed
	}
}
