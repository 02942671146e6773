package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

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

// kernelConfig is what a session is made of, in Jupyter and in `tickbook run` alike.
func kernelConfig() kernel.Config {
	return kernel.Config{
		NewInterpreter: func(stdout, stderr io.Writer) (kernel.Interpreter, error) {
			eval, err := evaluatorNamed(os.Getenv(evaluatorVariable))
			if err != nil {
				return nil, err
			}
			return interp.New(interp.Options{Stdout: stdout, Stderr: stderr, Evaluator: eval})
		},
		Render:  widgets.Renderer,
		Targets: map[string]kernel.Target{live.Target: {Open: live.Open, Quiet: true}},
		Version: version,
		Capture: true,
	}
}
