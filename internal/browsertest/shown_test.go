package browsertest_test

import (
	"math"
	"strconv"
	"strings"
	"testing"
	"time"
)

// shown is a table as the page shows it: the columns by name, and the rows.
type shown struct {
	t    *testing.T
	name string
	cols map[string]int
	rows [][]string
}

// parse takes a table off the page.
func parse(t *testing.T, name string, table [][]string) shown {
	t.Helper()
	if len(table) < 2 {
		t.Fatalf("%s: no rows on the page: %q", name, table)
	}
	s := shown{t, name, map[string]int{}, table[1:]}
	for i, head := range table[0] {
		column, _, _ := strings.Cut(head, "\n") // the kind stands below
		s.cols[column] = i
	}
	return s
}

func (s shown) text(row int, column string) string {
	s.t.Helper()
	i, ok := s.cols[column]
	if !ok {
		s.t.Fatalf("%s: no column %q on the page; it has %v", s.name, column, s.cols)
	}
	return s.rows[row][i]
}

func (s shown) isNull(row int, column string) bool { return s.text(row, column) == "∅" }

func (s shown) float(row int, column string) float64 {
	s.t.Helper()
	x, err := strconv.ParseFloat(strings.ReplaceAll(s.text(row, column), ",", ""), 64)
	if err != nil {
		s.t.Fatalf("%s, row %d: %s: %v", s.name, row, column, err)
	}
	return x
}

func (s shown) int(row int, column string) int64 {
	s.t.Helper()
	x, err := strconv.ParseInt(strings.ReplaceAll(s.text(row, column), ",", ""), 10, 64)
	if err != nil {
		s.t.Fatalf("%s, row %d: %s: %v", s.name, row, column, err)
	}
	return x
}

// millis is an instant in milliseconds since the epoch.
func (s shown) millis(row int, column string) int64 {
	s.t.Helper()
	x, err := time.Parse("2006-01-02 15:04:05", s.text(row, column))
	if err != nil {
		s.t.Fatalf("%s, row %d: %s: %v", s.name, row, column, err)
	}
	return x.UnixMilli()
}

// isQuote wants a row to be the message of the topic with its offset.
func (s shown) isQuote(row int, topic []message[quote]) {
	s.t.Helper()
	offset := s.int(row, "KafkaOffset")
	if offset >= int64(len(topic)) {
		s.t.Errorf("%s, row %d: offset %d is not in the topic", s.name, row, offset)
		return
	}
	m := topic[offset]
	got := quote{
		s.text(row, "Sym"), s.text(row, "AskExchange"), s.text(row, "BidExchange"), s.int(row, "AskSize"), s.int(row, "BidSize"),
		s.float(row, "AskPrice"), s.float(row, "BidPrice"), s.millis(row, "AskTime"), s.millis(row, "BidTime"),
	}
	if got != m.Value || s.millis(row, "KafkaTimestamp") != m.Timestamp.UnixMilli() || s.int(row, "KafkaPartition") != 0 {
		s.t.Errorf("%s, row %d: the page shows %+v at %s, the topic has %+v", s.name, row, got, s.text(row, "KafkaTimestamp"), m)
	}
}

// isTrade is isQuote for a trade.
func (s shown) isTrade(row int, topic []message[trade]) {
	s.t.Helper()
	offset := s.int(row, "KafkaOffset")
	if offset >= int64(len(topic)) {
		s.t.Errorf("%s, row %d: offset %d is not in the topic", s.name, row, offset)
		return
	}
	m := topic[offset]
	got := trade{
		s.text(row, "Sym"), s.text(row, "Exchange"), s.int(row, "Size"), s.int(row, "DayVolume"), s.float(row, "Price"), s.millis(row, "Time"),
	}
	if got != m.Value || s.millis(row, "KafkaTimestamp") != m.Timestamp.UnixMilli() || s.int(row, "KafkaPartition") != 0 {
		s.t.Errorf("%s, row %d: the page shows %+v at %s, the topic has %+v", s.name, row, got, s.text(row, "KafkaTimestamp"), m)
	}
}

// asOf is a row of the as-of join.
func (s shown) asOf(row int) asOfRow {
	s.t.Helper()
	r := asOfRow{sym: s.text(row, "Sym"), time: s.millis(row, "Time"), isNull: s.isNull(row, "BidTime")}
	if !r.isNull {
		r.bidTime, r.bidSize = s.millis(row, "BidTime"), s.int(row, "BidSize")
		r.bidPrice, r.bidExchange = s.float(row, "BidPrice"), s.text(row, "BidExchange")
	}
	return r
}

// bars are the rows of a VWAP table: what each must be like.
func (s shown) bars() map[bar]func(*barState) bool {
	s.t.Helper()
	wants := map[bar]func(*barState) bool{}
	for row := range s.rows {
		volume, vwap := s.int(row, "Volume"), s.float(row, "VWAP")
		gross, price := s.float(row, "TotalGross"), s.float(row, "AvgPrice")
		wants[bar{s.text(row, "Sym"), floorDiv(s.millis(row, "TimeBin"), 60_000)}] = func(b *barState) bool {
			return volume == b.volume && near(gross, b.grosses) && near(price, b.prices/float64(b.count)) && near(vwap, b.grosses/float64(b.volume))
		}
	}
	return wants
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Max(math.Abs(a), math.Abs(b)) }
