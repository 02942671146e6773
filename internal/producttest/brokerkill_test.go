package producttest

import (
	"bufio"
	"io"
	"os/exec"
	"strings"
	"testing"

	"tickbook/engine"
	"tickbook/kafka"
)

// feedProcess starts the product's broker with the sample feed as a process and returns it with its address.
func feedProcess(t *testing.T, args ...string) (*exec.Cmd, string) {
	t.Helper()
	cmd := exec.Command(Binary(t), append([]string{"broker", "--feed", "--until-stdin-closes"}, args...)...)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		_, _ = io.Copy(io.Discard, stdout)
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("the broker said nothing: %v", err)
	}
	_, addr, ok := strings.Cut(strings.TrimSpace(line), "listening on ")
	if !ok {
		t.Fatalf("the broker said %q", line)
	}
	return cmd, addr
}

var tradeColumns = kafka.JSON(engine.String("Sym"), engine.Int32("Size"), engine.Float64("Price"), engine.Int64("DayVolume"), engine.String("Exchange"), engine.Int64("Time"))

// Killed and started again on its data, the broker costs no row and doubles none.
func TestBrokerKilled(t *testing.T) {
	data := t.TempDir()
	cmd, addr := feedProcess(t, "--data", data, "--addr", "127.0.0.1:0", "--partitions", "3", "--rate", "3000", "--history", "10s")
	trades := kafka.Consume(kafka.Config{"bootstrap.servers": addr}, "trades", tradeColumns, kafka.AppendOnly)
	defer trades.Close()
	for range 3 {
		n := trades.Size()
		Wait(t, "rows", func() bool { return trades.Size() > n+500 })
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		Wait(t, "the status to say that the broker is down", func() bool { return trades.Status().Code == engine.StatusDown })
		if err := trades.Err(); err == nil || !strings.Contains(err.Error(), addr) {
			t.Errorf("error %v, want one that names %s", err, addr)
		}
		cmd, _ = feedProcess(t, "--data", data, "--addr", addr, "--partitions", "3", "--rate", "3000")
		n = trades.Size()
		Wait(t, "rows after the restart", func() bool { return trades.Size() > n+500 })
		if s := trades.Status(); s.Code != engine.StatusOK {
			t.Errorf("after the restart the status is %v: %s", s.Code, s.Message)
		}
	}
	s := trades.Snapshot()
	parts, offsets := s.Int64s("KafkaPartition"), s.Int64s("KafkaOffset")
	next := map[int64]int64{}
	for i, p := range parts {
		if offsets[i] != next[p] {
			t.Fatalf("partition %d: offset %d after %d", p, offsets[i], next[p]-1)
		}
		next[p]++
	}
	if len(next) != 3 {
		t.Errorf("rows of %d partitions, want 3", len(next))
	}
}

// Malformed records are in the dead-letter table, by their offsets, and their neighbours arrive.
func TestDeadLetters(t *testing.T) {
	_, addr := feedProcess(t, "--addr", "127.0.0.1:0", "--partitions", "2", "--rate", "300", "--history", "20s", "--malformed", "0.1")
	trades := kafka.Consume(kafka.Config{"bootstrap.servers": addr}, "trades", tradeColumns, kafka.AppendOnly)
	defer trades.Close()
	bad := kafka.DeadLetters(trades)
	Wait(t, "rows", func() bool { return trades.Size() > 300 && bad.Size() > 10 })
	snaps := engine.Snapshots(trades, bad)
	seen := map[Place]bool{}
	ends := map[int32]int64{}
	for _, s := range snaps {
		parts, offsets := s.Int64s("KafkaPartition"), s.Int64s("KafkaOffset")
		for i, p := range parts {
			at := Place{int32(p), offsets[i]}
			if seen[at] {
				t.Fatalf("%+v is there twice", at)
			}
			seen[at] = true
			ends[at.Partition] = max(ends[at.Partition], at.Offset+1)
		}
	}
	total := int64(0)
	for _, e := range ends {
		total += e
	}
	if int64(len(seen)) != total {
		t.Errorf("%d rows and dead letters, %d offsets", len(seen), total)
	}
	good, _, err := Trades(addr, ends)
	if err != nil {
		t.Fatal(err)
	}
	if got := snaps[0].Len(); got != len(good) {
		t.Errorf("%d good rows, an ordinary decoder reads %d", got, len(good))
	}
	for i, r := range snaps[1].Strings("Reason") {
		if r == "" {
			t.Errorf("dead letter %d has no reason", i)
		}
	}
	if got := trades.Status().BadRecords; got < int64(snaps[1].Len()) {
		t.Errorf("the status counts %d bad records, the table has %d", got, snaps[1].Len())
	}
}
