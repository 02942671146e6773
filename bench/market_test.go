package bench

import (
	"fmt"
	"math/rand/v2"
	"strconv"

	"tickbook/engine"
)

// The topics' columns, in the order of the JSON fields.
var (
	quoteColumns = []engine.ColumnDef{
		engine.String("Sym"), engine.Int32("AskSize"), engine.Float64("AskPrice"), engine.Int32("BidSize"), engine.Float64("BidPrice"),
		engine.String("AskExchange"), engine.String("BidExchange"), engine.Int64("AskTime"), engine.Int64("BidTime"),
	}
	tradeColumns = []engine.ColumnDef{
		engine.String("Sym"), engine.Int32("Size"), engine.Float64("Price"), engine.Int64("DayVolume"), engine.String("Exchange"), engine.Int64("Time"),
	}
	recordColumns = []engine.ColumnDef{engine.Int32("KafkaPartition"), engine.Int64("KafkaOffset"), engine.Instant("KafkaTimestamp")}
)

const (
	symbolCount   = 500
	exchangeCount = 14
	marketStart   = int64(1772461800_000) // epoch milliseconds
	marketStep    = 5                     // milliseconds from a quote to the next; a trade comes 2 after each quote
)

type quote struct {
	sym, askExchange, bidExchange uint32
	askSize, bidSize              int32
	askPrice, bidPrice            float64
	askTime, bidTime              int64
}

type trade struct {
	sym, exchange   uint32
	size            int32
	price           float64
	dayVolume, time int64
}

// market makes pairs of a quote and a trade whose prices walk, in order of time. All markets make the same.
type market struct {
	rng    *rand.Rand
	n      int64
	cents  [symbolCount]int32
	volume [symbolCount]int64
}

func newMarket() *market {
	m := &market{rng: rand.New(rand.NewPCG(1, 2))}
	for i := range m.cents {
		m.cents[i] = 10_000 + m.rng.Int32N(40_000)
	}
	return m
}

func (m *market) next() (q quote, t trade) {
	at := marketStart + m.n*marketStep
	m.n++
	s, bits := m.rng.Uint32N(symbolCount), m.rng.Uint64()
	m.cents[s] = max(10_000, min(99_000, m.cents[s]+int32(bits&15)-7))
	q = quote{
		sym: s, askExchange: uint32(bits >> 20 % exchangeCount), bidExchange: uint32(bits >> 32 % exchangeCount),
		askSize: 100 + int32(bits>>8&511), bidSize: 100 + int32(bits>>40&511),
		askPrice: float64(m.cents[s]+1+int32(bits>>4&7)) / 100, bidPrice: float64(m.cents[s]) / 100,
		askTime: at - int64(bits>>50&3), bidTime: at,
	}
	s, bits = m.rng.Uint32N(symbolCount), m.rng.Uint64()
	t = trade{sym: s, exchange: uint32(bits >> 32 % exchangeCount), size: 1 + int32(bits>>8%400), price: float64(m.cents[s]) / 100, time: at + 2}
	m.volume[s] += int64(t.size)
	t.dayVolume = m.volume[s]
	return q, t
}

func symbolName(code uint32) string {
	if code == 0 {
		return "AAPL"
	}
	return fmt.Sprintf("S%03d", code)
}

func exchangeName(code uint32) string { return string(rune('A' + code)) }

// appendJSON appends the quote as the topic holds it: about 158 bytes.
func (q *quote) appendJSON(b []byte) []byte {
	b = append(append(b, `{"Sym":"`...), symbolName(q.sym)...)
	b = strconv.AppendInt(append(b, `","AskSize":`...), int64(q.askSize), 10)
	b = strconv.AppendFloat(append(b, `,"AskPrice":`...), q.askPrice, 'f', 2, 64)
	b = strconv.AppendInt(append(b, `,"BidSize":`...), int64(q.bidSize), 10)
	b = strconv.AppendFloat(append(b, `,"BidPrice":`...), q.bidPrice, 'f', 2, 64)
	b = append(append(b, `,"AskExchange":"`...), exchangeName(q.askExchange)...)
	b = append(append(b, `","BidExchange":"`...), exchangeName(q.bidExchange)...)
	b = strconv.AppendInt(append(b, `","AskTime":`...), q.askTime, 10)
	b = strconv.AppendInt(append(b, `,"BidTime":`...), q.bidTime, 10)
	return append(b, '}')
}

// appendJSON appends the trade as the topic holds it, of the symbol sym.
func (t *trade) appendJSON(b []byte, sym string) []byte {
	b = append(append(b, `{"Sym":"`...), sym...)
	b = strconv.AppendInt(append(b, `","Size":`...), int64(t.size), 10)
	b = strconv.AppendFloat(append(b, `,"Price":`...), t.price, 'f', 2, 64)
	b = strconv.AppendInt(append(b, `,"DayVolume":`...), t.dayVolume, 10)
	b = append(append(b, `,"Exchange":"`...), exchangeName(t.exchange)...)
	b = strconv.AppendInt(append(b, `","Time":`...), t.time, 10)
	return append(b, '}')
}

// answer is what the chain must come to over the first rows of the market.
type answer struct {
	matched int     // trades with a quote before them
	bids    float64 // sum of their bid prices
	volume  int64   // of all trades
	groups  int     // symbols and minutes
}

func answerFor(n int) (a answer) {
	type group struct {
		sym    uint32
		minute int64
	}
	bid := make([]float64, symbolCount)
	groups := map[group]bool{}
	m := newMarket()
	for range n {
		q, t := m.next()
		bid[q.sym] = q.bidPrice
		if bid[t.sym] > 0 {
			a.matched++
			a.bids += bid[t.sym]
		}
		a.volume += int64(t.size)
		groups[group{t.sym, t.time / 60_000}] = true
	}
	a.groups = len(groups)
	return a
}
