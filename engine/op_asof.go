package engine

import (
	"slices"

	"tickbook/engine/internal/chunk"
	"tickbook/engine/internal/keymap"
	"tickbook/engine/internal/lane"
	"tickbook/engine/internal/rowset"
)

// AsOfJoin adds to each row the columns of the last row of right at or before its time, among those whose exact keys equal its own. Row keys and
// order are kept; a row without a match gets nulls.
//
// on names the columns to match, the time last: "Sym, Time = BidTime" joins rows of equal Sym, each with the right row of the largest BidTime that
// is at most its Time. "Time >= BidTime" and "BidTime <= Time" say the same; "Time" alone means that both tables call it so. An exact key may be of
// any kind, has the form "Left = Right" when the names differ, and there may be none. The time is an instant, a duration or an integer in both tables.
//
// add names the right columns to add, in one string with commas or in several: "BidTime, BidPrice", or "New = Old" under a name of its own. Without
// add, all right columns but the exact keys are added.
//
// Null keys and null times never match. NaN equals NaN as a key. Of several right rows at one time the one with the largest row key wins, whenever
// it arrived. A right row that comes late, changes or goes changes the rows that it matches or matched.
//
// It panics with a *QueryError on text that isn't of this form, an unknown column, kinds that can't match, or a column that both tables have.
func (t *Table) AsOfJoin(right *Table, on string, add ...string) *Table {
	const op = "as-of join"
	plan := newPlan("asOfJoin", []*Table{t, right}, on, add)
	j := parseAsOf(op, t, right, on, add)
	o := &asOf{timeL: j.timeL, timeR: j.timeR, colsL: j.exactL, colsR: j.exactR, added: j.added, nl: len(t.schema)}
	o.keysL, o.keysR = MaskOf(append(slices.Clone(j.exactL), j.timeL)...), MaskOf(append(slices.Clone(j.exactR), j.timeR)...)
	o.packL, o.packR = j.packers(op, t, right)
	o.readL, o.readR = timeReader(t.schema[j.timeL].Kind), timeReader(right.schema[j.timeR].Kind)
	o.isFixed = right.g == statics
	o.isStatic = o.isFixed && t.g == statics
	o.keys = keymap.New(len(j.exactL))
	o.match = chunk.NewMut[uint64](chunk.Key, nil)
	return derive(o, plan, j.schema, t, right)
}

// asOf implements [Table.AsOfJoin].
//
// State: both sides' rows in lanes by exact key, with keys numbering the keys; match, the right row key by left row key, null for none. Right
// changes come first, then left rows, so that new left rows match at once. A right row that comes or goes at time x changes at most the left rows
// in [x, next right time). One that only changes its values modifies the left rows matched to it. A key whose lanes are both empty is forgotten.
// A right table that never changes needs neither left lanes nor keys of left rows alone: then left lanes are empty. The first step is in op_asof_load.go,
// a right table's changes are in op_asof_right.go.
type asOf struct {
	colsL, colsR []int // exact keys, by position
	timeL, timeR int
	keysL, keysR Mask  // exact keys and time
	added        []int // right columns
	nl           int   // left columns
	packL, packR *keymap.Packer
	readL, readR readTimes
	isFixed      bool // the right table never changes
	isStatic     bool // neither table does: then there is one step, and no lanes

	keys  *keymap.Map
	pairs blocks[pair] // by the key's number
	spots blocks[touched]
	match *chunk.Mut[uint64]
	bound asOfColumns

	// Of one step.
	right      []touch  // keys whose right lane changes
	left       []touch  // keys of which left rows come late or go
	changed    []uint64 // left rows matched anew, or whose right row changed
	old, new   asOfBatch
	a, b, c, d rowset.Keys
}

var _ operator = (*asOf)(nil)

// pair is both lanes of one exact key.
type pair struct{ l, r lane.Lane }

// touched is where a key is in asOf.left and asOf.right, if the entry there names it; near is where the last left row found its match.
type touched struct {
	left, right uint32
	near        lane.Near
}

// touch is what one step does to a lane.
type touch struct {
	key        uint32
	from       lane.Pos     // the end before this step
	late, gone []lane.Entry // rows that don't come in order; that go
}

func (o *asOf) step(t *Table) bool {
	l, r := t.parents[0], t.parents[1]
	o.match.Begin()
	o.changed, o.right, o.left = o.changed[:0], o.right[:0], o.left[:0]
	if t.isFirst() {
		o.load(t)
		t.upd.pass(l.up)
		t.set(l.cur.Rows, o.bind(l, r), l.cur.Order)
		return true
	}
	var cols Mask
	if r.up != nil {
		cols = o.stepRight(t, r.up)
	}
	if l.up != nil {
		t.upd.pass(l.up)
		t.upd.Cols = l.up.Cols
		if o.stepLeft(t, l.up) {
			cols = o.joined()
			t.upd.Cols |= cols
		}
		if l.up.Removed.Len() > 0 {
			o.match.Free(l.cur.Rows.Floor())
		}
	}
	o.forget()
	o.report(t, l.up, cols)
	if l.up == nil && t.upd.Modified.Len() == 0 {
		t.refresh(o.bind(l, r), l.cur.Order)
		return false
	}
	t.set(l.cur.Rows, o.bind(l, r), l.cur.Order)
	return true
}

