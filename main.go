// Tickbook is a Jupyter kernel that interprets Go cells against a streaming-table engine in the same process.
//
// The files main.go and cmd_*.go hold commands: flags and wiring, nothing else.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// version is what `tickbook version` and kernel_info say.
const version = "0.1.0"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	err := rootCommand().ExecuteContext(ctx)
	if err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "tickbook: "+err.Error())
		os.Exit(1)
	}
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "tickbook",
		Short:         "A notebook for live data: a Go kernel for Jupyter with a streaming-table engine inside",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	evaluator := ""
	root.PersistentFlags().StringVar(&evaluator, "evaluator", "", "what runs cells: exec or yaegi (default exec, or "+evaluatorVariable+")")
	root.PersistentPreRunE = func(*cobra.Command, []string) error {
		if evaluator == "" {
			return nil
		}
		if _, err := evaluatorNamed(evaluator); err != nil {
			return err
		}
		return os.Setenv(evaluatorVariable, evaluator) // for the kernels that the command starts, too
	}
	root.AddCommand(labCommand(), runCommand(), buildCommand(), brokerCommand(), installCommand(), uninstallCommand(), doctorCommand(), kernelCommand(), versionCommand())
	return root
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		Run: func(cmd *cobra.Command, _ []string) { fmt.Fprintln(cmd.OutOrStdout(), "tickbook "+version) },
	}
}
