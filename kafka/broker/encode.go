package broker

import "strconv"

// appendQuote appends the event as a JSON object. Names and exchanges of the sample market need no escaping.
func appendQuote(b []byte, q *Quote) []byte {
	b = appendString(b, `{"Sym":`, q.Sym)
	b = appendInt(b, `,"AskSize":`, int64(q.AskSize))
	b = appendPrice(b, `,"AskPrice":`, q.AskPrice)
	b = appendInt(b, `,"BidSize":`, int64(q.BidSize))
	b = appendPrice(b, `,"BidPrice":`, q.BidPrice)
	b = appendString(b, `,"AskExchange":`, string(q.AskExchange))
	b = appendString(b, `,"BidExchange":`, string(q.BidExchange))
	b = appendInt(b, `,"AskTime":`, q.AskTime)
	b = appendInt(b, `,"BidTime":`, q.BidTime)
	return append(b, '}')
}

func appendTrade(b []byte, t *Trade) []byte {
	b = appendString(b, `{"Sym":`, t.Sym)
	b = appendInt(b, `,"Size":`, int64(t.Size))
	b = appendPrice(b, `,"Price":`, t.Price)
	b = appendInt(b, `,"DayVolume":`, t.DayVolume)
	b = appendString(b, `,"Exchange":`, string(t.Exchange))
	b = appendInt(b, `,"Time":`, t.Time)
	return append(b, '}')
}

func appendString(b []byte, name, x string) []byte {
	b = append(append(b, name...), '"')
	return append(append(b, x...), '"')
}

func appendInt(b []byte, name string, x int64) []byte {
	return strconv.AppendInt(append(b, name...), x, 10)
}

func appendPrice(b []byte, name string, x float64) []byte {
	return strconv.AppendFloat(append(b, name...), x, 'f', -1, 64)
}
