package engine

import (
	"fmt"
	"sync/atomic"
	"time"
)

var zone atomic.Pointer[time.Location]

// SetZone sets the zone in which instants are shown and in which formulas read times that name none: "America/New_York", "UTC", "Local".
// It is UTC at first. Formulas compiled before keep the zone they had.
func SetZone(name string) error {
	l, err := time.LoadLocation(name)
	if err != nil {
		return fmt.Errorf("set zone: no zone %q; want a name such as %q", name, "Europe/Berlin")
	}
	zone.Store(l)
	return nil
}

// Zone is the zone in which instants are shown.
func Zone() *time.Location {
	if l := zone.Load(); l != nil {
		return l
	}
	return time.UTC
}
