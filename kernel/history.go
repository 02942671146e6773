package kernel

import (
	"log"
	"slices"
	"sync"
)

// historyLimit is how many cells are remembered, and how many an answer holds.
const historyLimit = 10_000

// history is the cells of this session, oldest first, and where earlier sessions are kept.
type history struct {
	log *log.Logger

	mu      sync.Mutex
	entries []historyEntry // guarded by mu
	store   *historyStore  // guarded by mu; nil when nothing is kept on disk
}

type historyEntry struct {
	session int // its number; 0 is this session
	line    int // the execution count
	code    string
	output  string // the result's text, or ""
}

// historyQuery is the content of a history_request. raw makes no difference: cells run as they are written.
type historyQuery struct {
	Output  bool   `json:"output"`
	Type    string `json:"hist_access_type"`
	Session int    `json:"session"`
	Start   int    `json:"start"`
	Stop    *int   `json:"stop"`
	N       int    `json:"n"`
	Pattern string `json:"pattern"`
	Unique  bool   `json:"unique"`
}

func (h *history) add(line int, code string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.entries) >= historyLimit {
		h.entries = slices.Delete(h.entries, 0, historyLimit/10)
	}
	h.entries = append(h.entries, historyEntry{line: line, code: code})
	h.keep(historyRecord{Line: line, Code: &code})
}

// output notes what line showed as its result.
func (h *history) output(line int, text string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if n := len(h.entries); n > 0 && h.entries[n-1].line == line && text != "" {
		h.entries[n-1].output = text
		h.keep(historyRecord{Line: line, Output: &text})
	}
}

// keep writes r to disk; after an error nothing more is written.
func (h *history) keep(r historyRecord) {
	if h.store == nil {
		return
	}
	if err := h.store.append(r); err != nil {
		h.log.Printf("history: %v; cells are no longer kept on disk", err)
		h.store.stop()
	}
}

func (h *history) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.store != nil {
		h.store.stop()
	}
}

// find answers a history_request: a list of [session, line, code] or, with output, [session, line, [code, output]].
func (h *history) find(q historyQuery) [][3]any {
	h.mu.Lock()
	here, store, number := slices.Clone(h.entries), h.store, 1
	if store != nil {
		number = store.session()
	}
	h.mu.Unlock()
	for i := range here {
		here[i].session = number
	}
	f := historyFinder{here: here, number: number, store: store}
	var found []historyEntry
	switch q.Type {
	case "range":
		found = f.span(q)
	case "search":
		found = f.last(q.N, q.Unique, func(e historyEntry) bool { return globMatch(q.Pattern, e.code) })
	default: // tail
		found = f.last(q.N, false, func(historyEntry) bool { return true })
	}
	out := make([][3]any, 0, len(found))
	for _, e := range found {
		var third any = e.code
		if q.Output {
			var text any
			if e.output != "" {
				text = e.output
			}
			third = [2]any{e.code, text}
		}
		out = append(out, [3]any{e.session, e.line, third})
	}
	return out
}

// historyFinder looks through this session and the earlier ones.
type historyFinder struct {
	here   []historyEntry
	number int           // of this session
	store  *historyStore // nil: there are no others
}

// session is the cells of a session: 0 is this one, a negative number counts back from it, a positive one is its own number.
func (f historyFinder) session(n int) []historyEntry {
	switch {
	case n == 0 || n == f.number:
		return f.here
	case f.store == nil:
		return nil
	case n > 0:
		return f.store.read(n)
	}
	earlier := f.store.earlier()
	if i := len(earlier) + n; i >= 0 {
		return f.store.read(earlier[i])
	}
	return nil
}

// span is the cells of one session with start <= line < stop.
func (f historyFinder) span(q historyQuery) []historyEntry {
	return slices.DeleteFunc(slices.Clone(f.session(q.Session)), func(e historyEntry) bool {
		return e.line < q.Start || q.Stop != nil && e.line >= *q.Stop
	})
}

// last is the last n cells of all sessions that match, oldest first; with unique, the last of each text. n <= 0 means as many as an answer holds.
func (f historyFinder) last(n int, unique bool, match func(historyEntry) bool) []historyEntry {
	if n <= 0 || n > historyLimit {
		n = historyLimit
	}
	var out []historyEntry
	seen := map[string]bool{}
	from := func(entries []historyEntry) (full bool) {
		for _, e := range slices.Backward(entries) {
			if !match(e) || unique && seen[e.code] {
				continue
			}
			seen[e.code] = unique
			if out = append(out, e); len(out) == n {
				return true
			}
		}
		return false
	}
	full := from(f.here)
	if f.store != nil && !full {
		for _, s := range slices.Backward(f.store.earlier()) {
			if from(f.store.read(s)) {
				break
			}
		}
	}
	slices.Reverse(out)
	return out
}

// globMatch reports whether pattern is the whole of text (path.Match would stop at slashes); * is any text and ? any character.
func globMatch(pattern, text string) bool {
	p, t := []rune(pattern), []rune(text)
	star, mark := -1, 0
	i, j := 0, 0
	for j < len(t) {
		switch {
		case i < len(p) && p[i] == '*':
			star, mark = i, j
			i++
		case i < len(p) && (p[i] == '?' || p[i] == t[j]):
			i, j = i+1, j+1
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	for i < len(p) && p[i] == '*' {
		i++
	}
	return i == len(p)
}
