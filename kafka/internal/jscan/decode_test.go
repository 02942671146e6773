package jscan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"
)

// testDict is the plainest dictionary.
type testDict struct {
	codes map[string]uint32
	strs  []string
}

func newTestDict() *testDict { return &testDict{codes: map[string]uint32{}} }

func (d *testDict) CodeBytes(b []byte) uint32 {
	c, ok := d.codes[string(b)]
	if !ok {
		c = uint32(len(d.strs))
		d.codes[string(b)] = c
		d.strs = append(d.strs, string(b))
	}
	return c
}

func (d *testDict) Str(c uint32) string { return d.strs[c] }

// bind gives the decoder columns of n rows.
func bind(d *Decoder, n int) {
	for i := range d.Cols {
		c := &d.Cols[i]
		c.Bools, c.I8, c.I16, c.I32, c.I64 = make([]bool, n), make([]int8, n), make([]int16, n), make([]int32, n), make([]int64, n)
		c.F32, c.F64, c.Codes, c.Nulls = make([]float32, n), make([]float64, n), make([]uint32, n), make([]uint64, (n+63)/64)
		c.HasNulls = false
	}
}

// read is the value of a field, nil for null.
func read(d *Decoder, i, row int) any {
	c := &d.Cols[i]
	if c.Nulls[row>>6]>>(row&63)&1 == 1 {
		return nil
	}
	switch d.fields[i].Kind {
	case Bool:
		return c.Bools[row]
	case Int8:
		return c.I8[row]
	case Int16:
		return c.I16[row]
	case Int32:
		return c.I32[row]
	case Float32:
		return c.F32[row]
	case Float64:
		return c.F64[row]
	case String:
		return d.fields[i].Dict.Str(c.Codes[row])
	}
	return c.I64[row]
}

func quoteFields() []Field {
	sym, ex := newTestDict(), newTestDict()
	return []Field{
		{"Sym", String, sym},
		{"AskSize", Int32, nil},
		{"AskPrice", Float64, nil},
		{"BidSize", Int32, nil},
		{"BidPrice", Float64, nil},
		{"AskExchange", String, ex},
		{"BidExchange", String, ex},
		{"AskTime", Int64, nil},
		{"BidTime", Int64, nil},
	}
}

func quote(r *rand.Rand) []byte {
	return fmt.Appendf(nil, `{"Sym":"S%d","AskSize":%d,"AskPrice":%.2f,"BidSize":%d,"BidPrice":%.2f,"AskExchange":"%c","BidExchange":"%c","AskTime":%d,"BidTime":%d}`,
		r.IntN(500), r.IntN(100)*100, 50+r.Float64()*400, r.IntN(100)*100, 50+r.Float64()*400, 'A'+r.IntN(20), 'A'+r.IntN(20),
		1700000000000+r.Int64N(1e9), 1700000000000+r.Int64N(1e9))
}

// one decodes a single field. What follows it in the record, little or much, must make no difference.
func one(kind Kind, value string) (any, error) {
	x, err := oneBefore(kind, value, "}")
	for _, rest := range []string{" }", `,"a":1}`, `, "a":"12345678"}`, `,"a":"123456789012345678901234567890"}`} {
		if y, other := oneBefore(kind, value, rest); (other == nil) != (err == nil) || err == nil && y != x && y == y {
			return nil, fmt.Errorf("%v (%v), but %v (%v) before %s", x, err, y, other, rest)
		}
	}
	return x, err
}

func oneBefore(kind Kind, value, rest string) (any, error) {
	d := NewDecoder([]Field{{"x", kind, newTestDict()}})
	bind(d, 1)
	b := []byte(`{"x":` + value + rest)
	if f := d.Decode(b, 0); f != nil {
		return nil, fmt.Errorf("%s: %s", d.Name(f), d.Explain(f, b))
	}
	return read(d, 0, 0), nil
}

