package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"tickbook/kafka/broker"
)

const kafkaPort = 9092

func brokerCommand() *cobra.Command {
	var (
		o        broker.Options
		feed     bool
		offHours bool
		byStdin  bool
		discard  bool
		f        broker.FeedOptions
	)
	c := &cobra.Command{
		Use:   "broker",
		Short: "Run the embedded Kafka broker on loopback, with the sample feed of quotes and trades if asked",
		Long: "Runs a Kafka broker for demonstrations and tests on 127.0.0.1 until it is interrupted. It has no security and no replication.\n" +
			"With --feed it serves the sample topics quotes and trades.",
		Example: "  tickbook broker --feed\n  tickbook broker --feed --data ./topics --addr 127.0.0.1:19092",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if feed {
				if offHours {
					f.Mode = broker.OffHours
				}
				o.Feed = &f
			}
			if !cmd.Flags().Changed("addr") {
				o.Prefer = kafkaPort
			}
			ctx := cmd.Context()
			if byStdin { // a Ctrl-C in the terminal is the other process's to act on
				var stop context.CancelFunc
				ctx, stop = signal.NotifyContext(context.WithoutCancel(ctx), syscall.SIGTERM)
				defer stop()
				ctx = untilEOF(ctx, os.Stdin)
			}
			err := runBroker(ctx, cmd.OutOrStdout(), o)
			if discard && o.Data != "" {
				err = errors.Join(err, os.RemoveAll(o.Data))
			}
			return err
		},
	}
	fl := c.Flags()
	fl.StringVar(&o.Addr, "addr", "", "`HOST:PORT` on loopback (default 127.0.0.1:9092 when free, else any free port)")
	fl.StringVar(&o.Data, "data", "", "`DIR` that keeps the topics over a restart (default: memory)")
	fl.IntVar(&o.Partitions, "partitions", 1, "partitions of new topics")
	fl.BoolVar(&feed, "feed", false, "serve the sample feed")
	fl.Uint64Var(&f.Seed, "seed", 1, "seed of the feed's events")
	fl.Float64Var(&f.Rate, "rate", 60, "quotes a second; trades come at a third of it")
	fl.Float64Var(&f.Malformed, "malformed", 0, "share of records, 0 to 1, that are malformed on purpose")
	fl.DurationVar(&f.History, "history", 30*time.Minute, "past to write at once into empty topics")
	fl.DurationVar(&f.Delay, "delay", 0, "how long ago the events are said to have happened")
	fl.BoolVar(&offHours, "off-hours", false, "replay old events at random every few seconds instead of new ones")
	fl.BoolVar(&byStdin, "until-stdin-closes", false, "stop when the standard input ends, as it does with the process that started this one")
	fl.BoolVar(&discard, "discard", false, "remove the data directory at an orderly end")
	if err := fl.MarkHidden("discard"); err != nil {
		panic("BUG: " + err.Error())
	}
	return c
}

// readyPrefix begins the line that says where the broker listens.
const readyPrefix = "broker: listening on "

func runBroker(ctx context.Context, out io.Writer, o broker.Options) error {
	b, err := broker.Start(o)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s%s\n", readyPrefix, b.Addr())
	select {
	case <-ctx.Done():
		return b.Close()
	case <-b.Done():
		_ = b.Close()
		return b.Err()
	}
}

// untilEOF is a context that also ends when r does.
func untilEOF(ctx context.Context, r io.Reader) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		defer cancel()
		_, _ = io.Copy(io.Discard, r)
	}()
	return ctx
}
