package bench

import (
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

//go:embed kernel.py
var kernelScript string

var kernelPackages = []string{"jupyter_client==8.10.0", "ipykernel==7.4.0"}

const (
	kernelStarts = "8"
	kernelCells  = "200"
)

// BenchmarkKernel is the kernel beside ipykernel, turn by turn in one run. An operation is a whole run. The ratios say how many times as long
// ipykernel takes.
//
//   - start: ms from the start of the process until the first kernel_info reply, and until the reply to a first cell 1+1; medians.
//   - roundtrip: ms from sending the cell 1+1 until its reply, and until idle.
func BenchmarkKernel(b *testing.B) {
	python := pythonWith(b, kernelPackages...)
	argv, err := json.Marshal(map[string][]string{
		"tickbook":  {productPath(b), "kernel", "{connection_file}"},
		"ipykernel": {python, "-m", "ipykernel_launcher", "-f", "{connection_file}"},
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("start", func(b *testing.B) {
		got := timesOf(b, python, argv, "start", kernelStarts)
		reportBeside(b, got, "info", 0.5, "info-p50-ms")
		reportBeside(b, got, "cell", 0.5, "cell-p50-ms")
	})
	b.Run("roundtrip", func(b *testing.B) {
		got := timesOf(b, python, argv, "roundtrip", kernelCells)
		for _, what := range []string{"reply", "idle"} {
			reportBeside(b, got, what, 0.5, what+"-p50-ms")
			reportBeside(b, got, what, 0.95, what+"-p95-ms")
		}
	})
}

// times are milliseconds by kernel and by what was timed.
type times map[string]map[string][]float64

func timesOf(b *testing.B, python string, argv []byte, args ...string) times {
	all := times{}
	for b.Loop() {
		var got times
		if err := json.Unmarshal(runPython(b, python, kernelScript, string(argv), args...), &got); err != nil {
			b.Fatal(err)
		}
		for kernel, m := range got {
			if all[kernel] == nil {
				all[kernel] = map[string][]float64{}
			}
			for what, ms := range m {
				all[kernel][what] = append(all[kernel][what], ms...)
			}
		}
	}
	b.ReportMetric(0, "ns/op")
	return all
}

// reportBeside reports a quantile of both kernels, and their ratio.
func reportBeside(b *testing.B, t times, what string, share float64, unit string) {
	quantile := func(kernel string) float64 {
		ms := slices.Sorted(slices.Values(t[kernel][what]))
		return ms[int(share*float64(len(ms)-1)+0.5)]
	}
	ours, theirs := quantile("tickbook"), quantile("ipykernel")
	b.ReportMetric(ours, "tickbook-"+unit)
	b.ReportMetric(theirs, "ipykernel-"+unit)
	b.ReportMetric(theirs/ours, "ratio-"+strings.TrimSuffix(unit, "-ms"))
}
