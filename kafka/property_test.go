package kafka

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"pgregory.net/rapid"

	"tickbook/engine"
)

// A table equals what encoding/json decodes from the same records, null for null and bad record for bad record.
func TestAsEncodingJSON(t *testing.T) {
	c := startCluster(t)
	cl := c.client()
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		topic := fmt.Sprintf("random%d", run)
		parts := rapid.IntRange(1, 3).Draw(rt, "partitions")
		if err := c.CreateTopic(topic, int32(parts), nil); err != nil {
			rt.Fatal(err)
		}
		values := rapid.SliceOfN(message(), 1, 60).Draw(rt, "values")
		var recs []record
		want := map[[2]int64]string{} // rows by partition and offset
		isBad := map[[2]int64]bool{}
		next := make([]int64, parts)
		for i, v := range values {
			p := i % parts
			at := [2]int64{int64(p), next[p]}
			next[p]++
			recs = append(recs, text(int32(p), v))
			if row, ok := decodeReference(v); ok {
				want[at] = row
			} else {
				isBad[at] = true
			}
		}
		for len(recs) > 0 { // in batches of several sizes
			n := rapid.IntRange(1, len(recs)).Draw(rt, "batch")
			produceWith(t, cl, topic, recs[:n])
			recs = recs[n:]
		}
		table := Consume(c.config(), topic, JSON(engine.Int64("I"), engine.Int8("B"), engine.Float64("F"), engine.String("S"), engine.Bool("Is")))
		defer table.Close()
		dead := DeadLetters(table)
		defer dead.Close()
		eventually(t, "all records", func() bool { return table.Size()+dead.Size() >= len(values) }, table, dead)
		for _, r := range table.Rows(len(values)) {
			v := r.Values()
			at := [2]int64{int64(v[0].(int32)), v[1].(int64)}
			if got := fmt.Sprintf("%#v", v[firstValue:]); got != want[at] {
				rt.Errorf("partition %d, offset %d: %s, want %s", at[0], at[1], got, want[at])
			}
			delete(want, at)
		}
		offs := dead.Int64s("KafkaOffset")
		for i, p := range dead.Int64s("KafkaPartition") {
			delete(isBad, [2]int64{p, offs[i]})
		}
		if len(want)+len(isBad) > 0 {
			rt.Errorf("missing rows %v, missing letters %v", want, isBad)
		}
	})
}

// decodeReference decodes the columns of the property test; ok is false for a bad record.
func decodeReference(v string) (row string, ok bool) {
	var m map[string]json.RawMessage
	if json.Unmarshal([]byte(v), &m) != nil || m == nil {
		return "", false
	}
	ok = true
	get := func(name string, into any, read func() any) any {
		raw, has := m[name]
		if !has || string(raw) == "null" {
			return nil
		}
		if json.Unmarshal(raw, into) != nil {
			ok = false
		}
		return read()
	}
	var i int64
	var b int8
	var f float64
	var s string
	var is bool
	vals := []any{
		get("I", &i, func() any { return i }), get("B", &b, func() any { return b }), get("F", &f, func() any { return f }),
		get("S", &s, func() any { return s }), get("Is", &is, func() any { return is }),
	}
	return fmt.Sprintf("%#v", vals), ok
}

