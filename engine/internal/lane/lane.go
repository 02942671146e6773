package lane

import (
	"cmp"
	"math"
	"slices"
)

// Entry is a row of a lane.
type Entry struct {
	Time int64
	Key  uint64 // the row key, less than the largest uint64
}

// Compare orders entries by time, then by row key.
func Compare(a, b Entry) int {
	if a.Time != b.Time {
		return cmp.Compare(a.Time, b.Time)
	}
	return cmp.Compare(a.Key, b.Key)
}

func less(a, b Entry) bool { return a.Time < b.Time || a.Time == b.Time && a.Key < b.Key }

// Lane is a sequence of entries ordered by [Compare]. The zero Lane is empty. One goroutine.
//
// State: blocks of up to blockLen entries, none of them empty. A lane never copies itself as it grows, a late entry moves its block only, and
// the oldest leave for nothing. The first blocks are small, since there may be many lanes. tail is the last block, and last its last entry: the usual
// case, rows that come in order, reads and writes nothing else. What reads blocks calls sync first, what changes them resync at last.
//
// A lane is 64 bytes long: one line of the processor's cache.
type Lane struct {
	blocks [][]Entry
	tail   []Entry // blocks' last element may be an older, shorter version of it; empty when the lane is
	last   Entry
}

// Pos is the place of an entry, or the end. Changes of the lane other than Append make it void.
type Pos struct{ block, at int }

const (
	blockLen   = 512
	firstBlock = 4
)

func (l *Lane) sync() {
	if n := len(l.blocks); n > 0 {
		l.blocks[n-1] = l.tail
	}
}

func (l *Lane) resync() {
	l.tail = nil
	if n := len(l.blocks); n > 0 {
		l.tail = l.blocks[n-1]
		l.last = l.tail[len(l.tail)-1]
	}
}

// block is block i, without a sync. The first entry of a block needs neither.
func (l *Lane) block(i int) []Entry {
	if i == len(l.blocks)-1 {
		return l.tail
	}
	return l.blocks[i]
}

// IsEmpty says whether the lane has no entry.
func (l *Lane) IsEmpty() bool { return len(l.tail) == 0 }

// Len is the number of entries. It counts the blocks.
func (l *Lane) Len() (n int) {
	l.sync()
	for _, b := range l.blocks {
		n += len(b)
	}
	return n
}

// Last is the last entry of a lane that is not empty.
func (l *Lane) Last() Entry { return l.last }

// End is the place where Append puts the next entry. It is a valid Pos before and after: before, AtEnd says so.
func (l *Lane) End() Pos {
	if n := len(l.blocks); n > 0 {
		return Pos{n - 1, len(l.tail)}
	}
	return Pos{}
}

// AtEnd says whether p is behind the last entry.
func (l *Lane) AtEnd(p Pos) bool {
	return p.block >= len(l.blocks) || p.block == len(l.blocks)-1 && p.at >= len(l.tail)
}

// At is the entry at p, which is not the end.
func (l *Lane) At(p Pos) Entry {
	l.sync()
	if b := l.blocks[p.block]; p.at < len(b) {
		return b[p.at]
	}
	return l.blocks[p.block+1][0] // where the end was before an Append began a block
}

// Next is the place after p, which is not the end.
func (l *Lane) Next(p Pos) Pos {
	l.sync()
	if p.at >= len(l.blocks[p.block]) {
		p = Pos{p.block + 1, 0}
	}
	p.at++
	if p.at == len(l.blocks[p.block]) && p.block+1 < len(l.blocks) {
		p = Pos{p.block + 1, 0}
	}
	return p
}

// Before is the entry before p; ok is false at the start.
func (l *Lane) Before(p Pos) (e Entry, ok bool) {
	l.sync()
	if p.at > 0 {
		return l.blocks[p.block][p.at-1], true
	}
	if p.block == 0 {
		return e, false
	}
	b := l.blocks[p.block-1]
	return b[len(b)-1], true
}

// IsAfter says whether e comes after every entry.
func (l *Lane) IsAfter(e Entry) bool { return len(l.tail) == 0 || less(l.last, e) }

// Append puts e, which comes after every entry, at the end.
func (l *Lane) Append(e Entry) {
	l.last = e
	if n := len(l.tail); n < min(cap(l.tail), blockLen) {
		l.tail = append(l.tail, e)
		return
	}
	l.sync()
	size := min(max(2*len(l.tail), firstBlock), blockLen)
	l.tail = append(make([]Entry, 0, size), e)
	l.blocks = append(l.blocks, l.tail)
}

// Upper is the place of the first entry with a time greater than t. It looks from the end on: fresh rows match near it.
func (l *Lane) Upper(t int64) Pos { return l.Lower(Entry{t, math.MaxUint64}) }

// Lower is the place of the first entry that is not before e. It looks from the end on.
func (l *Lane) Lower(e Entry) Pos {
	if len(l.tail) == 0 || less(l.last, e) {
		return l.End()
	}
	i := l.blockOf(e, len(l.blocks)-1)
	if i < 0 {
		return Pos{}
	}
	return l.tidy(Pos{i, lowerIn(l.block(i), e)})
}

// Near is where a search of a lane begins: what the last one found. It is a guess, right for any lane in any state, and fast when searches go forward
// in small steps. The zero Near begins at the start.
type Near struct{ block, at uint32 }

// nearSteps is how many entries a search tries from a Near on, before it leaps.
const nearSteps = 16