func TestValues(t *testing.T) {
	f := func(kind Kind, in string, want any) {
		t.Helper()
		if got, err := one(kind, in); err != nil || got != want {
			t.Errorf("%s of %s = %v (%v), want %v", kind, in, got, err, want)
		}
	}
	f(Bool, "true", true)
	f(Bool, "false", false)
	f(Bool, "null", nil)
	f(Int8, "-128", int8(-128))
	f(Int16, "32767", int16(32767))
	f(Int32, "-2147483648", int32(math.MinInt32))
	f(Int64, "-9223372036854775808", int64(math.MinInt64))
	f(Int64, "9223372036854775807", int64(math.MaxInt64))
	f(Int64, "100.0", int64(100))
	f(Int64, "1.5e3", int64(1500))
	f(Int64, "9007199254740993.0", int64(9007199254740993))
	f(Int64, "0e999999999", int64(0))
	f(Int64, "0", int64(0))
	f(Int64, "12345678", int64(12345678))
	f(Int64, "123456789012345", int64(123456789012345))
	f(Int64, "1234567890123456", int64(1234567890123456))
	f(Float64, "1e-7", 1e-7)
	f(Float64, "0.5", 0.5)
	f(Float64, "1234567.1234567", 1234567.1234567)
	f(Float64, "12345678.5", 12345678.5)
	f(Float64, "1.23456789", 1.23456789)
	f(Float64, "1.5e2", 150.0)
	f(Float64, "123456789012345678901234567890", 123456789012345678901234567890.0)
	f(Float32, "16777217", float32(16777216))
	f(Float32, "0.1", float32(0.1))
	f(String, `"a\u00e9\ud83d\ude00\n\/"`, "aé😀\n/")
	f(String, `"\ud83d"`, "\ufffd")
	f(String, `"\ud83d\u0041"`, "\ufffdA")
	f(String, `"\ud83d\ud83d\ude00"`, "\ufffd😀")
	f(String, "\"a\xffb\"", "a\ufffdb")
	f(String, `""`, "")
	f(String, `"1234567"`, "1234567")
	f(String, `"12345678"`, "12345678")
	f(String, `"aé"`, "aé")
	f(String, `"<script>alert(1)</script>"`, "<script>alert(1)</script>")
}

func TestBadRecords(t *testing.T) {
	f := func(kind Kind, in, want string) {
		t.Helper()
		got, err := one(kind, in)
		if err == nil || err.Error() != want {
			t.Errorf("%s of %s = %v, error %v\nwant error %s", kind, in, got, err, want)
		}
	}
	f(Int8, "128", "x: 128 does not fit int8")
	f(Int64, "9223372036854775808", "x: 9223372036854775808 does not fit int64")
	f(Int64, "1.5", "x: 1.5 does not fit int64")
	f(Int64, "1e19", "x: 1e19 does not fit int64")
	f(Int32, `"7"`, `x: "7" is text; the column is int32`)
	f(Float64, "true", "x: true is a boolean; the column is float64")
	f(Float64, "1e400", "x: 1e400 does not fit float64")
	f(Float32, "1e39", "x: 1e39 does not fit float32")
	f(String, "12", "x: 12 is a number; the column is string")
	f(String, `{"a":[1]}`, `x: {"a":[1]} is an object; the column is string`)
	f(Bool, "1", "x: 1 is a number; the column is bool")
	f(Int64, "01", `x: broken JSON at byte 5, near "01}"`)
	f(Int64, "-", `x: broken JSON at byte 5, near "-}"`)
	f(Int64, "1 2", `x: broken JSON at byte 7, near "2"`)
	f(String, `"a`, `x: broken JSON at byte 5, near "\"a}"`)
	f(String, "\"a\nb\"", `x: broken JSON at byte 5, near "\"a\nb\"}"`)
	f(String, `"\x"`, `x: broken JSON at byte 5, near "\"\\x\"}"`)
	f(Int64, "1},", `: broken JSON at byte 7, near ",}"`)
	f(Instant, `"yesterday"`, `x: "yesterday" is no instant; want ISO 8601 such as 2024-03-05T14:30:00.5Z`)
	f(Instant, `20000000000`, `x: 20000000000 does not fit instant`)

	d := NewDecoder([]Field{{"x", Int64, nil}})
	bind(d, 1)
	whole := func(in, want string) {
		t.Helper()
		fault := d.Decode([]byte(in), 0)
		if fault == nil || d.Explain(fault, []byte(in)) != want {
			t.Errorf("%s: fault %+v, want %s", in, fault, want)
		}
	}
	whole(``, "broken JSON: ends too early, at byte 0")
	whole(`{"x":1`, "broken JSON: ends too early, at byte 6")
	whole(`[1]`, "the value is an array; want an object with the columns as its fields")
	whole(`null`, "the value is null; want an object with the columns as its fields")
	whole(`{"y":`+strings.Repeat("[", 200)+strings.Repeat("]", 200)+`}`, "nested deeper than 128 levels")
}

