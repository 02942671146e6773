package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"tickbook/install"
	"tickbook/notebooks"
)

// bootstrapEnv tells cells where the broker is: kafka.Bootstrap() reads it.
const bootstrapEnv = "TICKBOOK_BOOTSTRAP"

const labStop = 20 * time.Second

type labFlags struct {
	bootstrap string
	dir       string
	port      int
	noBrowser bool
	private   bool
}

func labCommand() *cobra.Command {
	var f labFlags
	c := &cobra.Command{
		Use:   "lab",
		Short: "Open the guide in JupyterLab, with a broker and a sample feed beside it",
		Long: "Finds JupyterLab 4 or installs it into an environment of its own, starts the embedded Kafka broker with the sample topics quotes and trades,\n" +
			"and opens a working copy of the guide notebook. Ctrl-C stops all of it.",
		Example: "  tickbook lab\n  tickbook lab --no-browser --bootstrap kafka.example:9092",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runLab(cmd.Context(), cmd.ErrOrStderr(), f)
		},
	}
	fl := c.Flags()
	fl.StringVar(&f.bootstrap, "bootstrap", "", "`HOST:PORT` of a Kafka broker to use instead of the embedded one")
	fl.StringVar(&f.dir, "dir", "", "`DIR` of the notebooks (default: tickbook-notebooks in your home)")
	fl.IntVar(&f.port, "port", 0, "JupyterLab's port (default 8888 or the next free one)")
	fl.BoolVar(&f.noBrowser, "no-browser", false, "print the address and open no browser")
	fl.BoolVar(&f.private, "private-jupyter", false, "use Tickbook's own JupyterLab even if there is one on PATH")
	return c
}

func runLab(ctx context.Context, out io.Writer, f labFlags) (err error) {
	jupyter, err := install.FindJupyterLab(ctx, install.FindOptions{Out: out, PrivateOnly: f.private})
	if err != nil {
		return err
	}
	bootstrap := f.bootstrap
	if bootstrap == "" {
		b, err := startBroker(ctx, "", out)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, b.stop()) }()
		bootstrap = b.addr
		fmt.Fprintf(out, "broker with the sample feed: %s\n", bootstrap)
	}
	dir := f.dir
	if dir == "" {
		if dir, err = install.NotebookDir(); err != nil {
			return err
		}
	}
	copies, err := install.WorkingCopy(dir, install.File{Name: notebooks.GuideName, Data: notebooks.Guide()})
	if err != nil {
		return err
	}
	lab, err := install.StartLab(ctx, install.LabOptions{
		Jupyter: jupyter, WorkDir: dir, Notebook: filepath.Base(copies[0]), Port: f.port, NoBrowser: f.noBrowser,
		Env: []string{bootstrapEnv + "=" + bootstrap},
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "notebook: %s\n\n    %s\n\nCtrl-C stops JupyterLab, its kernels and the broker.\n", copies[0], lab.URL)
	select {
	case <-lab.Done():
		err = fmt.Errorf("jupyter lab ended by itself; its messages are in %s", lab.Log)
	case <-ctx.Done():
		fmt.Fprintln(out, "\nstopping")
	}
	stopCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), labStop)
	defer cancel()
	return errors.Join(err, lab.Stop(stopCtx))
}
