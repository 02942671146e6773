package order

import (
	"slices"
	"sort"

	"tickbook/engine/internal/chunk"
)

// Labels gives the codes of a dictionary numbers that are in the order of their strings. One goroutine; views may be read by any.
//
// State: by, the label by code, 0 for a code that was never needed; blocks, the labelled codes in the order of their strings. Labels keep gaps,
// so that a new string finds a number between its neighbours'; when a gap is used up, which is seldom, all labels are given anew in a new by.
type Labels struct {
	dict   *chunk.Dict
	by     []uint64   // published: only slots that are 0 are written
	blocks [][]uint32 // none empty
	n      int
	fresh  []uint32
	last   uint32 // the code labelled last
}

const (
	labelBlock = 512
	labelStep  = 1 << 32 // beyond the last label, and before the first
	labelMid   = 1 << 62
	pending    = ^uint64(0) // in by: among fresh, no label yet
)

// NewLabels returns labels for a dictionary's codes.
func NewLabels(d *chunk.Dict) *Labels { return &Labels{dict: d} }

// Dict is the dictionary.
func (l *Labels) Dict() *chunk.Dict { return l.dict }

// View is the labels by code. Labels given later may appear in it, those that are there don't change.
func (l *Labels) View() []uint64 { return l.by }

// Need asks for labels for the codes that are not null; Assign gives them.
func (l *Labels) Need(codes []uint32, nulls []uint64) {
	for i, c := range codes {
		if chunk.IsNull(nulls, i) {
			continue
		}
		if int(c) >= len(l.by) {
			l.by = append(l.by, make([]uint64, max(l.dict.Len(), int(c)+1)-len(l.by))...)
		}
		if l.by[c] == 0 {
			l.by[c] = pending
			l.fresh = append(l.fresh, c)
		}
	}
}

// Assign labels what was needed. It returns true if all labels changed: then entries made with older ones are void.
func (l *Labels) Assign() (anew bool) {
	if len(l.fresh) == 0 {
		return false
	}
	slices.SortFunc(l.fresh, func(a, b uint32) int {
		if l.dict.Str(a) < l.dict.Str(b) {
			return -1
		}
		return 1
	})
	full := false
	for i := 0; i < len(l.fresh); {
		bi, at := l.place(l.dict.Str(l.fresh[i]))
		lo, hi, before, after := l.gap(bi, at)
		run := 1 // as many go into this gap
		for i+run < len(l.fresh) && (hi == 0 || l.dict.Str(l.fresh[i+run]) < l.dict.Str(after)) {
			run++
		}
		if !full {
			full = !l.number(l.fresh[i:i+run], lo, hi, before, after)
		}
		l.insert(bi, at, l.fresh[i:i+run])
		i += run
	}
	l.fresh = l.fresh[:0]
	if full {
		l.relabel()
	}
	return full
}

// place is where x belongs among the labelled codes.
func (l *Labels) place(x string) (block, at int) {
	block = sort.Search(len(l.blocks), func(i int) bool { return l.dict.Str(l.blocks[i][0]) > x }) - 1
	if block < 0 {
		return 0, 0
	}
	b := l.blocks[block]
	return block, sort.Search(len(b), func(i int) bool { return l.dict.Str(b[i]) > x })
}

// gap is the labels on both sides of a place, 0 where there is none, and their codes.
func (l *Labels) gap(block, at int) (lo, hi uint64, before, after uint32) {
	if l.n == 0 {
		return
	}
	b := l.blocks[block]
	if at > 0 {
		before = b[at-1]
		lo = l.by[before]
	} else if block > 0 {
		p := l.blocks[block-1]
		before = p[len(p)-1]
		lo = l.by[before]
	}
	if at == len(b) && block+1 < len(l.blocks) {
		b, at = l.blocks[block+1], 0
	}
	if at < len(b) {
		after = b[at]
		hi = l.by[after]
	}
	return
}

// number labels codes that lie between lo and hi. It returns false if there is no room.
func (l *Labels) number(codes []uint32, lo, hi uint64, before, after uint32) bool {
	k := uint64(len(codes))
	var first, step uint64
	switch {
	case lo == 0 && hi == 0:
		first, step = labelMid, min(labelStep, labelMid/k)
	case hi == 0:
		step = min(labelStep, (pending-lo)/(k+1))
		first = lo + step
	case lo == 0:
		step = min(labelStep, hi/(k+1))
		first = hi - k*step
	default:
		step = (hi - lo) / (k + 1)
		first = lo + step
		if narrow := (hi - lo) / 64 / k; narrow > 0 && before == l.last { // rising strings: leave the room to those to come
			first, step = lo+narrow, narrow
		} else if narrow > 0 && after == l.last {
			first, step = hi-k*narrow, narrow
		}
	}
	if step == 0 {
		return false
	}
	for i, c := range codes {
		l.by[c] = first + uint64(i)*step
		l.last = c
	}
	return true
}

func (l *Labels) insert(bi, at int, codes []uint32) {
	l.n += len(codes)
	if len(l.blocks) == 0 {
		l.blocks = [][]uint32{nil}
	}
	b := slices.Insert(l.blocks[bi], at, codes...)
	l.blocks[bi] = b
	if len(b) <= labelBlock {
		return
	}
	var parts [][]uint32
	for len(b) > 0 {
		m := min(labelBlock/2, len(b))
		parts = append(parts, slices.Clone(b[:m]))
		b = b[m:]
	}
	l.blocks = slices.Replace(l.blocks, bi, bi+1, parts...)
}

// relabel spreads all labels evenly, with as much room at the end as below.
func (l *Labels) relabel() {
	l.by = make([]uint64, len(l.by))
	step := uint64(1<<63) / uint64(l.n+1)
	x := step
	for _, b := range l.blocks {
		for _, c := range b {
			l.by[c] = x
			x += step
		}
	}
}
