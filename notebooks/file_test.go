package notebooks

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestRoundTrip(t *testing.T) {
	nb, err := Parse(guide)
	if err != nil {
		t.Fatal(err)
	}
	got, err := nb.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, guide) {
		t.Error("the guide, read and written, differs from the file")
	}
}

func TestGuideHasNotRun(t *testing.T) {
	nb, err := Parse(Guide())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range nb.Cells {
		if len(c.Outputs()) > 0 || c.IsCode() && c.raw["execution_count"] != nil {
			t.Errorf("cell %s has outputs", c.ID())
		}
	}
}

func TestUnknownPartsStay(t *testing.T) {
	const src = `{"nbformat": 4, "nbformat_minor": 9, "metadata": {"x": {"y": 12345678901234567890}}, "future": [1],
		"cells": [{"cell_type": "code", "id": "a", "attachments": {"<b>": 1}, "metadata": {"tags": ["t"]}, "source": ["a\n", "b"], "outputs": [], "execution_count": null}]}`
	nb, err := Parse([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	if got := nb.Cells[0].Source(); got != "a\nb" {
		t.Errorf("source %q", got)
	}
	if !nb.Cells[0].HasTag("t") || nb.Cells[0].HasTag("u") || nb.Cells[0].ID() != "a" {
		t.Error("tags or id lost")
	}
	got, err := nb.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"12345678901234567890", `"future"`, `"<b>"`, `"nbformat_minor": 9`} {
		if !strings.Contains(string(got), want) {
			t.Errorf("%s is gone from %s", want, got)
		}
	}
}

func TestParseErrors(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if _, err := Parse([]byte(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Parse(%s): %v, want %q", in, err, want)
		}
	}
	f(``, "not a JSON document")
	f(`[]`, "not a JSON document")
	f(`{"nbformat": 3}`, "nbformat 3, want 4")
	f(`{"nbformat": 4}`, "no list of cells")
	f(`{"nbformat": 4, "cells": [1]}`, "cell 1 is not an object")
}

func FuzzParse(f *testing.F) {
	f.Add(Guide())
	f.Fuzz(func(t *testing.T, data []byte) {
		nb, err := Parse(data)
		if err != nil {
			return
		}
		for _, c := range nb.Cells {
			_, _, _ = c.Source(), c.Outputs(), c.HasTag("parameters")
		}
		out, err := nb.Bytes()
		if err != nil || !json.Valid(out) {
			t.Errorf("written as %q, %v", out, err)
		}
	})
}

func TestParams(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		nb, err := Parse(Guide())
		if err != nil {
			t.Fatal(err)
		}
		p, err := ParseParam(in)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // again: the earlier one is replaced
			if err := nb.Inject([]Param{p}); err != nil {
				t.Fatal(err)
			}
		}
		n := 0
		for i, c := range nb.Cells {
			if c.HasTag("injected-parameters") {
				n++
				if !nb.Cells[i-1].HasTag("parameters") {
					t.Errorf("%s: not after the parameters cell", in)
				}
				if got := c.Source(); got != "// Parameters\n"+want+"\n" {
					t.Errorf("%s: cell %q, want %q", in, got, want)
				}
			}
		}
		if n != 1 {
			t.Errorf("%s: %d cells injected", in, n)
		}
	}
	f("bootstrap=127.0.0.1:9092", `bootstrap := "127.0.0.1:9092"`)
	f("n=12", `n := 12`)
	f("n=-1.5e3", `n := -1.5e3`)
	f("x=NaN", `x := "NaN"`)
	f("ok=true", `ok := true`)
	f(`s="12"`, `s := "12"`)
	f(`s=it's "so"`, `s := "it's \"so\""`)
	f("s=", `s := ""`)
	for _, bad := range []string{"x", "1=2", "a b=1", "func=1"} {
		if _, err := ParseParam(bad); err == nil {
			t.Errorf("ParseParam(%q) was accepted", bad)
		}
	}
}