// joined is the mask of the added columns.
func (o *asOf) joined() (m Mask) {
	for i := range o.added {
		m |= MaskOf(o.nl + i)
	}
	return m
}

// report puts the changed left rows among t.upd's modified ones.
func (o *asOf) report(t *Table, left *Update, cols Mask) {
	if len(o.changed) == 0 {
		return
	}
	t.upd.Cols |= cols
	o.a.FromList(o.changed)
	if left == nil {
		t.upd.Modified = o.a.Share()
		return
	}
	o.b.Minus(&o.a, &left.Removed)
	o.c.Minus(&o.b, &left.Added)
	o.d.Union(&o.c, &left.Modified)
	t.upd.Modified = o.d.Share()
}

// forget gives up the keys that this step left without rows.
func (o *asOf) forget() {
	const dead = ^uint32(0) // a key can be in both lists
	for _, list := range [][]touch{o.right, o.left} {
		for i := range list {
			g := list[i].key
			p := o.pairs.at(g)
			if p == nil || !p.l.IsEmpty() || !p.r.IsEmpty() || o.spots.at(g).left == dead {
				continue
			}
			*p, o.spots.at(g).left = pair{}, dead
			if o.keys.Remove(g) {
				o.pairs.free(g)
				o.spots.free(g)
			}
		}
	}
}

func isTouched(list []touch, at, g uint32) bool { return int(at) < len(list) && list[at].key == g }

func (o *asOf) touchRight(g uint32) (*pair, *touch) {
	p, at := o.pairs.at(g), &o.spots.at(g).right
	if !isTouched(o.right, *at, g) {
		*at = uint32(len(o.right))
		o.right = addTouch(o.right, g, p.r.End())
	}
	return p, &o.right[*at]
}

func (o *asOf) touchLeft(g uint32) (*pair, *touch) {
	p, at := o.pairs.at(g), &o.spots.at(g).left
	if !isTouched(o.left, *at, g) {
		*at = uint32(len(o.left))
		o.left = addTouch(o.left, g, lane.Pos{})
	}
	return p, &o.left[*at]
}

// addTouch appends to a list whose memory, that of the entries' lists too, is used again and again.
func addTouch(list []touch, g uint32, from lane.Pos) []touch {
	if len(list) < cap(list) {
		list = list[:len(list)+1]
	} else {
		list = append(list, touch{})
	}
	x := &list[len(list)-1]
	x.key, x.from, x.late, x.gone = g, from, x.late[:0], x.gone[:0]
	return list
}

func (o *asOf) stepLeft(t *Table, up *Update) (rematched bool) {
	if !o.isFixed {
		o.scan(t, leftSide, &up.Removed, up.Prev, &o.old, func(b *asOfBatch) {
			for i, g := range b.groups {
				o.goneLeft(g, lane.Entry{Time: b.times[i], Key: b.rows[i]})
			}
		})
	}
	if up.Modified.Len() > 0 && up.Cols&o.keysL != 0 {
		o.scanBoth(t, leftSide, up, func(was, is *asOfBatch, i int) {
			rematched = true
			o.goneLeft(was.groups[i], lane.Entry{Time: was.times[i], Key: was.rows[i]})
			o.enter(is.groups[i], lane.Entry{Time: is.times[i], Key: is.rows[i]})
		})
	}
	o.scan(t, leftSide, &up.Added, up.Now, &o.new, func(b *asOfBatch) {
		for i, g := range b.groups {
			o.enter(g, lane.Entry{Time: b.times[i], Key: b.rows[i]})
		}
	})
	o.settleLeft()
	return rematched
}

// settleLeft takes the noted left rows out of their lanes, and puts them in.
func (o *asOf) settleLeft() {
	for i := range o.left {
		x := &o.left[i]
		p := o.pairs.at(x.key)
		if !p.l.Remove(x.gone) {
			bug("as-of join: a left row to remove is not there")
		}
		p.l.Insert(x.late)
	}
}

// goneLeft notes a left row that goes.
func (o *asOf) goneLeft(g uint32, e lane.Entry) {
	if g != keymap.None && !o.isFixed {
		_, x := o.touchLeft(g)
		x.gone = append(x.gone, e)
	}
}

// enter matches a left row and puts it into its lane.
func (o *asOf) enter(g uint32, e lane.Entry) {
	if g == keymap.None {
		o.match.Set(e.Key, 0, true)
		return
	}
	m, ok := o.pairs.at(g).r.LastUpTo(e.Time, &o.spots.at(g).near)
	o.match.Set(e.Key, m.Key, !ok)
	if !o.isFixed {
		o.keep(g, e)
	}
}

// keep puts a left row into its lane, or notes it if it comes out of order.
func (o *asOf) keep(g uint32, e lane.Entry) {
	p := o.pairs.at(g)
	if p.l.IsAfter(e) && !isTouched(o.left, o.spots.at(g).left, g) {
		p.l.Append(e)
		return
	}
	_, x := o.touchLeft(g)
	x.late = append(x.late, e)
}