// message generates records: mostly objects of the columns in any order, with other fields, with values of wrong kinds, and broken ones.
func message() *rapid.Generator[string] {
	quoted := func(s string) string { b, _ := json.Marshal(s); return string(b) }
	value := rapid.Custom(func(t *rapid.T) string {
		switch rapid.IntRange(0, 9).Draw(t, "kind") {
		case 0:
			return "null"
		case 1:
			return rapid.SampledFrom([]string{"true", "false"}).Draw(t, "bool")
		case 2:
			return fmt.Sprint(rapid.SampledFrom([]int64{math.MinInt64, math.MaxInt64, -129, -128, 127, 128, 0}).Draw(t, "edge"))
		case 3:
			return fmt.Sprint(rapid.Int64().Draw(t, "int"))
		case 4:
			return rapid.SampledFrom([]string{"[]", "{}", `[{"I":1}]`, "-0", "1e400", "9223372036854775808", "0.1", "-1e-320", `"\ud83d\ude00\ud83d"`}).Draw(t, "odd")
		case 5, 6:
			return quoted(rapid.StringN(0, 12, 40).Draw(t, "string"))
		case 7:
			b, _ := json.Marshal(rapid.Float64Range(-1e300, 1e300).Draw(t, "float"))
			return string(b)
		}
		return fmt.Sprint(rapid.IntRange(-200, 200).Draw(t, "small"))
	})
	return rapid.Custom(func(t *rapid.T) string {
		var b strings.Builder
		b.WriteByte('{')
		names := rapid.Permutation([]string{"I", "B", "F", "S", "Is", "other", "i", ""}).Draw(t, "names")
		for i := range rapid.IntRange(0, 7).Draw(t, "fields") {
			if i > 0 {
				b.WriteString(rapid.SampledFrom([]string{",", " , ", ",\n\t"}).Draw(t, "comma"))
			}
			name := names[i]
			v := ""
			if rapid.IntRange(0, 9).Draw(t, "fits") > 0 { // usually of the column's kind
				switch name {
				case "I":
					v = fmt.Sprint(rapid.Int64().Draw(t, "int"))
				case "B":
					v = fmt.Sprint(rapid.Int8().Draw(t, "int8"))
				case "F":
					v = fmt.Sprint(rapid.Float64Range(-1e6, 1e6).Draw(t, "float"))
				case "S":
					v = quoted(rapid.StringN(0, 12, 40).Draw(t, "string"))
				case "Is":
					v = fmt.Sprint(rapid.Bool().Draw(t, "bool"))
				}
			}
			if v == "" {
				v = value.Draw(t, "value")
			}
			b.WriteString(quoted(name) + ":" + v)
		}
		b.WriteByte('}')
		s := b.String()
		if rapid.IntRange(0, 19).Draw(t, "broken") == 0 {
			s = s[:rapid.IntRange(0, len(s)-1).Draw(t, "cut")]
		}
		return s
	})
}

var benchQuotes = JSON(
	engine.String("Sym"), engine.Int32("AskSize"), engine.Float64("AskPrice"), engine.Int32("BidSize"), engine.Float64("BidPrice"),
	engine.String("AskExchange"), engine.String("BidExchange"), engine.Int64("AskTime"), engine.Int64("BidTime"))

// BenchmarkConsume reads 200,000 quotes of about 158 bytes from a broker in the same process, whose cost is in the figure, into a table.
func BenchmarkConsume(b *testing.B) {
	const n = 200_000
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "quotes"))
	if err != nil {
		b.Fatal(err)
	}
	defer cluster.Close()
	addr := cluster.ListenAddrs()[0]
	cl, err := kgo.NewClient(kgo.SeedBrokers(addr))
	if err != nil {
		b.Fatal(err)
	}
	defer cl.Close()
	for i := range n {
		cl.Produce(b.Context(), &kgo.Record{Topic: "quotes", Value: fmt.Appendf(nil,
			`{"Sym":"S%d","AskSize":%d,"AskPrice":%d.%02d,"BidSize":%d,"BidPrice":%d.%02d,"AskExchange":"%c","BidExchange":"%c","AskTime":%d,"BidTime":%d}`,
			i%500, i%100*100, 100+i%300, i%100, i%100*100, 100+i%300, i%100, 'A'+i%20, 'A'+i%20, 1700000000000+i, 1700000000000+i)}, nil)
	}
	if err := cl.Flush(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		table := Consume(Config{"bootstrap.servers": addr}, "quotes", benchQuotes)
		changed := make(chan struct{}, 1)
		stop := table.Watch(changed)
		for table.Size() < n {
			<-changed
		}
		stop()
		table.Close()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/message")
}
