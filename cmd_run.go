package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"tickbook/notebooks"
)

type runFlags struct {
	output    string
	bootstrap string
	params    []string
	timeout   time.Duration
	dwell     time.Duration
}

func runCommand() *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use:   "run NOTEBOOK",
		Short: "Run a notebook without Jupyter and write it with its outputs",
		Long: "Runs the code cells of a notebook in order, as JupyterLab would, and writes the notebook with what its tables and figures show at the end.\n" +
			"Unless --bootstrap or TICKBOOK_BOOTSTRAP names a broker, the embedded one with the sample feed runs meanwhile.\n" +
			"A cell that fails ends the run with an error; the outputs up to there are written.",
		Example: "  tickbook run notebooks/guide.ipynb -o out.ipynb --for 10s\n  tickbook run guide.ipynb -o out.ipynb -p bootstrap=127.0.0.1:9092",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("run: %d notebooks named, want one: tickbook run NOTEBOOK -o FILE", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return runNotebook(cmd.Context(), cmd.ErrOrStderr(), args[0], f)
		},
	}
	fl := c.Flags()
	fl.StringVarP(&f.output, "output", "o", "", "`FILE` to write (required; may be the notebook itself)")
	fl.StringVar(&f.bootstrap, "bootstrap", "", "`HOST:PORT` of a Kafka broker to use instead of the embedded one")
	fl.StringArrayVarP(&f.params, "param", "p", nil, "`NAME=VALUE`, overrides a variable of the cell tagged parameters; may be repeated")
	fl.DurationVar(&f.timeout, "timeout", 0, "limit for each cell, such as 30s (default: none)")
	fl.DurationVar(&f.dwell, "for", 0, "how long the tables tick before their last state is written, such as 10s")
	if err := c.MarkFlagRequired("output"); err != nil {
		panic("BUG: " + err.Error())
	}
	return c
}

func runNotebook(ctx context.Context, out io.Writer, path string, f runFlags) (err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	nb, err := notebooks.Parse(data)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	var params []notebooks.Param
	for _, s := range f.params {
		p, err := notebooks.ParseParam(s)
		if err != nil {
			return err
		}
		params = append(params, p)
	}
	if err := nb.Inject(params); err != nil {
		return err
	}
	bootstrap := f.bootstrap
	if bootstrap == "" {
		bootstrap = os.Getenv(bootstrapEnv)
	}
	if bootstrap == "" {
		b, err := startBroker(ctx, "127.0.0.1:0", out)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, b.stop()) }()
		bootstrap = b.addr
	}
	if err := os.Setenv(bootstrapEnv, bootstrap); err != nil {
		return err
	}
	start := time.Now()
	failure := notebooks.Run(ctx, nb, notebooks.Options{
		Kernel: kernelConfig(nb.Modules()), Timeout: f.timeout, For: f.dwell,
		Progress: func(cell, of int) { fmt.Fprintf(out, "%6.1fs cell %d of %d\n", time.Since(start).Seconds(), cell, of) },
	})
	text, err := nb.Bytes()
	if err != nil {
		return errors.Join(failure, err)
	}
	if err := os.WriteFile(f.output, text, 0o644); err != nil {
		return errors.Join(failure, err)
	}
	fmt.Fprintf(out, "%6.1fs wrote %s\n", time.Since(start).Seconds(), f.output)
	return failure
}
