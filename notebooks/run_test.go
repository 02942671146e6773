package notebooks

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tickbook/display"
	"tickbook/kernel"
)

// fake interprets cells of one word.
type fake struct{ out io.Writer }

// counter is a live value: what it shows grows each time it is drawn.
type counter struct{ n atomic.Int64 }

func (c *counter) Render() display.MIMEBundle {
	return display.MIMEBundle{display.Text: fmt.Sprintf("drawn\n%d", c.n.Add(1)), display.PNG: []byte{1, 2, 3}}
}

func (c *counter) Watch(changed chan<- struct{}) func() {
	changed <- struct{}{}
	return func() {}
}

func (f *fake) Execute(ctx context.Context, code string, _ int) ([]any, error) {
	switch code {
	case "print":
		fmt.Fprint(f.out, "a\n")
		fmt.Fprint(f.out, "b\n")
		return nil, nil
	case "live":
		return []any{&counter{}}, nil
	case "next":
		return []any{display.NextInput{Text: "below"}}, nil
	case "replace":
		return []any{display.NextInput{Text: "in\nplace", Replace: true}}, nil
	case "fail":
		return nil, &display.CellError{Name: "panic", Message: "no luck"}
	case "hang":
		<-ctx.Done()
		return nil, &display.CellError{Name: "Interrupted", Message: "stopped"}
	default:
		return []any{code}, nil
	}
}

func (f *fake) Complete(string, int) ([]display.Match, int, int)            { return nil, 0, 0 }
func (f *fake) Inspect(string, int, int) (b display.MIMEBundle, found bool) { return nil, false }
func (f *fake) IsComplete(string) (status, indent string)                   { return "complete", "" }
func (f *fake) Close() error                                                { return nil }

func run(t *testing.T, o Options, cells ...string) (*Notebook, error) {
	t.Helper()
	nb, err := Parse([]byte(`{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}`))
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range cells {
		src, tag, _ := strings.Cut(c, " #")
		nb.Cells = append(nb.Cells, NewCodeCell(fmt.Sprint("c", i), src, tag))
	}
	o.Kernel = kernel.Config{NewInterpreter: func(out, _ io.Writer) (kernel.Interpreter, error) { return &fake{out}, nil }}
	err = Run(t.Context(), nb, o)
	return nb, err
}

func TestRun(t *testing.T) {
	nb, err := run(t, Options{}, "print", "live", "value")
	if err != nil {
		t.Fatal(err)
	}
	o := nb.Cells[0].Outputs()
	if len(o) != 1 || text(o[0]["text"]) != "a\nb\n" || o[0]["name"] != "stdout" {
		t.Errorf("stream: %v", o)
	}
	o = nb.Cells[1].Outputs()
	if len(o) != 1 {
		t.Fatalf("live: %v", o)
	}
	data := o[0]["data"].(map[string]any)
	if got := text(data[display.Text]); got == "drawn\n1" || !strings.HasPrefix(got, "drawn\n") {
		t.Errorf("live: %q, want a later state than the first", got)
	}
	if data[display.PNG] != "AQID" {
		t.Errorf("binary: %v", data[display.PNG])
	}
	o = nb.Cells[2].Outputs()
	if len(o) != 1 || o[0]["output_type"] != "execute_result" || fmt.Sprint(o[0]["execution_count"]) != "3" {
		t.Errorf("value: %v", o)
	}
	if _, err := nb.Bytes(); err != nil {
		t.Error(err)
	}
}

func TestRunStopsAtAFailure(t *testing.T) {
	nb, err := run(t, Options{}, "print", "fail", "print")
	var f *CellFailure
	if !errors.As(err, &f) || f.Cell != 2 || !strings.Contains(err.Error(), "no luck") {
		t.Fatalf("error %v", err)
	}
	if o := nb.Cells[1].Outputs(); len(o) != 1 || o[0]["output_type"] != "error" || o[0]["ename"] != "panic" {
		t.Errorf("failing cell: %v", o)
	}
	if o := nb.Cells[2].Outputs(); len(o) != 0 {
		t.Errorf("the cell after it ran: %v", o)
	}
	if nb, err = run(t, Options{}, "fail #raises-exception", "print"); err != nil || len(nb.Cells[1].Outputs()) != 1 {
		t.Errorf("an expected failure: %v", err)
	}
}

func TestRunTimeout(t *testing.T) {
	_, err := run(t, Options{Timeout: 10 * time.Millisecond}, "hang")
	if err == nil || !strings.Contains(err.Error(), "--timeout") {
		t.Errorf("error %v", err)
	}
}

func TestRunTakesNextInputs(t *testing.T) {
	nb, err := run(t, Options{}, "next", "replace", "last")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range nb.Cells {
		got = append(got, fmt.Sprint(c.Source(), len(c.Outputs())))
	}
	if want := "[next0 below0 in\nplace0 last1]"; fmt.Sprint(got) != want {
		t.Errorf("got %q, want %q", fmt.Sprint(got), want)
	}
	if id := nb.Cells[1].ID(); len(id) != 8 {
		t.Errorf("the new cell's id is %q", id)
	}
}
