package kernel

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// startHistory is the history of a session that keeps its cells in dir.
func startHistory(t *testing.T, dir string) (*history, *testLog) {
	t.Helper()
	lines := &testLog{}
	h := &history{log: log.New(lines, "", 0), store: &historyStore{dir: dir}}
	t.Cleanup(h.close)
	return h, lines
}

func wantHistory(t *testing.T, h *history, want string, q historyQuery) {
	t.Helper()
	if got, _ := json.Marshal(h.find(q)); string(got) != want {
		t.Errorf("%+v:\n got %s\nwant %s", q, got, want)
	}
}

func TestHistoryOfSessions(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "history")
	first, _ := startHistory(t, dir)
	wantHistory(t, first, `[]`, historyQuery{Type: "tail", N: 5})
	first.add(1, "a := 1")
	first.output(1, "")
	first.add(2, "a\n+ 1")
	first.output(2, "2")
	second, _ := startHistory(t, dir) // at the same time
	second.add(1, "b")
	third, _ := startHistory(t, dir)
	third.add(1, "a := 1")
	first.add(3, "late")

	wantHistory(t, third, `[[1,3,"late"],[2,1,"b"],[3,1,"a := 1"]]`, historyQuery{Type: "tail", N: 3})
	wantHistory(t, third, `[[1,1,["a := 1",null]],[1,2,["a\n+ 1","2"]],[1,3,["late",null]],[2,1,["b",null]],[3,1,["a := 1",null]]]`, historyQuery{Type: "tail", Output: true})
	wantHistory(t, third, `[[1,1,"a := 1"],[3,1,"a := 1"]]`, historyQuery{Type: "search", Pattern: "a := *"})
	wantHistory(t, third, `[[3,1,"a := 1"]]`, historyQuery{Type: "search", Pattern: "a := *", Unique: true})
	wantHistory(t, third, `[[3,1,"a := 1"]]`, historyQuery{Type: "search", Pattern: "a := *", N: 1})
	wantHistory(t, third, `[[3,1,"a := 1"]]`, historyQuery{Type: "range"})
	wantHistory(t, third, `[[2,1,"b"]]`, historyQuery{Type: "range", Session: -1})
	wantHistory(t, third, `[[1,2,"a\n+ 1"]]`, historyQuery{Type: "range", Session: -2, Start: 2, Stop: new(int(3))})
	wantHistory(t, third, `[]`, historyQuery{Type: "range", Session: -3})
	wantHistory(t, third, `[[1,3,"late"]]`, historyQuery{Type: "range", Session: 1, Start: 3})
	wantHistory(t, third, `[]`, historyQuery{Type: "range", Session: 99})
	if runtime.GOOS == "windows" {
		return // no such modes
	}
	for path, want := range map[string]os.FileMode{dir: os.ModeDir | 0o700, filepath.Join(dir, "000001.jsonl"): 0o600} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode() != want {
			t.Errorf("%s: mode %v, want %v", path, info.Mode(), want)
		}
	}
}

// TestBrokenHistory: what is broken in the folder is passed over.
func TestBrokenHistory(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"000001.jsonl":   "{\"line\":1,\"code\":\"good\"}\nnot JSON\n{\"line\":\"x\",\"code\":1}\n[]\n\x00\xff\n{\"line\":7,\"output\":\"of none\"}\n{\"line\":2,\"code\":\"also good\"}\n{\"line\":2,\"output\":\"2\"}\n{\"line\":3,\"co",
		"000002.jsonl":   strings.Repeat("x", 3*historyFileLimit),
		"000003.jsonl":   "",
		"4.jsonl":        `{"line":1,"code":"a name of others"}`,
		"notes.txt":      "?",
		"-00001.jsonl":   `{"line":1,"code":"no number"}`,
		"99999999999999": "",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "000005.jsonl"), 0o700); err != nil {
		t.Fatal(err)
	}
	h, lines := startHistory(t, dir)
	wantHistory(t, h, `[[1,1,["good",null]],[1,2,["also good","2"]]]`, historyQuery{Type: "tail", N: 10, Output: true})
	h.add(1, "new")
	wantHistory(t, h, `[[1,2,"also good"],[6,1,"new"]]`, historyQuery{Type: "tail", N: 2})
	if lines.String() != "" {
		t.Errorf("logged: %s", lines)
	}
}

// TestHistoryThatCannotBeKept: then it is in memory only, and the log says why, once.
func TestHistoryThatCannotBeKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	h, lines := startHistory(t, filepath.Join(file, "history"))
	h.add(1, "a")
	h.add(2, "b")
	wantHistory(t, h, `[[1,1,"a"],[1,2,"b"]]`, historyQuery{Type: "tail", N: 2})
	if n := strings.Count(lines.String(), "no longer kept"); n != 1 {
		t.Errorf("%d lines about it:\n%s", n, lines)
	}
}

// TestHistoryIsBounded: the size of a file, of what is in it, and the number of files.
func TestHistoryIsBounded(t *testing.T) {
	dir := t.TempDir()
	for n := range historyFilesLimit + 5 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%06d.jsonl", n+1)), []byte(`{"line":1,"code":"old"}`), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h, lines := startHistory(t, dir)
	for i := range 500 {
		h.add(i+1, fmt.Sprintf("// %d\n%s", i, strings.Repeat("x", 10_000)))
		h.output(i+1, strings.Repeat("ß", historyTextLimit))
	}
	h.add(501, strings.Repeat("x", historyCodeLimit+1))
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != historyFilesLimit {
		t.Errorf("%d files, want %d", len(files), historyFilesLimit)
	}
	info, err := files[len(files)-1].Info()
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > historyFileLimit || info.Size() < historyFileLimit/3 {
		t.Errorf("%s has %d bytes", info.Name(), info.Size())
	}
	next, _ := startHistory(t, dir)
	got := next.find(historyQuery{Type: "tail", N: 2, Output: true})
	if len(got) != 2 || got[1][1] != 500 || len(got[1][2].([2]any)[1].(string)) > historyTextLimit+10 {
		t.Errorf("the end of the last session is %.300v", got)
	}
	if lines.String() != "" {
		t.Errorf("logged: %s", lines)
	}
}

func TestHistoryFolder(t *testing.T) {
	home := func() (string, error) { return "/home/u", nil }
	f := func(goos, vars, want string) {
		t.Helper()
		env := func(name string) string {
			for pair := range strings.FieldsSeq(vars) {
				if v, ok := strings.CutPrefix(pair, name+"="); ok {
					return v
				}
			}
			return ""
		}
		if got, err := historyFolder(goos, env, home); filepath.ToSlash(got) != want || err != nil {
			t.Errorf("%s %s: got %q, %v, want %q", goos, vars, got, err, want)
		}
	}
	f("linux", "", "/home/u/.local/share/tickbook/history")
	f("linux", "XDG_DATA_HOME=/data", "/data/tickbook/history")
	f("linux", "XDG_DATA_HOME=relative", "/home/u/.local/share/tickbook/history")
	f("darwin", "XDG_DATA_HOME=/data", "/home/u/Library/Application Support/tickbook/history")
	f("windows", "", "/home/u/AppData/Local/tickbook/history")
	f("linux", "TICKBOOK_HISTORY=/mine XDG_DATA_HOME=/data", "/mine")
	f("linux", "TICKBOOK_HISTORY=off", "")
}
