package producttest

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"tickbook/internal/pyvenv"
	"tickbook/kafka/broker"
)

// clientPackages are other people's programs that run notebooks.
var clientPackages = []string{"nbclient==0.11.0", "nbconvert==7.17.2", "papermill==2.7.0", "jupyter_console==6.6.3", "jupyter_client==8.10.0"}

var continued = regexp.MustCompile(`\n\s+`) // a line that goes on

const clientTime = 3 * time.Minute

// TestGuideByOtherClients: nbclient, nbconvert, papermill and the console run the guide against the embedded broker without an error.
func TestGuideByOtherClients(t *testing.T) {
	python, ok := pyvenv.Python(t, clientPackages...)
	if !ok {
		return
	}
	b, err := broker.Start(broker.Options{Feed: &broker.FeedOptions{History: time.Minute}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	env := append(pyvenv.Env(t, kernelspec(t)), "TICKBOOK_BOOTSTRAP="+b.Addr())
	guide, err := os.ReadFile(filepath.Join(Root(), "notebooks", "guide.ipynb"))
	if err != nil {
		t.Fatal(err)
	}
	jupyter := filepath.Join(filepath.Dir(python), "jupyter")
	run := func(t *testing.T, stdin string, args ...string) (dir, out string) {
		t.Helper()
		dir = t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "guide.ipynb"), guide, 0o600); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), clientTime)
		defer cancel()
		cmd := exec.CommandContext(ctx, args[0], args[1:]...)
		cmd.Dir, cmd.Env, cmd.Stdin = dir, env, strings.NewReader(stdin)
		text, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", strings.Join(args[1:], " "), err, text)
		}
		return dir, string(text)
	}

	t.Run("nbclient", func(t *testing.T) {
		dir, _ := run(t, "", jupyter, "execute", "guide.ipynb", "--output", "out.ipynb")
		checkExecuted(t, filepath.Join(dir, "out.ipynb"))
	})
	t.Run("nbconvert", func(t *testing.T) {
		dir, _ := run(t, "", jupyter, "nbconvert", "--to", "notebook", "--execute", "guide.ipynb", "--output", "out.ipynb")
		checkExecuted(t, filepath.Join(dir, "out.ipynb"))
	})
	t.Run("nbconvert to HTML", func(t *testing.T) {
		dir, _ := run(t, "", jupyter, "nbconvert", "--to", "html", "--execute", "guide.ipynb", "--output", "out.html")
		text, err := os.ReadFile(filepath.Join(dir, "out.html"))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"<table", "KafkaOffset", "VWAP", "data:image/"} {
			if !strings.Contains(string(text), want) {
				t.Errorf("the page lacks %s", want)
			}
		}
	})
	t.Run("papermill", func(t *testing.T) {
		dir, _ := run(t, "", filepath.Join(filepath.Dir(python), "papermill"), "guide.ipynb", "out.ipynb")
		checkExecuted(t, filepath.Join(dir, "out.ipynb"))
	})
	t.Run("console", func(t *testing.T) {
		var in strings.Builder
		for _, c := range readCells(t, guide) {
			if c.Type == "code" {
				// Its simple prompt takes one line at a time.
				in.WriteString(continued.ReplaceAllString(c.source(), " ") + "\n\n")
			}
		}
		_, out := run(t, in.String()+"fmt.Println(6 * 7)\n\n", jupyter, "console", "--simple-prompt", "--kernel", "tickbook")
		for _, want := range []string{"42", "KafkaOffset", "VWAP"} {
			if !strings.Contains(out, want) {
				t.Errorf("the console shows no %s", want)
			}
		}
		if strings.Contains(out, "Error") || strings.Contains(out, "undefined") {
			t.Errorf("the console shows an error:\n%s", out)
		}
	})
}

type notebookCell struct {
	Type    string `json:"cell_type"`
	Source  json.RawMessage
	Count   *int `json:"execution_count"`
	Outputs []struct {
		Type string         `json:"output_type"`
		Name string         `json:"ename"`
		Text string         `json:"evalue"`
		Data map[string]any `json:"data"`
	}
}

func (c notebookCell) source() string {
	var lines []string
	var text string
	if json.Unmarshal(c.Source, &lines) == nil {
		return strings.Join(lines, "")
	}
	_ = json.Unmarshal(c.Source, &text)
	return text
}

func readCells(t *testing.T, text []byte) []notebookCell {
	t.Helper()
	var nb struct{ Cells []notebookCell }
	if err := json.Unmarshal(text, &nb); err != nil {
		t.Fatal(err)
	}
	return nb.Cells
}

// checkExecuted: every code cell of a notebook ran, none failed, and there are tables and a figure.
func checkExecuted(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	ran, tables, figures := 0, 0, 0
	for _, c := range readCells(t, text) {
		if c.Type != "code" {
			continue
		}
		if c.Count == nil {
			t.Errorf("a cell did not run:\n%s", c.source())
		}
		ran++
		for _, o := range c.Outputs {
			if o.Type == "error" {
				t.Errorf("%s: %s in the cell\n%s", o.Name, o.Text, c.source())
			}
			if _, ok := o.Data["text/html"]; ok {
				tables++
			}
			if _, ok := o.Data["image/svg+xml"]; ok {
				figures++
			}
		}
	}
	if ran == 0 || tables < 5 || figures < 1 {
		t.Errorf("%d cells ran, %d tables and %d figures are shown", ran, tables, figures)
	}
}
