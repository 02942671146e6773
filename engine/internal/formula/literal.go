package formula

import (
	"math"
	"regexp"
	"strings"
	"time"

	"tickbook/engine/internal/chunk"
)

// quoted is '…': an instant or a duration.
func (k *checker) quoted(a *ast) *node {
	if d, ok := parseDuration(a.text); ok {
		return constNode(durationValue(d))
	}
	if ns, ok := parseInstant(a.text, k.env.Zone); ok {
		return constNode(value{kind: chunk.Instant, i: ns})
	}
	k.suggest(a, quote(a.text), "'%s' is not an instant, as '2026-01-23T15:21:48 ET', nor a duration, as 'PT5M'; strings are in backticks", a.text)
	panic("unreachable")
}

// isoDuration is the part of ISO 8601 whose units have a fixed length: [-]P[nW][nD][T[nH][nM][n.nS]].
var isoDuration = regexp.MustCompile(`^(-?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{1,9})?)S)?)?$`)

// parseDuration reads ISO durations (P1DT2H3M4.5S, -PT5M, P2W) and Go's (1h30m, 500ms).
func parseDuration(text string) (time.Duration, bool) {
	s := strings.TrimSpace(text)
	parts := isoDuration.FindStringSubmatch(s)
	if parts == nil {
		if s == "0" { // Go reads it, but it is no less a number
			return 0, false
		}
		d, err := time.ParseDuration(s)
		return d, err == nil
	}
	var whole time.Duration
	hasUnit := false
	for i, unit := range []time.Duration{7 * day, day, time.Hour, time.Minute, time.Second} {
		part := parts[i+2]
		if part == "" {
			continue
		}
		hasUnit = true
		seconds, err := time.ParseDuration(part + "s")
		scale := unit / time.Second
		if err != nil || seconds > math.MaxInt64/scale || whole > math.MaxInt64-seconds*scale {
			return 0, false
		}
		whole += seconds * scale
	}
	if parts[1] == "-" {
		whole = -whole
	}
	return whole, hasUnit
}

// instantLayouts are the forms of an instant without its zone. Seconds may have a fraction.
var instantLayouts = []string{
	"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02",
}

// parseInstant reads "2026-01-23T15:21:48.5 ET", with a zone's name or alias, Z, an offset (+02:00), or nothing: then it is in zone.
func parseInstant(text string, zone *time.Location) (ns int64, ok bool) {
	s := strings.TrimSpace(text)
	if i := strings.LastIndexByte(s, ' '); i > 0 {
		if z, ok := findZone(s[i+1:]); ok {
			zone, s = z, strings.TrimSpace(s[:i])
		}
	}
	for _, layout := range instantLayouts {
		t, err := time.ParseInLocation(layout, s, zone)
		if err != nil {
			t, err = time.Parse(layout+"Z07:00", s)
		}
		if err == nil {
			return unixNano(t)
		}
	}
	return 0, false
}

// unixNano is t in nanoseconds, if they fit: years 1678 to 2261.
func unixNano(t time.Time) (int64, bool) {
	if s := t.Unix(); s < -9_223_372_036 || s >= 9_223_372_036 {
		return 0, false
	}
	return t.UnixNano(), true
}

// zoneAliases are short names that traders use.
var zoneAliases = map[string]string{
	"ET": "America/New_York", "NY": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles",
	"AL": "America/Anchorage", "HI": "Pacific/Honolulu", "BT": "America/Sao_Paulo", "AT": "America/Halifax", "NF": "America/St_Johns",
	"LON": "Europe/London", "BST": "Europe/London", "CET": "Europe/Berlin", "CE": "Europe/Berlin", "ZU": "Europe/Zurich",
	"IN": "Asia/Kolkata", "SG": "Asia/Singapore", "HK": "Asia/Hong_Kong", "CH": "Asia/Shanghai", "JP": "Asia/Tokyo", "KR": "Asia/Seoul",
	"AU": "Australia/Sydney", "Z": "UTC", "GMT": "UTC",
}

// findZone is the zone of a name or an alias.
func findZone(name string) (*time.Location, bool) {
	if full, ok := zoneAliases[name]; ok {
		name = full
	}
	if name == "" || name == "Local" {
		return nil, false
	}
	z, err := time.LoadLocation(name)
	return z, err == nil
}
