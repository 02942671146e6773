package edits

import "testing"

func TestBetween(t *testing.T) {
	f := func(a, b string, bytes, letters int) {
		t.Helper()
		for _, x := range [][2]string{{a, b}, {b, a}} {
			if got := Between([]byte(x[0]), []byte(x[1])); got != bytes {
				t.Errorf("%d bytes from %q to %q, want %d", got, x[0], x[1], bytes)
			}
			if got := Between([]rune(x[0]), []rune(x[1])); got != letters {
				t.Errorf("%d letters from %q to %q, want %d", got, x[0], x[1], letters)
			}
		}
	}
	f("", "", 0, 0)
	f("", "Sym", 3, 3)
	f("Sym", "Sym", 0, 0)
	f("Sym", "Syn", 1, 1)    // replaced
	f("Price", "Prce", 1, 1) // left out
	f("Size", "Szie", 1, 1)  // swapped
	f("BidSize", "AskSize", 3, 3)
	f("AB", "BXA", 3, 3) // what was swapped is not edited again
	f("Größe", "Grosse", 4, 3)
}