func TestInstants(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		w, err := time.Parse(time.RFC3339Nano, want)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := one(Instant, in); err != nil || got != w.UnixNano() {
			t.Errorf("%s = %v (%v), want %s = %d", in, got, err, want, w.UnixNano())
		}
	}
	f(`1709649000`, "2024-03-05T14:30:00Z")
	f(`1709649000.25`, "2024-03-05T14:30:00.25Z")
	f(`1709649000123`, "2024-03-05T14:30:00.123Z")
	f(`1709649000123456`, "2024-03-05T14:30:00.123456Z")
	f(`1709649000123456789`, "2024-03-05T14:30:00.123456789Z")
	f(`-1000`, "1969-12-31T23:43:20Z")
	f(`0`, "1970-01-01T00:00:00Z")
	f(`"2024-03-05"`, "2024-03-05T00:00:00Z")
	f(`"2024-03-05T14:30"`, "2024-03-05T14:30:00Z")
	f(`"2024-03-05 14:30:00,5"`, "2024-03-05T14:30:00.5Z")
	f(`"2024-03-05T14:30:00.1234567891+01:30"`, "2024-03-05T13:00:00.123456789Z")
	f(`"2024-03-05T14:30:00-0500"`, "2024-03-05T19:30:00Z")
	f(`"2024-02-29T00:00:00+01"`, "2024-02-28T23:00:00Z")
	for _, bad := range []string{
		`"2023-02-29"`, `"2024-13-01"`, `"2024-00-01"`, `"2024-01-00"`, `"2024-01-01T24:00:00Z"`, `"2024-01-01T"`, `"2024-01-01T10:00:00."`,
		`"2024-01-01T10:00:00+25:00"`, `"2024-01-01T10:00:00Zx"`, `"2024-1-1"`, `""`, `"1500-01-01"`, `"2263-01-01"`,
	} {
		if got, err := one(Instant, bad); err == nil {
			t.Errorf("%s = %v, want an error", bad, got)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		ns := r.Int64() - r.Int64()
		text := time.Unix(0, ns).In(time.FixedZone("", (r.IntN(48)-24)*1800)).Format(time.RFC3339Nano)
		if got, reason := parseInstant([]byte(text)); reason != OK || got != ns {
			t.Fatalf("%s = %d (%d), want %d", text, got, reason, ns)
		}
	}
	for _, edge := range []int64{math.MinInt64, math.MinInt64 + 1, math.MaxInt64} {
		text := time.Unix(0, edge).UTC().Format(time.RFC3339Nano)
		if got, reason := parseInstant([]byte(text)); reason != OK || got != edge {
			t.Errorf("%s = %d (%d), want %d", text, got, reason, edge)
		}
	}
	for _, beyond := range []string{"1677-09-21T00:12:43.145224191Z", "2262-04-11T23:47:16.854775808Z"} {
		if got, reason := parseInstant([]byte(beyond)); reason != NoFit {
			t.Errorf("%s = %d (%d), want no fit", beyond, got, reason)
		}
	}
}

// A bad record between good ones leaves no trace in the row that is decoded again.
func TestRollBack(t *testing.T) {
	d := NewDecoder([]Field{{"a", Int64, nil}, {"b", String, newTestDict()}, {"c", Float64, nil}})
	bind(d, 4)
	row := 0
	for _, in := range []string{`{"a":1,"b":"x","c":1}`, `{"a":2,"b":"y","c":"bad"}`, `{"c":3}`, `{"a":null,"b":"z"`, `{"b":"w","a":4}`} {
		if d.Decode([]byte(in), row) == nil {
			row++
		}
	}
	var got []string
	for i := range row {
		got = append(got, fmt.Sprintln(read(d, 0, i), read(d, 1, i), read(d, 2, i)))
	}
	if want := "1 x 1\n<nil> <nil> 3\n4 w <nil>\n"; strings.Join(got, "") != want {
		t.Errorf("rows %q, want %q", strings.Join(got, ""), want)
	}
}

