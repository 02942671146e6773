package kafka

import (
	"errors"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"

	"tickbook/engine"
)

func TestDeadLetters(t *testing.T) {
	c := startCluster(t, kfake.SeedTopics(3, "ticks"))
	long := `{"Sym":"é` + strings.Repeat("é", 2000) + `","N":"x"}`
	c.produce("ticks", []record{
		text(0, `{"Sym":"a","N":1}`), text(0, `{"Sym":"b","N":"<script>"}`), text(0, `{"Sym":"c","N":3}`), text(0, `{"Sym"`),
		text(0, `{"Sym":"d","N":5}`), text(0, long), text(0, "\xff\xfe"), text(0, `{"Sym":"e","N":8}`), text(0, ``),
	})
	table := Consume(c.config(), "ticks", ticks)
	defer table.Close()
	dead := DeadLetters(table)
	derived := DeadLetters(table.Where("N > 1").Reverse())
	waitSize(t, table, 4)
	waitSize(t, dead, 5)
	waitSize(t, derived, 5)
	if got := table.Status().BadRecords; got != 5 {
		t.Errorf("%d bad records, want 5", got)
	}
	if got := strings.Join(table.Strings("Sym"), ""); got != "acde" {
		t.Errorf("symbols %q, want acde", got)
	}
	want := []struct {
		offset               int64
		field, reason, value string
	}{
		{1, "N", `"<script>" is text; the column is int64`, `{"Sym":"b","N":"<script>"}`},
		{3, "", "broken JSON: ends too early, at byte 6", `{"Sym"`},
		{5, "N", `"x" is text; the column is int64`, `{"Sym":"éé`},
		{6, "", "broken JSON at byte 0", "\ufffd"},
		{8, "", "broken JSON: ends too early, at byte 0", ""},
	}
	offsets, fields, reasons, values := dead.Int64s("KafkaOffset"), dead.Strings("Field"), dead.Strings("Reason"), dead.Strings("Value")
	for i, w := range want {
		if offsets[i] != w.offset || fields[i] != w.field || !strings.HasPrefix(reasons[i], w.reason) || !strings.HasPrefix(values[i], w.value) {
			t.Errorf("letter %d: offset %d, field %q, reason %q, value %.40q\nwant %v", i, offsets[i], fields[i], reasons[i], values[i], w)
		}
		if len(values[i]) > maxValue+len("…") {
			t.Errorf("letter %d: %d bytes of its value are kept", i, len(values[i]))
		}
	}
	if v := dead.Valid("Field"); v[1] || !v[0] {
		t.Errorf("valid fields %v, want null where the fault is in no column", v)
	}
	c.produce("ticks", []record{text(2, `[]`), text(2, `{}`)})
	waitSize(t, dead, 6)
	waitSize(t, table, 5)
}

func TestDeadLettersOfWhat(t *testing.T) {
	f := func(table *engine.Table, want string) {
		t.Helper()
		defer func() {
			var e *ConfigError
			err, _ := recover().(error)
			if !errors.As(err, &e) || !strings.Contains(e.Error(), want) {
				t.Errorf("panic %v, want %q", err, want)
			}
		}()
		DeadLetters(table)
	}
	f(nil, "the table is nil")
	g := engine.NewGraph()
	f(engine.NewInput(g, engine.Int64("N")).Table, "no topic is behind this table")
}

func TestLettersBounded(t *testing.T) {
	l := newLetters("ticks")
	for range maxLetters + 1000 {
		l.add(letter{reason: "r"})
	}
	if got := len(l.from(0, 1<<30)); got != maxLetters || l.total.Load() != maxLetters+1000 {
		t.Errorf("%d letters kept of %d, want %d of %d", got, l.total.Load(), maxLetters, maxLetters+1000)
	}
	l = newLetters("ticks")
	for range 100_000 {
		l.add(letter{value: strings.Repeat("x", maxValue)})
	}
	if l.bytes > maxLetterBytes+maxValue {
		t.Errorf("%d bytes kept", l.bytes)
	}
}
