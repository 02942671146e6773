package main

import (
	"context"

	"github.com/spf13/cobra"

	"tickbook/kernel"
)

func kernelCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "kernel CONNECTION_FILE",
		Short: "Run a kernel for a Jupyter client; Jupyter calls this",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return kernel.Serve(context.WithoutCancel(cmd.Context()), args[0], kernelConfig()) // signals are the kernel's own business
		},
	}
}
