package kernel

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
)

const (
	historyEnv        = "TICKBOOK_HISTORY" // a folder, or "off"
	historySuffix     = ".jsonl"
	historyFileLimit  = 1 << 20  // bytes of a session's file
	historyCodeLimit  = 64 << 10 // bytes of a cell that are kept on disk
	historyTextLimit  = 4 << 10  // bytes of a result that are kept on disk
	historyFilesLimit = 200      // sessions that are kept
)

// historyStore keeps the cells of sessions in a folder: one file a session, named by its number, readable by its user alone, one JSON record a
// line. A file takes its number when its session runs its first cell, so that the kernels of one user may start at once. What is broken in a file
// is passed over.
type historyStore struct {
	dir string

	mu     sync.Mutex
	file   *os.File // guarded by mu; nil before the first cell, and after the last
	number int      // of this session; guarded by mu; 0 before the first cell
	size   int      // of file; guarded by mu
	ended  bool     // guarded by mu
}

// historyRecord is a line of a file: a cell, or the result of the cell of that line.
type historyRecord struct {
	Line   int     `json:"line"`
	Code   *string `json:"code,omitempty"`
	Output *string `json:"output,omitempty"`
}

// historyFolder is where sessions keep their cells: TICKBOOK_HISTORY, else a folder of the user's data. It is "" for "off".
func historyFolder(goos string, env func(string) string, home func() (string, error)) (string, error) {
	switch dir := env(historyEnv); {
	case dir == "off":
		return "", nil
	case dir != "":
		return dir, nil
	}
	base := env("XDG_DATA_HOME")
	if goos == "windows" {
		base = env("LOCALAPPDATA")
	}
	if base == "" || goos == "darwin" || !filepath.IsAbs(base) {
		h, err := home()
		if err != nil {
			return "", fmt.Errorf("no place for it: %w; set %s to a folder, or to off", err, historyEnv)
		}
		switch goos {
		case "darwin":
			base = filepath.Join(h, "Library", "Application Support")
		case "windows":
			base = filepath.Join(h, "AppData", "Local")
		default:
			base = filepath.Join(h, ".local", "share")
		}
	}
	return filepath.Join(base, "tickbook", "history"), nil
}

// userHistoryFolder is the folder of this process's user.
func userHistoryFolder() (string, error) {
	return historyFolder(runtime.GOOS, os.Getenv, os.UserHomeDir)
}

// session is this session's number, or the one that it would get now.
func (h *historyStore) session() int {
	h.mu.Lock()
	n := h.number
	h.mu.Unlock()
	if n == 0 {
		n = h.next()
	}
	return n
}

func (h *historyStore) next() int {
	if all := h.all(); len(all) > 0 {
		return all[len(all)-1] + 1
	}
	return 1
}

// append writes r to this session's file.
func (h *historyStore) append(r historyRecord) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended {
		return nil
	}
	if r.Code != nil && len(*r.Code) > historyCodeLimit {
		return nil
	}
	if r.Output != nil && len(*r.Output) > historyTextLimit {
		short := strings.ToValidUTF8((*r.Output)[:historyTextLimit], "") + " …"
		r.Output = &short
	}
	if h.file == nil {
		if err := h.create(); err != nil {
			return err
		}
	}
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	text = append(text, '\n')
	if h.size+len(text) > historyFileLimit {
		if err := h.shorten(); err != nil {
			return err
		}
	}
	n, err := h.file.Write(text)
	h.size += n
	return err
}

// create makes this session's file, and removes those of the oldest sessions. h.mu is held.
func (h *historyStore) create() error {
	if err := os.MkdirAll(h.dir, 0o700); err != nil {
		return err
	}
	for range 1000 {
		n := h.next()
		f, err := os.OpenFile(h.path(n), os.O_WRONLY|os.O_APPEND|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue // another kernel's, made at this moment
		}
		if err != nil {
			return err
		}
		h.file, h.number = f, n
		all := h.all()
		for _, old := range all[:max(0, len(all)-historyFilesLimit)] {
			_ = os.Remove(h.path(old)) // it goes next time
		}
		return nil
	}
	return fmt.Errorf("%s: no free number", h.dir)
}

// shorten drops the older half of this session's file. h.mu is held.
func (h *historyStore) shorten() error {
	path := h.path(h.number)
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text = text[len(text)/2:]
	text = text[bytes.IndexByte(text, '\n')+1:]
	if err := h.file.Truncate(0); err != nil { // it is open for appending
		return err
	}
	h.size, err = h.file.Write(text)
	return err
}

func (h *historyStore) stop() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ended = true
	if h.file != nil {
		_ = h.file.Close() // written already
		h.file = nil
	}
}

func (h *historyStore) path(n int) string {
	return filepath.Join(h.dir, fmt.Sprintf("%06d%s", n, historySuffix))
}

// all is the numbers of the sessions in the folder, this one among them, in order.
func (h *historyStore) all() (numbers []int) {
	names, err := os.ReadDir(h.dir)
	if err != nil {
		return nil // there is none yet
	}
	for _, e := range names {
		base, ok := strings.CutSuffix(e.Name(), historySuffix)
		n, err := strconv.Atoi(base)
		if ok && err == nil && n > 0 && n < 1<<31 && e.Name() == filepath.Base(h.path(n)) {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return numbers
}

// earlier is the numbers of the sessions before this one.
func (h *historyStore) earlier() []int {
	here := h.session()
	return slices.DeleteFunc(h.all(), func(n int) bool { return n >= here })
}

// read is the cells of session n, as far as its file is whole.
func (h *historyStore) read(n int) (out []historyEntry) {
	path := h.path(n)
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	s := bufio.NewScanner(io.LimitReader(f, 2*historyFileLimit))
	s.Buffer(nil, 2*historyFileLimit)
	for s.Scan() {
		var r historyRecord
		if json.Unmarshal(s.Bytes(), &r) != nil {
			continue
		}
		switch last := len(out) - 1; {
		case r.Code != nil:
			out = append(out, historyEntry{session: n, line: r.Line, code: *r.Code})
		case r.Output != nil && last >= 0 && out[last].line == r.Line:
			out[last].output = *r.Output
		}
	}
	return out
}
