package formula

import (
	"math"
	"strconv"
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

// parseDuration reads ISO durations with units of fixed length (P1DT2H3M4.5S, -PT5M, P2W) and Go's (1h30m, 500ms).
func parseDuration(text string) (time.Duration, bool) {
	s := strings.TrimSpace(text)
	sign := 1.0
	iso := strings.TrimPrefix(s, "-")
	if !strings.HasPrefix(iso, "P") {
		if s == "" || isDigits(s) {
			return 0, false
		}
		d, err := time.ParseDuration(s)
		return d, err == nil
	}
	if iso != s {
		sign = -1
	}
	iso = iso[1:]
	units := []struct {
		name string
		of   time.Duration
	}{{"W", 7 * 24 * time.Hour}, {"D", 24 * time.Hour}, {"T", 0}, {"H", time.Hour}, {"M", time.Minute}, {"S", time.Second}}
	var whole time.Duration
	var sum float64 // guards against overflow
	at, any, inTime := 0, false, false
	for iso != "" {
		if iso[0] == 'T' {
			if inTime {
				return 0, false
			}
			inTime, at, iso = true, 3, iso[1:]
			continue
		}
		n := strings.IndexAny(iso, "WDHMS")
		if n < 1 {
			return 0, false
		}
		for at < len(units) && units[at].name != iso[n:n+1] {
			if at++; at == 2 && !inTime {
				return 0, false
			}
		}
		if at == len(units) {
			return 0, false
		}
		d, err := time.ParseDuration(iso[:n] + "s")
		if err != nil || units[at].name != "S" && d%time.Second != 0 {
			return 0, false
		}
		scale := units[at].of / time.Second
		sum += math.Abs(float64(d) * float64(scale))
		whole += d * scale
		at, any, iso = at+1, true, iso[n+1:]
	}
	if !any || sum >= math.MaxInt64 {
		return 0, false
	}
	return time.Duration(sign) * whole, true
}

func isDigits(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
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
