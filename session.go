package main

import (
	"io"

	"tickbook/interp"
	"tickbook/kernel"
	"tickbook/widgets"
	"tickbook/widgets/live"
)

// kernelConfig is what a session is made of, in Jupyter and in `tickbook run` alike.
func kernelConfig() kernel.Config {
	return kernel.Config{
		NewInterpreter: func(stdout, stderr io.Writer) (kernel.Interpreter, error) {
			return interp.New(interp.Options{Stdout: stdout, Stderr: stderr})
		},
		Render:  widgets.Renderer,
		Targets: map[string]kernel.Target{live.Target: {Open: live.Open, Quiet: true}},
		Version: version,
		Capture: true,
	}
}
