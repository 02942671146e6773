package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"sync/atomic"

	"tickbook/display"
	"tickbook/interp"
	"tickbook/kernel"
	"tickbook/widgets"
	"tickbook/widgets/live"
)

// evaluatorVariable names the evaluator of sessions.
const evaluatorVariable = "TICKBOOK_EVALUATOR"

// evaluatorNamed returns how to make an evaluator; nil, the default one, for "".
func evaluatorNamed(name string) (func(interp.Options) (interp.Evaluator, error), error) {
	make, ok := interp.Evaluators[name]
	if name != "" && !ok {
		return nil, fmt.Errorf("no evaluator %q: there are %s", name, strings.Join(slices.Sorted(maps.Keys(interp.Evaluators)), " and "))
	}
	return make, nil
}

// kernelConfig is what a session is made of, in Jupyter and in `tickbook run` alike. modules are the versions that a notebook has, which a page tells
// too when it opens its comm.
func kernelConfig(modules map[string]string) kernel.Config {
	var session atomic.Pointer[interp.Session]
	open := func(c display.Comm, m display.CommMessage) (display.CommHandler, error) {
		if s := session.Load(); s != nil {
			s.Pin(live.Modules(m))
		}
		return live.Open(c, m)
	}
	return kernel.Config{
		NewInterpreter: func(stdout, stderr io.Writer) (kernel.Interpreter, error) {
			eval, err := evaluatorNamed(os.Getenv(evaluatorVariable))
			if err != nil {
				return nil, err
			}
			s, err := interp.New(interp.Options{Stdout: stdout, Stderr: stderr, Evaluator: eval})
			if err != nil {
				return nil, err
			}
			s.Pin(modules)
			session.Store(s)
			return s, nil
		},
		Render:  widgets.Renderer,
		Targets: map[string]kernel.Target{live.Target: {Open: open, Notebook: live.Notebook, Quiet: true, Bye: live.Bye}},
		Version: version,
		Capture: true,
	}
}
