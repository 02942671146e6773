package bench

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

const (
	cellRuns     = "15"
	slowCellRuns = "5" // of a kernel that takes longer than a second for one
	sessionCells = "10000"
)

// line is work for kernels: cells that prepare and the cell that is timed, by language. Value is what all must show.
type line struct {
	Setup map[string]string `json:"setup"`
	Cell  map[string]string `json:"cell"`
}

// BenchmarkCells is the kernel beside its own second evaluator (yaegi), CPython and gonb, in kernels of their own that run the same work in cells, turn by
// turn. All must show the same value. Times are from sending the cell to its reply, medians over its runs; the ratios say how many times as long the
// others take. gonb compiles a cell, with the program of the cells before it, each time: what a run of it takes is mostly that.
func BenchmarkCells(b *testing.B) {
	python := pythonWith(b, kernelPackages...)
	files, err := filepath.Glob("testdata/cells/*.txtar")
	if err != nil || len(files) == 0 {
		b.Fatalf("no cells to run: %v", err)
	}
	gonb := gonbPath(b)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		b.Run(name, func(b *testing.B) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				b.Fatal(err)
			}
			part := map[string]string{}
			for _, f := range a.Files {
				part[f.Name] = strings.TrimSpace(string(f.Data))
			}
			l := line{
				Setup: map[string]string{"tickbook": part["setup.go"], "yaegi": part["setup.go"], "ipykernel": part["setup.py"]},
				Cell:  map[string]string{"tickbook": part["cell.go"], "yaegi": part["cell.go"], "ipykernel": part["cell.py"]},
			}
			kernels := map[string][]string{
				"tickbook":  {productPath(b), "kernel", "{connection_file}"},
				"yaegi":     {productPath(b), "--evaluator", "yaegi", "kernel", "{connection_file}"},
				"ipykernel": {python, "-m", "ipykernel_launcher", "-f", "{connection_file}"},
			}
			if gonb != "" && !strings.Contains(part["setup.go"], "engine.") {
				kernels["gonb"] = []string{gonb, "--kernel", "{connection_file}"}
				l.Setup["gonb"], l.Cell["gonb"] = part["setup.go"], asMain(part["cell.go"])
			}
			got := cellTimes(b, python, kernels, "cells", l)
			ours := median(got["tickbook"]["reply"])
			b.ReportMetric(ours, "tickbook-ms")
			for _, other := range []string{"ipykernel", "yaegi", "gonb"} {
				if ms := got[other]["reply"]; len(ms) > 0 {
					b.ReportMetric(median(ms)/ours, "ratio-"+other)
				}
			}
		})
	}
	b.Run("session", func(b *testing.B) { benchmarkSession(b, python) })
}

// benchmarkSession runs many cells in one session: the latency of the first thousand and of the last, and what the kernel's process grew by.
func benchmarkSession(b *testing.B, python string) {
	kernels := map[string][]string{
		"tickbook":  {productPath(b), "kernel", "--alone", "{connection_file}"},
		"ipykernel": {python, "-m", "ipykernel_launcher", "-f", "{connection_file}"},
	}
	got := cellTimes(b, python, kernels, "session", line{
		Cell: map[string]string{"tickbook": "x := %d\nx + 1", "ipykernel": "x = %d\nx + 1"},
	})
	for _, name := range []string{"tickbook", "ipykernel"} {
		ms := got[name]["reply"]
		b.ReportMetric(median(ms[:1000]), name+"-first-ms")
		b.ReportMetric(median(ms[len(ms)-1000:]), name+"-last-ms")
		b.ReportMetric(got[name]["kB"][0], name+"-kB/cell")
	}
}

// asMain makes a cell a body of main that prints its last line, for a kernel that shows no values.
func asMain(cell string) string {
	lines := strings.Split(cell, "\n")
	last := len(lines) - 1
	lines[last] = "fmt.Println(" + lines[last] + ")"
	return "%%\n" + strings.Join(lines, "\n")
}

func cellTimes(b *testing.B, python string, kernels map[string][]string, what string, l line) times {
	argv, err := json.Marshal(kernels)
	if err != nil {
		b.Fatal(err)
	}
	work, err := json.Marshal(l)
	if err != nil {
		b.Fatal(err)
	}
	count := cellRuns
	if what == "session" {
		count = sessionCells
	}
	return timesOf(b, python, argv, what, count, string(work), slowCellRuns)
}

func median(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	return s[len(s)/2]
}

// gonbModule names gonb and goimports, which it runs over each cell, at the versions to measure.
const gonbModule = `module peer

go 1.26

require (
	github.com/janpfeifer/gonb v0.11.3
	golang.org/x/tools v0.48.0
)
`

// gonbPath builds gonb in the user's cache, once. Where that cannot be the lines go without it, and say so.
func gonbPath(b *testing.B) string {
	cache, err := os.UserCacheDir()
	if err != nil {
		b.Fatal(err)
	}
	sum := sha256.Sum256([]byte(gonbModule))
	dir := filepath.Join(cache, "tickbook", fmt.Sprintf("gonb-%x", sum[:6]))
	if _, err := os.Stat(filepath.Join(dir, "gonb")); err != nil {
		if err := errors.Join(os.MkdirAll(dir, 0o755), os.WriteFile(filepath.Join(dir, "go.mod"), []byte(gonbModule), 0o644)); err != nil {
			b.Fatal(err)
		}
		cmd := exec.Command("go", "build", "-mod=mod", "-o", dir+string(os.PathSeparator), "golang.org/x/tools/cmd/goimports", "github.com/janpfeifer/gonb")
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "without gonb: go build: %v\n%s", err, out)
			return ""
		}
	}
	b.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	return filepath.Join(dir, "gonb")
}
