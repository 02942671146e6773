package main

import (
	"context"
	"errors"
	"os"
	"os/exec"

	"github.com/spf13/cobra"

	"tickbook/kernel"
	"tickbook/kernel/supervise"
)

func kernelCommand() *cobra.Command {
	alone := false
	cmd := &cobra.Command{
		Use:   "kernel CONNECTION_FILE",
		Short: "Run a kernel for a Jupyter client; Jupyter calls this",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := context.WithoutCancel(cmd.Context()) // signals are the kernel's own business
			parent, err := supervise.Connect()
			if err != nil {
				return err
			}
			if parent == nil && !alone && supervise.Possible {
				return superviseKernel(ctx, args[0])
			}
			cfg := kernelConfig(nil)
			cfg.Parent = parent
			return kernel.Serve(ctx, args[0], cfg)
		},
	}
	cmd.Flags().BoolVar(&alone, "alone", false, "in one process: what ends it ends the kernel, as under a debugger")
	return cmd
}

// superviseKernel runs the kernel as a child of this process. What it had to say about its end, it has said.
func superviseKernel(ctx context.Context, connectionFile string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	err = supervise.Run(ctx, self, "kernel", connectionFile)
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		os.Exit(supervise.ExitCode(err))
	}
	return err
}
