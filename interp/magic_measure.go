package interp

import (
	"fmt"
	"go/token"
	"strings"
	"testing"
	"time"
)

func timeMagic(m *magicCall) ([]any, error) {
	if m.piece.takesRest() && m.arg() != "" {
		return nil, m.errorf("the statements stand on the lines below")
	}
	start := time.Now()
	ran := start
	values, err := m.runGo(m.ctx, cellText{m.name, m.src, goText(m.src, m.piece), m.count, true, true}, func() { ran = time.Now() })
	end := time.Now()
	if err != nil {
		return nil, err
	}
	return values, m.print(fmt.Sprintf("ran in %v; checked and compiled in %v\n", rounded(end.Sub(ran)), rounded(ran.Sub(start))))
}

// rounded keeps four digits of a duration.
func rounded(d time.Duration) time.Duration {
	unit := time.Duration(1)
	for d/unit >= 10_000 {
		unit *= 10
	}
	return d.Round(unit)
}

// benchHead and benchTail surround what %bench measures. It is Go text of the cell, so that it runs, panics and is interrupted as such; the
// result is {runs, nanoseconds, allocations, bytes}. The number of runs grows as package testing's does.
const (
	benchHead = `import timeꞏ "time"; import runtimeꞏ "runtime"
func() []int64 { for nꞏ, moreꞏ := int64(1), int64(1); moreꞏ > 0; { var beforeꞏ, afterꞏ runtimeꞏ.MemStats; runtimeꞏ.GC(); runtimeꞏ.ReadMemStats(&beforeꞏ); startꞏ := timeꞏ.Now(); for range nꞏ { `
	benchTail = `
}
dꞏ := int64(timeꞏ.Since(startꞏ)); runtimeꞏ.ReadMemStats(&afterꞏ)
if dꞏ >= int64(timeꞏ.Second) || nꞏ >= 1_000_000_000 { return []int64{nꞏ, dꞏ, int64(afterꞏ.Mallocs - beforeꞏ.Mallocs), int64(afterꞏ.TotalAlloc - beforeꞏ.TotalAlloc)} }
moreꞏ = int64(timeꞏ.Second) * nꞏ / max(dꞏ, 1) + 1; moreꞏ += moreꞏ / 5; nꞏ = min(max(min(moreꞏ, 100*nꞏ), nꞏ+1), 1_000_000_000) }; return nil }()`
)

func benchMagic(m *magicCall) ([]any, error) {
	if m.piece.takesRest() && m.arg() != "" {
		return nil, m.errorf("the statements stand on the lines below")
	}
	start, end := m.piece.code()
	code := m.src[start:end]
	if strings.TrimSpace(code) == "" {
		return nil, m.errorf("what is to be measured? Write %s statement", m.piece.label)
	}
	if _, err := parse(token.NewFileSet(), m.name, goText(m.src, m.piece), "bench", 0); err != nil {
		return nil, err
	}
	at := positionAt(m.name, m.src, start)
	var values []any
	err := error(nil)
	for _, use := range []string{"_ = ", ""} { // a value is computed and dropped; what is no value is a statement
		text := benchHead + use + lineAt(m.name, at.Line, at.Column) + code + benchTail
		if values, err = m.runAside(m.ctx, cellText{name: m.name, src: m.src, text: text, n: m.count, show: true}); err == nil || !isCompileError(err) {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	n, _ := values[0].([]int64)
	if len(n) != 4 {
		return nil, fmt.Errorf("BUG: bench: got %v", values)
	}
	r := testing.BenchmarkResult{N: int(n[0]), T: time.Duration(n[1]), MemAllocs: uint64(n[2]), MemBytes: uint64(n[3])}
	return nil, m.print(r.String() + "\t" + r.MemString() + "\n")
}
