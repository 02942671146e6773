package rowset

import (
	"slices"
	"sort"

	"tickbook/internal/invariants"
)

// Run is the half-open interval of row keys [Lo, Hi).
type Run struct{ Lo, Hi uint64 }

// Keys is a set of row keys inside one update: sorted, disjoint, non-adjacent runs. An append is one run however long it is.
//
// It is built in ascending order and read-only afterwards; its owner reuses the memory in the next cycle. The zero value is empty.
type Keys struct {
	runs   []Run // sorted, disjoint, not adjacent
	n      int   // keys in runs
	shared bool  // runs is another owner's memory: Reset drops it instead of writing to it
}

// Reset empties k and keeps its memory for the next use, unless it was shared.
func (k *Keys) Reset() {
	if k.shared {
		k.runs, k.shared = nil, false
	}
	k.runs, k.n = k.runs[:0], 0
}

// Len is the number of keys.
func (k *Keys) Len() int { return k.n }

// Runs are the intervals, ascending. The caller only reads them.
func (k *Keys) Runs() []Run { return k.runs }

// Add appends a key above all that k has.
func (k *Keys) Add(key uint64) { k.AddRun(key, key+1) }

// AddRun appends [lo, hi), which lies above all that k has.
func (k *Keys) AddRun(lo, hi uint64) {
	if lo >= hi {
		return
	}
	l := len(k.runs) - 1
	if invariants.Enabled {
		if k.shared {
			panic("BUG: keys: a shared list is read-only")
		}
		if l >= 0 && k.runs[l].Hi > lo {
			panic("BUG: keys: added out of order")
		}
	}
	k.n += int(hi - lo)
	if l >= 0 && k.runs[l].Hi == lo {
		k.runs[l].Hi = hi
		return
	}
	k.runs = append(k.runs, Run{lo, hi})
}

// AddAll appends the keys of o, which lie above all that k has.
func (k *Keys) AddAll(o *Keys) {
	for _, r := range o.runs {
		k.AddRun(r.Lo, r.Hi)
	}
}

// Clone is a copy with memory of its own.
func (k *Keys) Clone() Keys { return Keys{runs: slices.Clone(k.runs), n: k.n} }

// Share is k for reading by another owner, in k's memory: valid as long as k isn't changed. Resetting it leaves k alone.
func (k *Keys) Share() Keys { return Keys{runs: k.runs, n: k.n, shared: true} }

// Has says whether key is in k.
func (k *Keys) Has(key uint64) bool {
	i := sort.Search(len(k.runs), func(i int) bool { return k.runs[i].Hi > key })
	return i < len(k.runs) && k.runs[i].Lo <= key
}

// Each calls f with every key, ascending.
func (k *Keys) Each(f func(key uint64)) {
	for _, r := range k.runs {
		for x := r.Lo; x < r.Hi; x++ {
			f(x)
		}
	}
}

// FromList makes k the set of the list's keys, which may come in any order and repeat. It sorts list in place.
func (k *Keys) FromList(list []uint64) {
	k.Reset()
	if !slices.IsSorted(list) {
		slices.Sort(list)
	}
	for i, x := range list {
		if i == 0 || x != list[i-1] {
			k.Add(x)
		}
	}
}

// Union makes k the keys of a or b; k is neither.
func (k *Keys) Union(a, b *Keys) { k.merge(a, b, onlyA|onlyB|both) }

// Minus makes k the keys of a that aren't in b; k is neither.
func (k *Keys) Minus(a, b *Keys) { k.merge(a, b, onlyA) }

// Intersect makes k the keys of both a and b; k is neither.
func (k *Keys) Intersect(a, b *Keys) { k.merge(a, b, both) }

// Which stretches a merge keeps: bit 1 << (in a | in b << 1).
const (
	onlyA = 1 << 1
	onlyB = 1 << 2
	both  = 1 << 3
)

// merge walks two sets in step and keeps the stretches that keep names.
func (k *Keys) merge(a, b *Keys, keep uint8) {
	k.Reset()
	i, j := 0, 0
	pos := uint64(0)
	for i < len(a.runs) || j < len(b.runs) {
		next, in := ^uint64(0), 0
		if i < len(a.runs) {
			if r := a.runs[i]; pos >= r.Lo {
				in, next = 1, r.Hi
			} else {
				next = r.Lo
			}
		}
		if j < len(b.runs) {
			if r := b.runs[j]; pos >= r.Lo {
				in, next = in|2, min(next, r.Hi)
			} else {
				next = min(next, r.Lo)
			}
		}
		if keep>>in&1 != 0 {
			k.AddRun(pos, next)
		}
		pos = next
		if i < len(a.runs) && a.runs[i].Hi == pos {
			i++
		}
		if j < len(b.runs) && b.runs[j].Hi == pos {
			j++
		}
	}
}
