package kernel

import (
	"slices"
	"sync"
)

// historySession is the number of this session in history replies: earlier ones are not kept.
const historySession = 1

// historyLimit is how many cells are remembered.
const historyLimit = 10_000

// history is the cells of the session, oldest first.
type history struct {
	mu      sync.Mutex
	entries []historyEntry
}

type historyEntry struct {
	line   int // the execution count
	code   string
	output string // the result's text, or ""
}

// historyQuery is the content of a history_request.
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
}

// output notes what line showed as its result.
func (h *history) output(line int, text string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if n := len(h.entries); n > 0 && h.entries[n-1].line == line {
		h.entries[n-1].output = text
	}
}

// find answers a history_request: a list of [session, line, code] or, with output, [session, line, [code, output]].
func (h *history) find(q historyQuery) [][3]any {
	h.mu.Lock()
	entries := slices.Clone(h.entries)
	h.mu.Unlock()
	switch q.Type {
	case "range":
		if q.Session != 0 && q.Session != historySession {
			entries = nil // 0 is this session, negative ones are earlier
		}
		entries = slices.DeleteFunc(entries, func(e historyEntry) bool { return e.line < q.Start || q.Stop != nil && e.line >= *q.Stop })
	case "search":
		entries = slices.DeleteFunc(entries, func(e historyEntry) bool { return !globMatch(q.Pattern, e.code) })
		if q.Unique {
			entries = lastOfEach(entries)
		}
		entries = lastN(entries, q.N)
	default: // tail
		entries = lastN(entries, q.N)
	}
	out := make([][3]any, 0, len(entries))
	for _, e := range entries {
		var third any = e.code
		if q.Output {
			var text any
			if e.output != "" {
				text = e.output
			}
			third = [2]any{e.code, text}
		}
		out = append(out, [3]any{historySession, e.line, third})
	}
	return out
}

func lastN(entries []historyEntry, n int) []historyEntry {
	if n > 0 && len(entries) > n {
		return entries[len(entries)-n:]
	}
	return entries
}

// lastOfEach keeps the last entry of each code.
func lastOfEach(entries []historyEntry) []historyEntry {
	seen := map[string]bool{}
	out := entries[:0:0]
	for _, e := range slices.Backward(entries) {
		if !seen[e.code] {
			seen[e.code] = true
			out = append(out, e)
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
