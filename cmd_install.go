package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"tickbook/install"
)

// specFlags are the flags that say where a kernelspec is.
func specFlags(f *pflag.FlagSet, s *install.Spec) {
	f.Bool("user", true, "the user's Jupyter data folder")
	f.StringVar(&s.Prefix, "prefix", "", "`DIR`/share/jupyter/kernels, such as a Python environment's folder")
	f.StringVar(&s.Name, "name", install.KernelName, "the kernel's name")
}

func installCommand() *cobra.Command {
	var s install.Spec
	c := &cobra.Command{
		Use:     "install",
		Short:   "Make the kernel known to Jupyter",
		Example: "  tickbook install\n  tickbook install --prefix ~/venv",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir, err := install.Install(s)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "installed the kernel %q in %s\nchoose %q in Jupyter's launcher, or try: tickbook lab\n", s.Name, dir, s.Title())
			return nil
		},
	}
	specFlags(c.Flags(), &s)
	c.Flags().BoolVar(&s.Copy, "copy", false, "start a copy of this binary beside the kernelspec, so that it may be moved or deleted")
	c.MarkFlagsMutuallyExclusive("user", "prefix")
	return c
}

func uninstallCommand() *cobra.Command {
	var s install.Spec
	c := &cobra.Command{
		Use:   "uninstall",
		Short: "Remove what install wrote",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir, err := install.Uninstall(s)
			if errors.Is(err, fs.ErrNotExist) {
				fmt.Fprintln(cmd.OutOrStdout(), "nothing to remove:", err)
				return nil
			}
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), "removed", dir)
			return nil
		},
	}
	specFlags(c.Flags(), &s)
	c.MarkFlagsMutuallyExclusive("user", "prefix")
	return c
}

func doctorCommand() *cobra.Command {
	var s install.Spec
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Look at the installation and say what to type where something is wrong",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return install.Doctor(cmd.Context(), cmd.OutOrStdout(), install.DoctorOptions{Version: version, Spec: s, Bootstrap: os.Getenv(bootstrapEnv)})
		},
	}
	specFlags(c.Flags(), &s)
	return c
}
