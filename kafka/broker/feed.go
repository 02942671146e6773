package broker

import (
	"math"
	"math/rand/v2"
	"time"
)

// symbols and the prices that they start from.
var symbols = []struct {
	name  string
	price float64
}{
	{"SPY", 671.2},
	{"AAPL", 268.4},
	{"IBM", 302.9},
	{"MSFT", 478.6},
	{"DIA", 462.1},
	{"XLF", 52.3},
	{"GOOG", 299.7},
	{"AMZN", 221.5},
	{"TSLA", 395.2},
	{"SPX", 6708.4},
	{"HPQ", 24.6},
	{"CSCO", 76.8},
	{"INTC", 34.9},
	{"AXP", 343.3},
}

const exchanges = "ABCDJKMNPQVXYZ"

// Quote is an event of the topic quotes. Times are epoch milliseconds; the bid and the ask were made at times of their own.
type Quote struct {
	Sym                      string
	AskSize, BidSize         int32
	AskPrice, BidPrice       float64
	AskExchange, BidExchange byte
	AskTime, BidTime         int64
}

// Trade is an event of the topic trades. DayVolume is the symbol's volume since midnight UTC, this trade included.
type Trade struct {
	Sym       string
	Size      int32
	Price     float64
	DayVolume int64
	Exchange  byte
	Time      int64
}

// market is the sample market: a seeded random walk of prices. It knows no clock and no broker: the caller says when an event is.
//
// Real feeds are untidy, and so is this one: some events come late by up to two seconds, some share the time of the one before, and each
// symbol's first trade is older than its first quote.
type market struct {
	rng  *rand.Rand
	syms []symbolState
}

type symbolState struct {
	name       string
	price      float64
	day        int64 // days since the epoch that volume belongs to
	volume     int64
	lastBid    int64 // time of the newest bid, 0 before the first quote
	tradedOnce bool
}

func newMarket(seed uint64) *market {
	m := &market{rng: rand.New(rand.NewPCG(seed, 0x7469636b))}
	for _, s := range symbols {
		m.syms = append(m.syms, symbolState{name: s.name, price: s.price})
	}
	return m
}

const (
	shareLate = 0.03
	shareTied = 0.03
	maxLateMs = 2000
)

// pick chooses the next event's symbol: the first ones trade most.
func (m *market) pick() *symbolState {
	f := m.rng.Float64()
	return &m.syms[int(f*f*float64(len(m.syms)))]
}

// walk moves a price by about a hundredth of a percent.
func (m *market) walk(s *symbolState) {
	s.price = cents(max(1, s.price*(1+m.rng.NormFloat64()*1e-4)))
}

func (m *market) quote(now time.Time) Quote {
	s := m.pick()
	m.walk(s)
	at := m.eventTime(now)
	if m.rng.Float64() < shareTied && s.lastBid != 0 {
		at = s.lastBid
	}
	half := max(0.01, cents(s.price*(0.5+m.rng.Float64())*1e-4))
	q := Quote{
		Sym: s.name, AskPrice: cents(s.price + half), BidPrice: cents(s.price - half),
		AskSize: m.lot(), BidSize: m.lot(), AskExchange: m.exchange(), BidExchange: m.exchange(),
		AskTime: at + m.rng.Int64N(40), BidTime: at,
	}
	s.lastBid = at
	return q
}

func (m *market) trade(now time.Time) Trade {
	s := m.pick()
	m.walk(s)
	at := m.eventTime(now)
	switch {
	case !s.tradedOnce && s.lastBid == 0:
		at -= maxLateMs // older than any quote of the symbol can be
	case m.rng.Float64() < shareTied && s.lastBid != 0:
		at = s.lastBid
	}
	s.tradedOnce = true
	if day := floorDay(at); day > s.day {
		s.day, s.volume = day, 0
	}
	size := int32(1 + m.rng.ExpFloat64()*120)
	s.volume += int64(size)
	return Trade{Sym: s.name, Size: size, Price: cents(s.price * (1 + m.rng.NormFloat64()*5e-5)), DayVolume: s.volume, Exchange: m.exchange(), Time: at}
}

func (m *market) eventTime(now time.Time) int64 {
	at := now.UnixMilli()
	if m.rng.Float64() < shareLate {
		at -= 1 + m.rng.Int64N(maxLateMs)
	}
	return at
}

func (m *market) lot() int32     { return 100 * (1 + m.rng.Int32N(20)) }
func (m *market) exchange() byte { return exchanges[m.rng.IntN(len(exchanges))] }

func cents(x float64) float64 { return math.Round(x*100) / 100 }

func floorDay(ms int64) int64 { return ms / (24 * time.Hour).Milliseconds() }
