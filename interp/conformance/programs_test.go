package conformance

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	whichEvaluator = flag.String("evaluator", "", "the evaluator whose programs are run; empty: all")
	shard          = flag.String("programs", "0/8", "the programs to run: K/N is every Nth from the Kth on, all is all, else a part of a name")
	programLimit   = flag.Duration("limit", 20*time.Second, "how long a program may run")
	rewrite        = flag.Bool("rewrite", false, "write what was found into testdata, or docs, instead of comparing with it")
)

// lateLimit is how long a program may run that is known not to end in time.
const lateLimit = 2 * time.Second

// result is what came of a program.
type result struct {
	verdict verdict
	detail  string // for people
}

type verdict string

const (
	agrees  verdict = "agrees"  // output and status are those of the compiled program
	differs verdict = "differs" // they are not
	refused verdict = "refused" // the cell did not run
	crashes verdict = "crashes" // the process died
	late    verdict = "late"    // it did not end in time
)

// programs lists the programs of the Go installation's test folder that run by themselves: the files whose first line says "// run" and
// nothing else. Names are relative to the folder.
func programs(t *testing.T) (root string, names []string) {
	t.Helper()
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatalf("go env: %v", err)
	}
	root = filepath.Join(strings.TrimSpace(string(out)), "test")
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if first, _, _ := bytes.Cut(src, []byte("\n")); string(bytes.TrimSpace(first)) == "// run" {
			name, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			names = append(names, filepath.ToSlash(name))
		}
		return nil
	})
	switch {
	case os.IsNotExist(err) && os.Getenv("CI") == "":
		t.Log("this Go installation is without its test folder: no program is run")
	case err != nil:
		t.Fatalf("the programs come with the Go installation: %v", err)
	case runtime.Version() == programsVersion && len(names) != programsCount:
		t.Errorf("%s has %d programs, not %d", programsVersion, len(names), programsCount)
	}
	slices.Sort(names)
	return root, names
}

// selected applies the flag -programs.
func selected(t *testing.T, names []string) []string {
	t.Helper()
	if *shard == "all" {
		return names
	}
	var k, n int
	if _, err := fmt.Sscanf(*shard, "%d/%d", &k, &n); err != nil || n < 1 {
		return slices.DeleteFunc(slices.Clone(names), func(s string) bool { return !strings.Contains(s, *shard) })
	}
	var out []string
	for i := k; i < len(names); i += n {
		out = append(out, names[i])
	}
	return out
}

// TestPrograms runs the programs of Go's own test folder as cells. As Go's own tests have it, a program prints what is in the .out file beside
// it, nothing when there is none, and ends with status 0; with -evaluator compiler it is the compiler that is tried.
func TestPrograms(t *testing.T) {
	root, names := programs(t)
	leftOut := reasons(t, "testdata/programs/left-out.txt")
	for n := range leftOut {
		if len(names) == 0 {
			break
		}
		if _, found := slices.BinarySearch(names, n); !found {
			t.Errorf("left out, but there is no such program: %s", n)
		}
	}
	names = slices.DeleteFunc(names, func(n string) bool { return leftOut[n] != "" })
	some := selected(t, names)
	which := []string{*whichEvaluator}
	if *whichEvaluator == "" {
		which = nil
		for _, e := range evaluators {
			which = append(which, e.name)
		}
	}
	for _, e := range which {
		t.Run(e, func(t *testing.T) {
			file := "testdata/programs/" + e + ".txt"
			known := reasons(t, file)
			patience := time.Duration(1)
			run := func(name string) result {
				limit := *programLimit * patience
				if !*rewrite && strings.HasPrefix(known[name], string(late)) {
					limit = min(limit, lateLimit)
				}
				return runAsCell(t, e, root, name, limit)
			}
			if e == compiler {
				run = func(name string) result { return runCompiled(t, root, name) }
			} else if _, ok := evaluatorNamed(e); !ok {
				t.Fatalf("there is no evaluator %q", e)
			}
			got := runAll(some, run)
			patience = 4 // for what does not agree though it should: perhaps the machine was busy
			counts := map[verdict]int{}
			for _, n := range some {
				r := got[n]
				if r.verdict != agrees && known[n] == "" && !*rewrite {
					if r = run(n); r.verdict != agrees {
						t.Errorf("%s %s: %s", n, r.verdict, r.detail)
					}
				}
				if r.verdict == agrees && known[n] != "" && !*rewrite {
					t.Logf("%s agrees, though it is listed as one that does not", n)
				}
				counts[r.verdict]++
			}
			t.Logf("%s: of %d programs %d agree, %d differ, %d are refused, %d crash, %d are late", e, len(some), counts[agrees], counts[differs],
				counts[refused], counts[crashes], counts[late])
			if *rewrite {
				writeResults(t, file, e, some, known, got)
			}
		})
	}
}

// runAll runs programs, as many at a time as there are processors.
func runAll(names []string, run func(string) result) map[string]result {
	got := map[string]result{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	todo := make(chan string)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for n := range todo {
				r := run(n)
				mu.Lock()
				got[n] = r
				mu.Unlock()
			}
		})
	}
	for _, n := range names {
		todo <- n
	}
	close(todo)
	wg.Wait()
	return got
}

// wantedOutput is what a program prints.
func wantedOutput(root, name string) (string, error) {
	out, err := os.ReadFile(filepath.Join(root, strings.TrimSuffix(name, ".go")+".out"))
	if os.IsNotExist(err) {
		return "", nil
	}
	return string(out), err
}

// writeResults writes which programs do not agree. What was not run stays as it is.
func writeResults(t *testing.T, file, evaluator string, ran []string, known map[string]string, got map[string]result) {
	t.Helper()
	now := maps.Clone(known)
	if now == nil {
		now = map[string]string{}
	}
	for _, n := range ran {
		delete(now, n)
		if r := got[n]; r.verdict != agrees {
			now[n] = fmt.Sprintf("%s, %s", r.verdict, r.detail)
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# The programs of Go's test folder that do not agree with the compiler when the evaluator %s runs them. Written by make programs.\n\n", evaluator)
	for _, n := range slices.SortedFunc(maps.Keys(now), cmp.Compare[string]) {
		fmt.Fprintf(&b, "%s: %s\n", n, now[n])
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
