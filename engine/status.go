package engine

import (
	"errors"
	"fmt"
)

// StatusCode says how a table is, from good to bad.
type StatusCode uint8

// The codes, from good to bad.
const (
	StatusOK       StatusCode = iota
	StatusStarting            // a source has not been heard from yet
	StatusDown                // a source can't be reached; it heals when the trouble ends
	StatusFailed              // for ever: the table has its last rows and will get no others
)

func (c StatusCode) String() string {
	switch c {
	case StatusOK:
		return "ok"
	case StatusStarting:
		return "starting"
	case StatusDown:
		return "down"
	case StatusFailed:
		return "failed"
	}
	return fmt.Sprintf("StatusCode(%d)", uint8(c))
}

// Status says how a table is. Trouble from outside (a broker that can't be reached, a bad record) is never a panic: it shows here.
type Status struct {
	Code       StatusCode
	Message    string
	BadRecords int64 // records that could not be made into rows, ever
}

// Status merges the statuses of the sources that the table depends on: the worst code with the first message that goes with it, and all bad
// records. A table that is well may have a message too, as of a topic that was read on from another offset.
func (t *Table) Status() Status {
	var all Status
	t.eachAncestor(func(a *Table) {
		s := a.ownStatus()
		all.BadRecords += s.BadRecords
		if s.Code > all.Code || s.Code == all.Code && all.Message == "" {
			all.Code, all.Message = s.Code, s.Message
		}
	})
	return all
}

func (t *Table) ownStatus() (s Status) {
	if t.source != nil {
		s = t.source.feed.status()
	}
	if f := t.failed.Load(); f != nil {
		s.Code, s.Message = StatusFailed, f.Error()
	}
	return s
}

// Err is nil while the table is well. It is what ended the table, or what keeps its source from delivering rows just now.
func (t *Table) Err() error {
	if f := t.failed.Load(); f != nil {
		return f
	}
	if s := t.Status(); s.Code >= StatusDown {
		return errors.New(s.Message)
	}
	return nil
}

// IsRefreshing says whether the table can still change: it depends on a source that has been neither closed nor ended.
func (t *Table) IsRefreshing() bool {
	if t.failed.Load() != nil {
		return false
	}
	live := false
	t.eachAncestor(func(a *Table) {
		if a.source != nil {
			live = live || a.source.feed.isLive()
		} else if _, ok := a.op.(pulse); ok {
			live = true
		}
	})
	return live
}
