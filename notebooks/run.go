package notebooks

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tickbook/kernel"
)

// Options say how a notebook is run.
type Options struct {
	// Kernel is what the session is made of.
	Kernel kernel.Config
	// Timeout ends a cell that runs longer, as an interrupt does; 0 sets no limit.
	Timeout time.Duration
	// For is how long the tables tick after the last cell, before the last state is taken.
	For time.Duration
	// Progress is called before each code cell runs, counted from 1. It may be nil.
	Progress func(cell, of int)
}

// CellFailure is the error of a cell that failed.
type CellFailure struct {
	Cell  int // among the code cells, counted from 1
	Cause error
}

func (e *CellFailure) Error() string { return fmt.Sprintf("cell %d: %v", e.Cell, e.Cause) }

// Unwrap returns what the cell failed with.
func (e *CellFailure) Unwrap() error { return e.Cause }

// Run runs the notebook's code cells in order, through the same session, displays and pacing as in Jupyter, and puts their outputs into nb:
// tables and figures as they were at the end. A failing cell ends the run, with its outputs kept and a *CellFailure returned, unless it has the tag
// "raises-exception".
func Run(ctx context.Context, nb *Notebook, o Options) (err error) {
	nb.ClearOutputs()
	rec := newRecorder()
	s, err := kernel.NewSession(o.Kernel, rec)
	if err != nil {
		return err
	}
	var code []*Cell
	for _, c := range nb.Cells {
		if c.IsCode() {
			code = append(code, c)
		}
	}
	counts := make([]int, len(code))
	defer func() {
		err = errors.Join(err, s.Close())
		for i, c := range code {
			c.setOutputs(counts[i], rec.outputsOf(strconv.Itoa(i)))
		}
		nb.noteModules()
	}()
	for i, c := range code {
		if o.Progress != nil {
			o.Progress(i+1, len(code))
		}
		reply, err := runCell(ctx, s, c, strconv.Itoa(i), o.Timeout)
		counts[i] = reply.Count
		nb.takeInput(c, reply.Payload)
		if err != nil && !c.HasTag("raises-exception") {
			s.Refresh()
			return &CellFailure{i + 1, err}
		}
	}
	if o.For > 0 {
		t := time.NewTimer(o.For)
		defer t.Stop()
		select {
		case <-t.C:
		case <-ctx.Done():
		}
	}
	s.Refresh()
	return ctx.Err()
}

func runCell(ctx context.Context, s *kernel.Session, c *Cell, id string, timeout time.Duration) (kernel.Reply, error) {
	cellCtx := ctx
	if timeout > 0 {
		var cancel context.CancelFunc
		cellCtx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	reply := s.Execute(cellCtx, kernel.Request{Code: c.Source(), CellID: id, StoreHistory: true, StopOnError: true, Parent: parent(id)})
	switch {
	case reply.Status == "ok":
		return reply, nil
	case ctx.Err() != nil:
		return reply, ctx.Err()
	case cellCtx.Err() != nil:
		return reply, fmt.Errorf("ran longer than %v; give it more with --timeout", timeout)
	case reply.Err != nil:
		return reply, reply.Err
	default:
		return reply, errors.New(reply.Status)
	}
}

// takeInput does with the texts that a cell offers to run next what a page does: they take the cell's place, or become cells below it, which this
// run does not run.
func (nb *Notebook) takeInput(c *Cell, payload []map[string]any) {
	for _, p := range payload {
		text, _ := p["text"].(string)
		if p["source"] != "set_next_input" {
			continue
		}
		if replace, _ := p["replace"].(bool); replace {
			c.raw["source"] = lines(text)
		} else {
			nb.Cells = slices.Insert(nb.Cells, slices.Index(nb.Cells, c)+1, NewCodeCell(strings.ToLower(rand.Text()[:8]), text))
		}
	}
}
