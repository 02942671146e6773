package jscan

import (
	"encoding/json"
	"math/rand/v2"
	"testing"
)

// FuzzDecode compares with encoding/json: what is accepted is a valid object and has the same values; what is refused as broken is broken there
// too; and a value that encoding/json takes into the column's type is taken here.
func FuzzDecode(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		f.Add(quote(r))
	}
	f.Add([]byte(`{"Sym":"a\u00e9\ud83d\ude00\n","AskSize":-0,"AskPrice":1e-7,"x":[1,2,{"y":null}],"BidTime":9223372036854775807}`))
	f.Add([]byte("{\"Sym\":\"\xff\\ud800\",\"Sym\":null, \"F\":0.1,\"B\":true, \"I\":-128}"))
	f.Add([]byte(`{"Sym":1,"Sym":"b","AskSize":1.0,"AskPrice":1E400,"":{}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		fields := append(quoteFields(), Field{"F", Float32, nil}, Field{"B", Bool, nil}, Field{"I", Int8, nil}, Field{"T", Instant, newTestDict()})
		d := NewDecoder(fields)
		bind(d, 1)
		fault := d.Decode(b, 0)
		if fault != nil {
			_ = d.Explain(fault, b)
		}
		var m map[string]json.RawMessage
		isObject := json.Unmarshal(b, &m) == nil && m != nil
		if !isObject {
			if fault == nil {
				t.Fatalf("accepted %q, which is no object", b)
			}
			return
		}
		if fault != nil {
			if fault.Reason == Syntax {
				t.Fatalf("refused %q as broken: %s", b, d.Explain(fault, b))
			}
			return // the last of several fields with a name may be right where an earlier one was not: see below for single ones
		}
		for i, field := range fields {
			if raw, ok := m[field.Name]; ok {
				compare(t, d, i, raw)
			} else if got := read(d, i, 0); got != nil {
				t.Fatalf("%s = %v, not in %q", field.Name, got, b)
			}
		}
	})
}

func compare(t *testing.T, d *Decoder, i int, raw json.RawMessage) {
	got := read(d, i, 0)
	check := func(want any, err error) {
		if string(raw) == "null" {
			want, err = nil, nil
		}
		if err == nil && got != want {
			t.Fatalf("%s: %q gives %v, want %v", d.fields[i].Name, raw, got, want)
		}
	}
	switch d.fields[i].Kind {
	case Bool:
		check(into[bool](raw))
	case Int8:
		check(into[int8](raw))
	case Int32:
		check(into[int32](raw))
	case Int64:
		check(into[int64](raw))
	case Float32:
		check(into[float32](raw))
	case Float64:
		check(into[float64](raw))
	case String:
		check(into[string](raw))
	}
}

func into[T any](raw json.RawMessage) (any, error) {
	var v T
	err := json.Unmarshal(raw, &v)
	return v, err
}

// FuzzField puts any value into a column of each kind and demands that it is taken exactly when encoding/json takes it, but for numbers written
// with a fraction or exponent that are whole.
func FuzzField(f *testing.F) {
	for _, s := range []string{"1", "-128", "1e3", `"x"`, "true", "null", "[]", "1.5", `"\u12aé"`, "9223372036854775808", "1e39", "-0"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		field := func(kind Kind, want any, err error) {
			got, gotErr := one(kind, string(b))
			if err == nil && (gotErr != nil || got != want) && string(b) != "null" {
				t.Fatalf("%s: %q gives %v (%v), want %v", kind, b, got, gotErr, want)
			}
			if err != nil && gotErr == nil && kind != Int8 && kind != Int64 {
				t.Fatalf("%s: %q gives %v, want %v", kind, b, got, err)
			}
		}
		if !json.Valid(b) {
			return
		}
		v8, err := into[int8](b)
		field(Int8, v8, err)
		v64, err := into[int64](b)
		field(Int64, v64, err)
		f32, err := into[float32](b)
		field(Float32, f32, err)
		f64, err := into[float64](b)
		field(Float64, f64, err)
		s, err := into[string](b)
		field(String, s, err)
		is, err := into[bool](b)
		field(Bool, is, err)
	})
}
