package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tickbook/build"
	"tickbook/install"
)

func buildCommand() *cobra.Command {
	var o build.Options
	var s install.Spec
	noInstall := false
	c := &cobra.Command{
		Use:   "build --with MODULE@VERSION",
		Short: "Make a kernel with Go packages compiled in, and make it known to Jupyter",
		Long: "Builds Tickbook anew with the packages of Go modules compiled in: cells import them at the speed of compiled code, also those with C and assembly,\n" +
			"which %get cannot read. It takes the go command on PATH with its settings. Then it does what install does, for the new binary, which is kept beside the\n" +
			"kernelspec unless -o says where. --name gives it a name beside the usual kernel, which it replaces otherwise.",
		Example: "  tickbook build --with github.com/mattn/go-sqlite3@v1.14.32 --name sqlite\n  tickbook build --with example.com/a@latest --with ./mine -o ./tickbook-mine --no-install",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return buildKernel(cmd.Context(), cmd.ErrOrStderr(), o, s, noInstall)
		},
	}
	fl := c.Flags()
	fl.StringArrayVar(&o.With, "with", nil, "`MODULE@VERSION`, a package's path with a version, or ./folder of a module; may be repeated")
	fl.StringVarP(&o.Output, "output", "o", "", "`FILE` to write (default: tickbook in the kernelspec's folder)")
	fl.StringVar(&o.Source, "source", "", "`DIR` of Tickbook's source (default: the clone around the working folder, or this version's)")
	fl.BoolVar(&noInstall, "no-install", false, "only write the binary")
	specFlags(fl, &s)
	c.MarkFlagsMutuallyExclusive("user", "prefix")
	for _, f := range []string{"user", "prefix", "name"} {
		c.MarkFlagsMutuallyExclusive("no-install", f)
	}
	if err := c.MarkFlagRequired("with"); err != nil {
		panic("BUG: " + err.Error())
	}
	return c
}

func buildKernel(ctx context.Context, out io.Writer, o build.Options, s install.Spec, noInstall bool) (err error) {
	switch {
	case o.Output != "":
	case noInstall:
		return errors.New("--no-install leaves a binary and nothing else: say where by -o FILE")
	default: // what is built goes into the kernelspec's folder once it is whole
		s.Copy = true
		dir, err := os.MkdirTemp("", "tickbook-built-")
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		o.Output = filepath.Join(dir, "tickbook")
		if runtime.GOOS == "windows" {
			o.Output += ".exe"
		}
	}
	if _, err := s.Dir(); err != nil { // before minutes are spent
		return err
	}
	o.Out = out
	r, err := build.Build(ctx, o)
	if err != nil {
		return err
	}
	for _, m := range slices.Sorted(maps.Keys(r.Modules)) {
		fmt.Fprintf(out, "compiled in: %s %s\n", m, r.Modules[m])
	}
	if len(r.Left) > 0 {
		fmt.Fprintf(out, "left to %%get, since they are generic: %s\n", strings.Join(r.Left, ", "))
	}
	if noInstall {
		fmt.Fprintf(out, "wrote %s; %s install makes it known to Jupyter\n", o.Output, o.Output)
		return nil
	}
	// The new binary installs itself: it has its own files.
	args := []string{"install", "--name", s.Name}
	if s.Prefix != "" {
		args = append(args, "--prefix", s.Prefix)
	}
	if s.Copy {
		args = append(args, "--copy")
	}
	cmd := exec.CommandContext(ctx, o.Output, args...)
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s install: %w", o.Output, err)
	}
	return nil
}
