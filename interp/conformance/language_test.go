package conformance

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// TestLanguage runs the suite with each evaluator. A case that an evaluator is known to fail has to fail.
func TestLanguage(t *testing.T) {
	all := sections(t)
	total := 0
	for _, s := range all {
		total += len(s.cases)
	}
	for _, e := range evaluators {
		t.Run(e.name, func(t *testing.T) {
			file := fmt.Sprintf("testdata/%s.txt", e.name)
			known := reasons(t, file)
			found := &findings{}
			workers := make(chan *worker, 2)
			for range cap(workers) {
				workers <- &worker{evaluator: e.name}
			}
			var passed atomic.Int64
			t.Run("suite", func(t *testing.T) {
				for _, s := range all {
					t.Run(s.file, func(t *testing.T) {
						t.Parallel()
						w := <-workers
						defer func() { workers <- w }()
						for _, c := range s.cases {
							t.Run(c.Name, func(t *testing.T) {
								faults := faultsOf(w, c)
								if len(faults) == 0 {
									passed.Add(1)
								} else {
									found.add(c.Name, faults[0])
								}
								if !*rewrite {
									judge(t, faults, known[c.Name])
								}
							})
						}
					})
				}
			})
			for range cap(workers) {
				w := <-workers
				if err := w.close(); err != nil {
					t.Errorf("worker: %v\n%s", err, w.stderr)
				}
			}
			for name := range known {
				if !hasCase(all, name) {
					t.Errorf("there is no case %q, which is listed as failing", name)
				}
			}
			if *rewrite {
				found.write(t, file, e.name, all, known)
			}
			t.Logf("%s: %d of %d cases pass", e.name, passed.Load(), total)
		})
	}
}

// faultsOf runs a case.
func faultsOf(w *worker, c languageCase) []string {
	got, err := w.run(c)
	if err != nil {
		return []string{err.Error()}
	}
	return c.differences(got)
}

// judge fails the test for what is wrong with a case. why is the reason for which it is known to fail, or empty.
func judge(t *testing.T, faults []string, why string) {
	t.Helper()
	switch {
	case len(faults) == 0 && why != "":
		t.Errorf("passes, though it is listed as failing: %s", why)
	case why == "":
		for _, f := range faults {
			t.Error(f)
		}
	default:
		for _, f := range faults {
			t.Logf("(listed: %s) %s", why, f)
		}
	}
}

// findings are the cases that failed, and how.
type findings struct {
	mu sync.Mutex
	m  map[string]string // guarded by mu
}

func (f *findings) add(name, fault string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.m == nil {
		f.m = map[string]string{}
	}
	f.m[name] = fault
}

// write writes the list of failing cases. Known reasons stay; those of new ones are what happened, for someone to put into words.
func (f *findings) write(t *testing.T, file, evaluator string, all []section, known map[string]string) {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "# The cases of the suite that the evaluator %s does not do right, and why.\n", evaluator)
	for _, s := range all {
		head := "\n# " + s.title + "\n"
		for _, c := range s.cases {
			fault, failed := f.m[c.Name]
			if !failed {
				continue
			}
			why := known[c.Name]
			if why == "" {
				why = summary(fault)
			}
			fmt.Fprintf(&b, "%s%s: %s\n", head, c.Name, why)
			head = ""
		}
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// summary is a fault without the cell, in one line.
func summary(fault string) string {
	var parts []string
	for l := range strings.SplitSeq(fault, "\n") {
		if !strings.HasPrefix(l, "    ") && !strings.HasPrefix(l, "cell ") && l != "" {
			parts = append(parts, strings.TrimSpace(l))
		}
	}
	return address.ReplaceAllString(firstLine(strings.Join(parts, ", ")), "0x…")
}

var address = regexp.MustCompile(`0x[0-9a-f]{5,}`)

func hasCase(all []section, name string) bool {
	for _, s := range all {
		for _, c := range s.cases {
			if c.Name == name {
				return true
			}
		}
	}
	return false
}