// LastUpTo is the last entry with a time of at most t. It looks from n on, and leaves there what it found.
func (l *Lane) LastUpTo(t int64, n *Near) (Entry, bool) {
	if len(l.tail) == 0 {
		return Entry{}, false
	}
	if l.last.Time <= t {
		return l.last, true
	}
	i := min(int(n.block), len(l.blocks)-1)
	if b := l.block(i); int(n.at) < len(b) && b[n.at].Time <= t {
		after := b[n.at+1:]
		for j := range after[:min(len(after), nearSteps)] {
			if after[j].Time > t {
				n.block, n.at = uint32(i), n.at+uint32(j)
				return b[n.at], true
			}
		}
	}
	e := Entry{t, math.MaxUint64}
	if i = l.blockOf(e, i); i < 0 {
		return Entry{}, false
	}
	b := l.block(i)
	at := lowerIn(b, e) - 1 // b begins with an entry before e
	n.block, n.at = uint32(i), uint32(at)
	return b[at], true
}

// lowerIn is the index of a block's first entry that is not before e.
func lowerIn(b []Entry, e Entry) int {
	lo, hi := 0, len(b)
	for lo < hi {
		if m := int(uint(lo+hi) / 2); less(b[m], e) {
			lo = m + 1
		} else {
			hi = m
		}
	}
	return lo
}

// blockOf is the last block that begins with an entry before e, -1 if none does. It leaps from block i on, farther each time.
func (l *Lane) blockOf(e Entry, i int) int {
	bs := l.blocks
	lo, hi := i, i+1 // in the end blocks up to lo are before e, those from hi on are not
	if less(bs[i][0], e) {
		for step := 1; hi < len(bs) && less(bs[hi][0], e); step *= 2 {
			lo, hi = hi, min(hi+step, len(bs))
		}
	} else {
		lo, hi = i-1, i
		for step := 1; lo >= 0 && !less(bs[lo][0], e); step *= 2 {
			lo, hi = max(lo-step, -1), lo
		}
	}
	for lo+1 < hi {
		if m := int(uint(lo+hi) / 2); less(bs[m][0], e) {
			lo = m
		} else {
			hi = m
		}
	}
	return lo
}

// tidy makes the end of a block that has a successor the start of that.
func (l *Lane) tidy(p Pos) Pos {
	if p.at == len(l.blocks[p.block]) && p.block+1 < len(l.blocks) {
		return Pos{p.block + 1, 0}
	}
	return p
}

// Insert puts entries, which it sorts, where they belong.
func (l *Lane) Insert(es []Entry) {
	slices.SortFunc(es, Compare)
	if len(es) >= blockLen/8 && !l.IsAfter(es[0]) && len(es) > l.Len()/8 {
		l.merge(es)
		return
	}
	for _, e := range es {
		if l.IsAfter(e) {
			l.Append(e)
			continue
		}
		p := l.Lower(e)
		l.sync()
		if p.at == 0 && p.block > 0 && len(l.blocks[p.block-1]) < len(l.blocks[p.block]) {
			p = Pos{p.block - 1, len(l.blocks[p.block-1])}
		}
		b := l.blocks[p.block]
		if len(b) == blockLen {
			right := append(make([]Entry, 0, blockLen), b[blockLen/2:]...)
			l.blocks[p.block] = b[:blockLen/2]
			l.blocks = slices.Insert(l.blocks, p.block+1, right)
			if p.at > blockLen/2 {
				p = Pos{p.block + 1, p.at - blockLen/2}
			}
		}
		l.blocks[p.block] = slices.Insert(l.blocks[p.block], p.at, e)
		l.resync()
	}
}

// merge makes all blocks anew, with sorted entries put in: for a flood of late ones.
func (l *Lane) merge(es []Entry) {
	l.sync()
	var to Lane
	for _, b := range l.blocks {
		for _, e := range b {
			for len(es) > 0 && less(es[0], e) {
				to.Append(es[0])
				es = es[1:]
			}
			to.Append(e)
		}
	}
	for _, e := range es {
		to.Append(e)
	}
	*l = to
}

// Remove takes entries, which it sorts, out. It returns false, having removed the others, if one of them isn't there.
func (l *Lane) Remove(es []Entry) bool {
	slices.SortFunc(es, Compare)
	all := true
	for i := 0; i < len(es); {
		p := l.Lower(es[i])
		l.sync()
		if l.AtEnd(p) || l.At(p) != es[i] {
			all = false
			i++
			continue
		}
		b := l.blocks[p.block]
		run := 1 // entries that go one after the other
		for i+run < len(es) && p.at+run < len(b) && b[p.at+run] == es[i+run] {
			run++
		}
		if p.at == 0 {
			l.blocks[p.block] = b[run:]
		} else {
			l.blocks[p.block] = slices.Delete(b, p.at, p.at+run)
		}
		i += run
		l.join(p.block)
		l.resync()
	}
	return all
}

// join drops block i if it is empty, and joins it with a neighbour when they fill one block by half.
func (l *Lane) join(i int) {
	switch n := len(l.blocks[i]); {
	case n == 0 && i == 0:
		l.blocks[0] = nil
		l.blocks = l.blocks[1:]
		if len(l.blocks) == 0 {
			l.blocks = nil
		}
	case n == 0:
		l.blocks = slices.Delete(l.blocks, i, i+1)
	case n >= blockLen/4:
	case i+1 < len(l.blocks) && n+len(l.blocks[i+1]) <= blockLen/2:
		l.blocks[i] = append(l.blocks[i], l.blocks[i+1]...)
		l.blocks = slices.Delete(l.blocks, i+1, i+2)
	case i > 0 && n+len(l.blocks[i-1]) <= blockLen/2:
		l.blocks[i-1] = append(l.blocks[i-1], l.blocks[i]...)
		l.blocks = slices.Delete(l.blocks, i, i+1)
	}
}
