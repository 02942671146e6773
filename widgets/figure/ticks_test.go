package figure

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/cockroachdb/datadriven"
	"pgregory.net/rapid"
)

// TestTicks marks the axes of testdata/ticks: "time" from one instant to another in a zone, "number" from one number to another.
func TestTicks(t *testing.T) {
	datadriven.RunTest(t, "testdata/ticks", func(t *testing.T, d *datadriven.TestData) string {
		var ticks []tick
		switch d.Cmd {
		case "time":
			zone := time.UTC
			var name string
			if d.MaybeScanArgs(t, "zone", &name) {
				var err error
				if zone, err = time.LoadLocation(name); err != nil {
					t.Fatal(err)
				}
			}
			fields := strings.Fields(d.Input)
			from, to := parseInstant(t, fields[0], zone), parseInstant(t, fields[1], zone)
			ticks = timeTicks(0, float64(to-from), from, zone, 8)
		case "number":
			var lo, hi float64
			if _, err := fmt.Sscan(d.Input, &lo, &hi); err != nil {
				t.Fatal(err)
			}
			ticks = numberTicks(lo, hi, 6)
		}
		var b strings.Builder
		for _, k := range ticks {
			b.WriteString(strings.ReplaceAll(k.label, "\n", "  ← ") + "\n")
		}
		return b.String()
	})
}

func parseInstant(t *testing.T, s string, zone *time.Location) int64 {
	at, err := time.ParseInLocation("2006-01-02T15:04:05.999999999", s, zone)
	if err != nil {
		t.Fatal(err)
	}
	return at.UnixNano()
}

// TestTicksOfAnyRange demands of every range a few marks that rise, lie within, and read differently.
func TestTicksOfAnyRange(t *testing.T) {
	zones := []*time.Location{time.UTC}
	for _, name := range []string{"America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		zones = append(zones, zone)
	}
	rapid.Check(t, func(t *rapid.T) {
		var lo, hi float64
		var ticks []tick
		if rapid.Bool().Draw(t, "time") {
			base := rapid.Int64Range(-9e18, 9e18).Draw(t, "base")
			hi = math.Pow(10, rapid.Float64Range(1, 18).Draw(t, "span"))
			ticks = timeTicks(0, hi, base, rapid.SampledFrom(zones).Draw(t, "zone"), 8)
		} else {
			lo = rapid.Float64().Draw(t, "lo")
			hi = rapid.Float64().Draw(t, "hi")
			if lo > hi {
				lo, hi = hi, lo
			}
			lo, hi = widen(lo, hi)
			ticks = numberTicks(lo, hi, 6)
		}
		if len(ticks) > 20 || len(ticks) == 0 && hi-lo <= math.MaxFloat64 && lo < hi {
			t.Fatalf("%d marks in %v to %v", len(ticks), lo, hi)
		}
		for i, k := range ticks {
			if slack := (hi - lo) * 1e-9; k.at < lo-slack || k.at > hi+slack {
				t.Fatalf("mark %q at %v is not in %v to %v", k.label, k.at, lo, hi)
			}
			if i > 0 && (k.at <= ticks[i-1].at || k.label == ticks[i-1].label) {
				t.Fatalf("mark %q at %v follows %q at %v", k.label, k.at, ticks[i-1].label, ticks[i-1].at)
			}
		}
	})
}

func TestNumber(t *testing.T) {
	f := func(v float64, want string) {
		t.Helper()
		if got := number(v); got != want {
			t.Errorf("number(%v) = %q, want %q", v, got, want)
		}
	}
	f(0, "0")
	f(math.Copysign(0, -1), "0")
	f(187.25, "187.25")
	f(0.1+0.2, "0.3")
	f(1234567, "1,234,567")
	f(9999, "9999")
	f(-12345.678, "-12,345.68")
	f(1e15, "1e+15")
	f(0.000012345, "1.2345e-05")
	f(math.MaxFloat64, "1.79769e+308")
}
