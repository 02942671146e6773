package producttest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"tickbook/internal/kafkatest"
	"tickbook/notebooks"
)

func TestMain(m *testing.M) {
	code := m.Run()
	Cleanup()
	os.Exit(code)
}

// guideWithDump writes the guide, with the dump cell after it, and returns the notebook's path and the dump's.
func guideWithDump(t *testing.T) (notebook, dump string) {
	t.Helper()
	nb, err := notebooks.Parse(notebooks.Guide())
	if err != nil {
		t.Fatal(err)
	}
	nb.Cells = append(nb.Cells, notebooks.NewCodeCell("dump", DumpCell))
	text, err := nb.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	notebook, dump = filepath.Join(dir, "guide.ipynb"), filepath.Join(dir, "dump.json")
	if err := os.WriteFile(notebook, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return notebook, dump
}

// The guide on a real Apache Kafka: at the cycle where the consumed offsets equal the end offsets, tables equal what is computed from the records.
func TestGuideOnApacheKafka(t *testing.T) {
	if !kafkatest.Available(t) {
		return
	}
	b := kafkatest.Start(t)
	for _, topic := range []string{"quotes", "trades"} {
		b.CreateTopic(topic, 3)
	}
	const n = 20_000
	if err := Produce(b.Addr, 1, n, 3, 0); err != nil {
		t.Fatal(err)
	}
	notebook, dump := guideWithDump(t)
	out := filepath.Join(t.TempDir(), "out.ipynb")
	cmd := exec.Command(Binary(t), "run", notebook, "-o", out, "--bootstrap", b.Addr, "--timeout", "2m", "-p", "dumpPath="+dump,
		"-p", fmt.Sprintf("wantQuotes=%d", 2*n), "-p", fmt.Sprintf("wantTrades=%d", 2*n))
	produced := make(chan error, 1)
	go func() { produced <- Produce(b.Addr, 2, n, 3, 0) }() // while the tables fill
	text, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if err := <-produced; err != nil {
		t.Fatal(err)
	}
	compareDump(t, b.Addr, dump)
}

func compareDump(t *testing.T, addr, dump string) {
	t.Helper()
	quotes, _, err := Quotes(addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	trades, _, err := Trades(addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	d, err := ReadDump(dump)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Compare(trades, quotes); err != nil {
		t.Error(err)
	}
}