// Many columns, shuffled order, white space, unknown fields, escaped names, and names that don't stand in JSON as they are.
func TestShapes(t *testing.T) {
	var fields []Field
	for i := range 150 {
		fields = append(fields, Field{fmt.Sprintf("column%d", i), Int64, nil})
	}
	fields = append(fields, Field{`q"uote`, Int64, nil}, Field{"é", Int64, nil}, Field{"", Int64, nil}, Field{"a long name of over sixteen bytes", Int64, nil})
	d := NewDecoder(fields)
	bind(d, 1)
	r := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		bind(d, 1)
		want := make([]any, len(fields))
		var b bytes.Buffer
		b.WriteString(" {\n")
		for n, i := range r.Perm(len(fields)) {
			if n > 0 {
				b.WriteString(" ,\t")
			}
			name, _ := json.Marshal(fields[i].Name)
			if r.IntN(9) == 0 && fields[i].Name != "" {
				name = fmt.Appendf(nil, `"\u%04x%s`, []rune(fields[i].Name)[0], name[1+len(string([]rune(fields[i].Name)[0])):])
			}
			switch v := r.Int64(); r.IntN(4) {
			case 0:
				fmt.Fprintf(&b, `"unknown%d":{"x":[1,{"%s":null}],"y":"\\"}`, n, "column1")
			case 1:
				fmt.Fprintf(&b, `%s : null`, name)
			default:
				fmt.Fprintf(&b, `%s : %d`, name, v)
				want[i] = v
			}
		}
		b.WriteString("}\r\n")
		if f := d.Decode(b.Bytes(), 0); f != nil {
			t.Fatalf("%s\n%s", d.Explain(f, b.Bytes()), b.Bytes())
		}
		for i := range fields {
			if got := read(d, i, 0); got != want[i] {
				t.Fatalf("%q = %v, want %v in\n%s", fields[i].Name, got, want[i], b.Bytes())
			}
		}
	}
}

func TestFloatsAsStrconv(t *testing.T) {
	d := NewDecoder([]Field{{"x", Float64, nil}, {"y", Float32, nil}})
	bind(d, 1)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 200_000 {
		f := [...]float64{math.Float64frombits(r.Uint64()), float64(r.Int64N(1e9)) / 100, r.NormFloat64(), r.Float64() * 1e18}[i%4]
		if math.IsNaN(f) || math.IsInf(f, 0) || math.Abs(f) > math.MaxFloat32 {
			continue
		}
		s := strconv.FormatFloat(f, "efg"[i%3], -1, 64)
		if i%5 == 0 {
			s = strconv.FormatFloat(f, 'e', 20, 64)
		}
		want, _ := strconv.ParseFloat(s, 64)
		want32, _ := strconv.ParseFloat(s, 32)
		if fault := d.Decode([]byte(`{"x":`+s+`,"y":`+s+`,"and some":"more text"}`), 0); fault != nil || d.Cols[0].F64[0] != want || d.Cols[1].F32[0] != float32(want32) {
			t.Fatal(s, fault, d.Cols[0].F64[0], d.Cols[1].F32[0])
		}
	}
}

func TestCacheBounded(t *testing.T) {
	dict := newTestDict()
	c := newCache(dict)
	for round := range 2 {
		for i := range maxCache {
			s := fmt.Sprintf("string %d", i)
			if got := dict.Str(c.code([]byte(s))); got != s {
				t.Fatalf("round %d: code of %q is that of %q", round, s, got)
			}
		}
	}
	if len(c.tab) > maxCache || len(dict.strs) != maxCache {
		t.Errorf("cache of %d slots, %d codes; want at most %d and exactly %d", len(c.tab), len(dict.strs), maxCache, maxCache)
	}
}

func BenchmarkDecodeQuote(b *testing.B) {
	const rows = 4096
	d := NewDecoder(quoteFields())
	bind(d, rows)
	r := rand.New(rand.NewPCG(1, 2))
	var msgs [][]byte
	size := 0
	for range rows {
		msgs = append(msgs, quote(r))
		size += len(msgs[len(msgs)-1])
	}
	b.SetBytes(int64(size / rows))
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if f := d.Decode(msgs[i], i); f != nil {
			b.Fatal(d.Explain(f, msgs[i]))
		}
		i = (i + 1) % rows
	}
}
