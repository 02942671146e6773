package order

import (
	"math/rand/v2"
	"slices"
	"sort"
	"testing"
)

// TestTree compares with a sorted slice, in several widths and patterns; a tree held meanwhile does not change.
func TestTree(t *testing.T) {
	for _, width := range []int{1, 2, 3, 5} {
		for seed := range uint64(4) {
			r := rand.New(rand.NewPCG(seed, uint64(width)))
			w := NewWriter(width)
			var ref, held [][]uint64
			var heldTree Tree
			for cycle := range 70 {
				w.Begin()
				for range 250 {
					e := make([]uint64, width)
					for i := range e {
						e[i] = r.Uint64N(4)
					}
					e[0] = []uint64{r.Uint64N(8), uint64(cycle * 10), uint64(9000 - cycle*10), r.Uint64N(1 << 60)}[seed%4]
					e[width-1] += r.Uint64N(3000)
					at := sort.Search(len(ref), func(i int) bool { return compare(ref[i], e) >= 0 })
					there := at < len(ref) && compare(ref[at], e) == 0
					switch {
					case there || cycle > 45 && len(ref) > 0:
						at = min(at, len(ref)-1)
						if !w.Remove(ref[at]) || w.Remove(ref[at]) {
							t.Fatal("removing an entry and once more: want true, false")
						}
						ref = slices.Delete(ref, at, at+1)
					default:
						w.Insert(e)
						ref = slices.Insert(ref, at, e)
					}
				}
				tree := w.Tree()
				checkTree(t, &tree, ref)
				checkTree(t, &heldTree, held)
				if cycle%7 == 0 {
					heldTree, held = tree, slices.Clone(ref)
				}
				if cycle == 30 {
					var flat []uint64
					for _, e := range ref {
						flat = append(flat, e...)
					}
					w.Build(flat)
				}
			}
			w.Begin()
			for _, e := range ref {
				w.Remove(e)
			}
			if w.tree.root != nil {
				t.Fatal("nodes left in an empty tree")
			}
		}
	}
}

func checkTree(t *testing.T, tree *Tree, want [][]uint64) {
	t.Helper()
	if tree.Len() != len(want) {
		t.Fatalf("%d entries, want %d", tree.Len(), len(want))
	}
	n := 0
	tree.Each(0, func(e []uint64) bool {
		if compare(e, want[n]) != 0 {
			t.Fatalf("entry %d is %v, want %v", n, e, want[n])
		}
		n++
		return true
	})
	for i := 0; i < len(want); i += 1 + len(want)/300 {
		if compare(tree.At(i), want[i]) != 0 || tree.Rank(want[i]) != i {
			t.Fatalf("At(%d) = %v, Rank %d, want %v", i, tree.At(i), tree.Rank(want[i]), want[i])
		}
	}
	if tree.root != nil {
		checkNode(t, tree.root, tree.width, true)
	}
}

func checkNode(t *testing.T, nd *node, w int, root bool) (depth int) {
	t.Helper()
	size, limit := nd.size()
	if size == 0 || size > limit {
		t.Fatalf("a node of %d, limit %d", size, limit)
	}
	if nd.kids == nil {
		if nd.n*w != len(nd.words) {
			t.Fatal("a leaf counts wrong")
		}
		return 0
	}
	n := 0
	for i, k := range nd.kids {
		n += k.n
		if compare(k.last(w), nd.words[i*w:i*w+w]) != 0 {
			t.Fatal("an inner node has a wrong last entry")
		}
		d := checkNode(t, k, w, false)
		if i > 0 && d != depth {
			t.Fatal("leaves of different depth")
		}
		depth = d
	}
	if n != nd.n {
		t.Fatal("an inner node counts wrong")
	}
	return depth + 1
}

// TestJoin: a tree that loses most of its entries loses most of its nodes.
func TestJoin(t *testing.T) {
	w := NewWriter(2)
	for i := range uint64(20000) {
		w.Insert([]uint64{i, i})
	}
	w.Begin()
	for i := range uint64(20000) {
		if i%50 != 0 {
			w.Remove([]uint64{i, i})
		}
	}
	var count func(nd *node) int
	count = func(nd *node) int {
		n := 1
		for _, k := range nd.kids {
			n += count(k)
		}
		return n
	}
	if n := count(w.tree.root); n > 20 {
		t.Errorf("%d nodes for 400 entries", n)
	}
}

func BenchmarkInsert(b *testing.B) {
	for _, pattern := range []string{"rising", "random"} {
		b.Run(pattern, func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 1))
			es := make([]uint64, 0, 2_000_000)
			for i := range uint64(1_000_000) {
				es = append(es, i<<20, i)
			}
			w := NewWriter(2)
			w.Build(es)
			var pub Tree
			for i := range b.N {
				if i%1000 == 0 {
					w.Begin()
				}
				k := uint64(1_000_000 + i)
				v := k << 20
				if pattern == "random" {
					v = r.Uint64N(1 << 40)
				}
				w.Insert([]uint64{v, k})
				pub = w.Tree()
			}
			_ = pub
		})
	}
}
