package figure

import (
	"math"
	"sync"
	"time"
	"weak"

	"tickbook/engine"
)

// keptLease is how long a figure that nobody draws keeps the sums of its series.
const keptLease = 30 * time.Second

// kept is what a figure keeps of its series from one picture to the next, so that only rows that are new or changed are read again.
type kept struct {
	mu     sync.Mutex
	follow *engine.Follower // nil while nothing is kept
	sums   []*blocks        // a series each
	based  bool             // base is chosen:
	base   int64            // what instants count from
	lease  *time.Timer
}

// read calls draw with a frame that is to be filled, the series' rows as of one cycle, and their sums.
func (f *Figure) read(draw func(fr *frame, data []rows, sums []*blocks)) *frame {
	fr, all := f.open()
	k := &f.kept
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.follow == nil || len(k.sums) != len(all) {
		k.begin(all)
	}
	snaps, same := k.follow.Take()
	data := make([]rows, len(all))
	for i, s := range all {
		data[i] = tableRows{snaps[i], s}
	}
	k.update(fr, data, same)
	if k.lease == nil {
		// A timer may live longer than all else, so it holds nothing.
		w := weak.Make(k)
		k.lease = time.AfterFunc(keptLease, func() {
			if k := w.Value(); k != nil {
				k.drop()
			}
		})
	}
	k.lease.Reset(keptLease)
	draw(fr, data, k.sums)
	return fr
}

// begin follows the tables of all series anew. k.mu is held.
func (k *kept) begin(all []series) {
	k.end()
	tables, columns := make([]*engine.Table, len(all)), make([][]string, len(all))
	for i, s := range all {
		tables[i], columns[i] = s.table, []string{s.x, s.y}
		k.sums = append(k.sums, &blocks{})
	}
	k.follow = engine.Follow(tables, columns...)
}

// update brings the sums up to date, with instants that count from a base near them. k.mu is held.
func (k *kept) update(fr *frame, data []rows, same []int) {
	if !fr.timed {
		k.sum(data, same)
		return
	}
	if !k.based {
		k.base, k.based = origin(data)
	}
	k.sum(data, same)
	// Float64 tells each nanosecond from the next up to 2⁵³ of them, 104 days, from the base.
	if base, ok := origin(data); ok && base != k.base && k.far() {
		k.base = base
		for _, b := range k.sums {
			*b = blocks{}
		}
		k.sum(data, same)
	}
	fr.base = k.base
}

func (k *kept) sum(data []rows, same []int) {
	for i, r := range data {
		k.sums[i].update(r, k.base, same[i])
	}
}

// far says whether points are further from the base than half of what is exact.
func (k *kept) far() bool {
	const most = 1 << 52
	all := emptyBox()
	for _, b := range k.sums {
		if box, _, _, _ := b.sum(); !box.isEmpty() {
			all.join(box)
		}
	}
	return !all.isEmpty() && (math.Abs(all.x0) > most || math.Abs(all.x1) > most)
}

// origin is an instant of the first series that has one.
func origin(data []rows) (int64, bool) {
	for _, r := range data {
		if ns, ok := r.origin(); ok {
			return ns, true
		}
	}
	return 0, false
}

// drop forgets all.
func (k *kept) drop() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.end()
}

// end is drop. k.mu is held.
func (k *kept) end() {
	if k.follow != nil {
		k.follow.Stop()
	}
	if k.lease != nil {
		k.lease.Stop()
	}
	k.follow, k.sums, k.based, k.base = nil, nil, false, 0
}
