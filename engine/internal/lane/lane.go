package lane

import (
	"cmp"
	"slices"
	"sort"
)

// Entry is a row of a lane.
type Entry struct {
	Time int64
	Key  uint64 // the row key
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
// the oldest leave for nothing. The first block is small, since there may be many lanes. tail is the last block, and last its last entry: the usual
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
	if n := len(l.tail); n > 0 && n < blockLen {
		l.tail = append(l.tail, e)
		return
	}
	l.sync()
	size := blockLen
	if len(l.blocks) == 0 {
		size = firstBlock
	}
	l.tail = append(make([]Entry, 0, size), e)
	l.blocks = append(l.blocks, l.tail)
}

// Upper is the place of the first entry with a time greater than t. It looks from the end on: fresh rows match near it.
func (l *Lane) Upper(t int64) Pos {
	if len(l.tail) == 0 || l.last.Time <= t {
		return l.End()
	}
	l.sync()
	i := l.gallop(func(b []Entry) bool { return b[0].Time > t })
	if i < 0 {
		return Pos{}
	}
	b := l.blocks[i]
	at := sort.Search(len(b), func(j int) bool { return b[j].Time > t })
	return l.tidy(Pos{i, at})
}

// LastUpTo is the last entry with a time of at most t.
func (l *Lane) LastUpTo(t int64) (Entry, bool) {
	if len(l.tail) == 0 {
		return Entry{}, false
	}
	if l.last.Time <= t {
		return l.last, true
	}
	return l.Before(l.Upper(t))
}

// Lower is the place of the first entry that is not before e.
func (l *Lane) Lower(e Entry) Pos {
	if len(l.tail) == 0 || less(l.last, e) {
		return l.End()
	}
	l.sync()
	i := l.gallop(func(b []Entry) bool { return !less(b[0], e) })
	if i < 0 {
		return Pos{}
	}
	b := l.blocks[i]
	at := sort.Search(len(b), func(j int) bool { return !less(b[j], e) })
	return l.tidy(Pos{i, at})
}

// gallop is the last block that is not beyond, -1 if all are.
func (l *Lane) gallop(beyond func(b []Entry) bool) int {
	hi, step := len(l.blocks), 1 // blocks from hi on are beyond
	for hi-step >= 0 && beyond(l.blocks[hi-step]) {
		hi -= step
		step *= 2
	}
	lo := max(hi-step, -1) // lo is not beyond
	for lo+1 < hi {
		m := (lo + hi) / 2
		if beyond(l.blocks[m]) {
			hi = m
		} else {
			lo = m
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
