package formula

import (
	"fmt"
	"sync"
	"testing"

	"tickbook/engine/internal/chunk"
)

// grow is the column with more values: what the next state of an append-only table holds. The dictionary is the same.
func grow(t *testing.T, c chunk.Column, vals ...string) chunk.Column {
	t.Helper()
	old := c.(*testVec[uint32])
	v := &testVec[uint32]{head: old.head, vals: append([]uint32(nil), old.vals...), nulls: old.nulls}
	for _, s := range vals {
		v.vals = append(v.vals, v.dict.Code(s))
	}
	return v
}

// TestDictGrows: strings that a dictionary gains after a formula is bound are seen, whether it is bound anew or not.
func TestDictGrows(t *testing.T) {
	for _, text := range []string{"S == `new`", "S != `new`", "S in `new`, `other`", "S < `new`", "S.startsWith(`n`)", "S == U", "S < U"} {
		tab := (&frame{}).with(t, "S", chunk.String, "old").with(t, "U", chunk.String, "new")
		c, err := tab.compile(text)
		if err != nil {
			t.Fatal(err)
		}
		bound, filter := c.Bind(tab.inputs(c)), c.Filter(tab.inputs(c))
		before := read(t, bound, 1, 1, false)
		filter(&chunk.Batch{N: 1}, new(chunk.Scratch), make([]uint32, 1))

		// The same memory shows a row more, as appending does.
		s, u := tab.cols["S"].(*testVec[uint32]), tab.cols["U"].(*testVec[uint32])
		s.vals = append(s.vals, s.dict.Code("new"))
		u.vals = append(u.vals, u.dict.Code("new"))
		tab.n = 2
		want := tab.eval(t, text)
		if got := read(t, bound, 2, 2, false); !sameRows(got, want) || !sameRows(got[:1], before) {
			t.Errorf("%s: bound before: %v, after: %v", text, got, want)
		}
		sel := make([]uint32, 2)
		n := filter(&chunk.Batch{N: 2}, new(chunk.Scratch), sel)
		for i, x := range want {
			if (n > 0 && sel[0] == uint32(i) || n > 1 && sel[1] == uint32(i)) != (x == true) {
				t.Errorf("%s: filter bound before: %v, after: %v", text, sel[:n], want)
			}
		}
	}
}

// TestCodesStay: the codes of a string result are the same from one bind to the next.
func TestCodesStay(t *testing.T) {
	for _, text := range []string{"S.toUpperCase()", "S + `x`", "NL > 2 ? S : Other", "ifNull(S, `none`)", "ifNull(S, Other)", "shout(S)", "formatDate(NT)", "(string)NL", "S"} {
		tab := sample(t)
		c, err := tab.compile(text)
		if err != nil {
			t.Fatal(err)
		}
		first := c.Bind(tab.inputs(c))
		codes := fmt.Sprint(codesOf(first, tab.n))
		tab.cols["S"] = grow(t, tab.cols["S"], "more", "AAPL")
		second := c.Bind(tab.inputs(c))
		if first.Dict() != second.Dict() || first.Dict() == nil {
			t.Errorf("%s: the dictionary changed", text)
		}
		if again := fmt.Sprint(codesOf(second, tab.n)); codes != again {
			t.Errorf("%s: codes %s, then %s", text, codes, again)
		}
	}
}

func codesOf(c chunk.Column, n int) []any {
	x, nulls := c.(chunk.Vec[uint32]).Read(&chunk.Batch{N: n}, new(chunk.Scratch))
	out := make([]any, n)
	for i := range out {
		if !chunk.IsNull(nulls, i) {
			out[i] = x[i]
		}
	}
	return out
}

// TestSharedDict: a string column among constants keeps its dictionary, so that joins on the result need no translation.
func TestSharedDict(t *testing.T) {
	f := func(text string, want bool) {
		t.Helper()
		tab := sample(t)
		c, err := tab.compile(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Bind(tab.inputs(c)).Dict() == tab.cols["S"].Dict(); got != want {
			t.Errorf("%s: shares the dictionary of S: %v, want %v", text, got, want)
		}
	}
	f("S", true)
	f("ifNull(S, `none`)", true)
	f("B ? S : S2", true)
	f("B ? S : Other", false)
	f("B ? `a` : `b`", false)
}

// TestConcurrentReads reads one bound column from several goroutines while its dictionary grows.
func TestConcurrentReads(t *testing.T) {
	tab := sample(t)
	dict := tab.cols["S"].Dict()
	var cols []chunk.Column
	var texts []string
	for _, text := range []string{"S.toUpperCase()", "S == `k7`", "S < Other", "S == Other", "S.length()", "S + NL", "ifNull(S, `none`)", "shout(S)", "lowerBin(T, MINUTE)"} {
		c, err := tab.compile(text)
		if err != nil {
			t.Fatal(err)
		}
		cols, texts = append(cols, c.Bind(tab.inputs(c))), append(texts, text)
	}
	var want [][]any
	for _, c := range cols {
		want = append(want, read(t, c, tab.n, 2, false))
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range 500 {
			dict.Code(fmt.Sprint("k", i))
		}
	})
	for range 3 {
		wg.Go(func() {
			for range 50 {
				for i, c := range cols {
					if got := read(t, c, tab.n, 2, false); !sameRows(got, want[i]) {
						t.Errorf("%s: %v, want %v", texts[i], got, want[i])
					}
				}
			}
		})
	}
	wg.Wait()
}
