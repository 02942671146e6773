package conformance

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"tickbook/interp"
)

// TestWantsOfCompiler asks the compiler whether what the cases want is right. All cases become functions of one program, which is built once
// and run once for each case. Cases that the compiler cannot be asked about are listed in testdata/compiler.txt.
func TestWantsOfCompiler(t *testing.T) {
	known := reasons(t, "testdata/compiler.txt")
	all := sections(t)
	p := &program{}
	compiled := map[string]bool{}
	var cases []languageCase
	for _, s := range all {
		for _, c := range s.cases {
			if known[c.Name] != "" {
				continue
			}
			if err := p.add(c); err != nil {
				t.Errorf("%s: %s: %v", s.file, c.Name, err)
				continue
			}
			compiled[c.Name] = true
			cases = append(cases, c)
		}
	}
	for name := range known {
		if !hasCase(all, name) {
			t.Errorf("there is no case %q, which is listed as not to be compiled", name)
		}
	}
	outcomes, err := p.run(t)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range cases {
		for _, d := range c.differences(outcomes[i]) {
			t.Errorf("%s: %s", c.Name, d)
		}
	}
	t.Logf("the compiler was asked about %d cases, and not about %d", len(cases), len(known))
}

// program is a Go program made of cases.
type program struct {
	body    bytes.Buffer // declarations
	calls   bytes.Buffer // the cases, as elements of [][]func()
	imports map[string]string
	cases   int
	errors  [][]string // messages of cells that the front end refuses, by case and cell; "" for one that it does not
}

// add checks the cells of a case as a session does, and adds what is to run.
func (p *program) add(c languageCase) error {
	w := &writer{program: p, number: p.cases}
	s, err := interp.New(interp.Options{Stdout: io.Discard, Stderr: io.Discard, Evaluator: func(interp.Options) (interp.Evaluator, error) {
		return w, w.open()
	}})
	if err != nil {
		return err
	}
	var msgs []string
	for i, cell := range c.Cells {
		_, err := s.Execute(context.Background(), cell.Code, i+1)
		if w.fault != nil {
			return w.fault
		}
		msg := ""
		if err != nil {
			if msg = err.Error(); msg == "" {
				return fmt.Errorf("cell %d: an error without words", i+1)
			}
		}
		msgs = append(msgs, msg)
	}
	p.cases++
	p.errors = append(p.errors, msgs)
	fmt.Fprintf(&p.calls, "\t{%s},\n", strings.Join(w.cells, ", "))
	return s.Close()
}

const mainFunction = `
var ranꞏ [][]func()

// showꞏ prints the values of a cell's last expression.
func showꞏ(vs ...any) {
	for _, v := range vs {
		osꞏ.Stdout.WriteString(markꞏ + "v" + fmtꞏ.Sprint(v))
	}
}

func zeroꞏ[T any]() (z T) { return z }

const markꞏ = "\x00"

func runꞏ(f func()) {
	done := make(chan bool)
	go func() {
		defer close(done)
		defer func() {
			if v := recover(); v != nil {
				osꞏ.Stdout.WriteString(markꞏ + "epanic: " + fmtꞏ.Sprint(v))
			}
		}()
		f()
	}()
	<-done
}

func main() {
	n, _ := strconvꞏ.Atoi(osꞏ.Args[1])
	for _, f := range casesꞏ[n] {
		osꞏ.Stdout.WriteString(markꞏ + "c")
		runꞏ(f)
	}
}
`

// source is the text of the program.
func (p *program) source() []byte {
	var b bytes.Buffer
	b.WriteString("package main\n\nimport (\n\tfmtꞏ \"fmt\"\n\tosꞏ \"os\"\n\tstrconvꞏ \"strconv\"\n")
	for path, name := range p.imports {
		fmt.Fprintf(&b, "\t%s %q\n", name, path)
	}
	b.WriteString(")\n" + mainFunction)
	fmt.Fprintf(&b, "\nvar casesꞏ = [][]func(){\n%s}\n\n", p.calls.Bytes())
	b.Write(p.body.Bytes())
	return b.Bytes()
}

// run builds the program and runs each case. What came of it is kept in the user's cache for as long as program and compiler stay the same.
func (p *program) run(t *testing.T) ([][]outcome, error) {
	src := p.source()
	key := sha256.Sum256(append([]byte(runtime.Version()+"\x00"), src...))
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, err
	}
	kept := filepath.Join(cache, "tickbook", "conformance", fmt.Sprintf("cases-%x.json", key[:12]))
	var printed []string
	if data, err := os.ReadFile(kept); err != nil || json.Unmarshal(data, &printed) != nil {
		if printed, err = p.build(t, src); err != nil {
			return nil, err
		}
		if err := os.MkdirAll(filepath.Dir(kept), 0o755); err != nil {
			return nil, err
		}
		data, err := json.Marshal(printed)
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(kept, data, 0o644); err != nil {
			return nil, err
		}
	}
	var out [][]outcome
	for i, text := range printed {
		out = append(out, p.outcomes(i, text))
	}
	return out, nil
}

// build returns what each case prints.
func (p *program) build(t *testing.T, src []byte) ([]string, error) {
	dir := t.TempDir()
	file, exe := filepath.Join(dir, "main.go"), filepath.Join(dir, "cases.exe")
	if err := os.WriteFile(file, src, 0o644); err != nil {
		return nil, err
	}
	build := exec.Command("go", "build", "-gcflags=-e", "-o", exe, file)
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("the compiler: %w\n%s", err, out)
	}
	var printed []string
	for i := range p.cases {
		ctx, cancel := context.WithTimeout(context.Background(), cellLimit)
		run := exec.CommandContext(ctx, exe, fmt.Sprint(i))
		var stderr bytes.Buffer
		run.Stderr = &stderr
		out, err := run.Output()
		cancel()
		var status *exec.ExitError
		if errors.As(err, &status) {
			out = append(out, "\x00eends the process: "+stderr.String()...)
		} else if err != nil {
			return nil, err
		}
		printed = append(printed, string(out))
	}
	return printed, nil
}

var numberedName = regexp.MustCompile(`ꞏ\d+_\d+ꞏ`)

// outcomes takes apart what a case printed, and puts the messages of the cells that did not compile between.
func (p *program) outcomes(i int, printed string) []outcome {
	printed = numberedName.ReplaceAllString(printed, "")
	runs := strings.Split(printed, "\x00c")[1:]
	var out []outcome
	for _, msg := range p.errors[i] {
		o := outcome{Error: msg}
		if msg == "" && len(runs) > 0 {
			parts := strings.Split(runs[0], "\x00")
			o.Output = parts[0]
			for _, part := range parts[1:] {
				if part[0] == 'v' {
					o.Shown = append(o.Shown, part[1:])
				} else {
					o.Error = part[1:]
				}
			}
			runs = runs[1:]
		}
		out = append(out, o)
	}
	return out
}
