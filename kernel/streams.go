package kernel

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

const (
	streamInterval    = 20 * time.Millisecond  // from the first byte printed to the message that carries it
	streamMaxInterval = 160 * time.Millisecond // the same under load
	streamLimit       = 2 << 20                // bytes a cell may print
	streamTail        = 4 << 10                // of what is left out, these last bytes are shown
	streamRuns        = 32                     // changes between stdout and stderr that one batch keeps in order
	streamBatch       = 1 << 20                // bytes that don't wait for the interval
)

// streams batches what is printed, and is the one way to the sink: mu orders printing, displays, errors and status.
//
// A page pays milliseconds for each stream message, so a batch waits for the interval, which widens while printing goes on. What a cell
// prints beyond its limit is left out, but for its last lines.
type streams struct {
	sink  Sink
	limit int

	mu       sync.Mutex
	closed   bool
	parent   json.RawMessage // of the running or last cell
	runs     []run           // not yet given to the sink
	bytes    int             // in runs
	timer    *time.Timer     // nil when nothing waits
	interval time.Duration
	flushed  time.Time // when a batch was last given
	printed  int       // by this cell, left out or not
	dropped  int
	tail     run // the last bytes left out, all of one stream
}

// run is text of one stream.
type run struct {
	name string
	text []byte
}

func (s *streams) init(sink Sink, limit int) {
	if limit == 0 {
		limit = streamLimit
	}
	s.sink, s.limit, s.interval = sink, limit, streamInterval
}

// writer returns the writer of one stream. Any goroutine may write.
func (s *streams) writer(name string) io.Writer { return streamWriter{s, name} }

type streamWriter struct {
	s    *streams
	name string
}

func (w streamWriter) Write(p []byte) (int, error) {
	w.s.write(w.name, p)
	return len(p), nil
}

// begin counts what is printed from here on for the cell with this parent.
func (s *streams) begin(parent json.RawMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flushLocked(true)
	s.parent, s.printed, s.dropped, s.tail = parent, 0, 0, run{}
	s.interval = streamInterval
}

// end shows the last of what was left out. What is printed after it still counts for the cell.
func (s *streams) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := s.dropped - len(s.tail.text); s.dropped > 0 {
		text := s.tail.text
		if i := bytes.IndexByte(text, '\n'); n > 0 && i >= 0 && i+1 < len(text) {
			n, text = n+i+1, text[i+1:] // whole lines
		}
		if n > 0 {
			s.add("stderr", fmt.Appendf(nil, "\n[%d bytes left out]\n", n))
		}
		s.add(s.tail.name, text)
		s.dropped, s.tail = 0, run{}
	}
	s.flushLocked(true)
}

func (s *streams) write(name string, p []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(p) == 0 {
		return
	}
	room := max(0, s.limit-s.printed)
	over := s.printed > s.limit
	s.printed += len(p)
	keep := p[:min(room, len(p))]
	s.add(name, keep)
	if rest := p[len(keep):]; len(rest) > 0 {
		if !over {
			s.add("stderr", fmt.Appendf(nil, "\n[this cell printed more than %s; what follows is left out, but for its end: print less, or to a file]\n", sizeText(s.limit)))
		}
		s.leaveOut(name, rest)
	}
	switch {
	case s.bytes >= streamBatch:
		s.flushLocked(false)
	case s.timer == nil && s.bytes > 0:
		s.timer = time.AfterFunc(s.nextInterval(), s.tick)
	}
}

// nextInterval widens while one batch follows another.
func (s *streams) nextInterval() time.Duration {
	if time.Since(s.flushed) < s.interval {
		s.interval = min(2*s.interval, streamMaxInterval)
	} else {
		s.interval = streamInterval
	}
	return s.interval
}

func (s *streams) tick() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flushLocked(false)
}

// add appends text to the batch. A batch keeps the order of the two streams up to a number of changes, and beyond it only within each.
func (s *streams) add(name string, text []byte) {
	if len(text) == 0 {
		return
	}
	s.bytes += len(text)
	for i := len(s.runs) - 1; i >= 0; i-- {
		if s.runs[i].name == name {
			s.runs[i].text = append(s.runs[i].text, text...)
			return
		}
		if len(s.runs) < streamRuns {
			break
		}
	}
	s.runs = append(s.runs, run{name, append([]byte(nil), text...)})
}

func (s *streams) leaveOut(name string, p []byte) {
	s.dropped += len(p)
	if s.tail.name != name {
		s.tail = run{name: name}
	}
	if len(p) > streamTail {
		p = p[len(p)-streamTail:]
	}
	if over := len(s.tail.text) + len(p) - streamTail; over > 0 {
		s.tail.text = append(s.tail.text[:0], s.tail.text[over:]...)
	}
	s.tail.text = append(s.tail.text, p...)
}

// emit gives o to the sink; ordered, behind what was printed before.
func (s *streams) emit(o Output, ordered bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	if ordered {
		s.flushLocked(true)
	}
	s.sink.Emit(o)
}

// flush gives the batch to the sink.
func (s *streams) flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flushLocked(true)
}

// flushLocked gives the batch to the sink. Unless all is set, a character that is not yet whole waits for its rest.
func (s *streams) flushLocked(all bool) {
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
	var rest []run
	for _, r := range s.runs {
		whole := len(r.text)
		if !all {
			whole -= unfinished(r.text)
		}
		if whole < len(r.text) {
			rest = append(rest, run{r.name, append([]byte(nil), r.text[whole:]...)})
		}
		if whole > 0 {
			s.sink.Emit(Output{Type: "stream", Parent: s.parent, Content: map[string]any{"name": r.name, "text": strings.ToValidUTF8(string(r.text[:whole]), "\uFFFD")}})
			s.flushed = time.Now()
		}
	}
	s.runs, s.bytes = rest, 0
	for _, r := range rest {
		s.bytes += len(r.text)
	}
}

// close gives what is left to the sink; what is printed later is lost.
func (s *streams) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flushLocked(true)
	s.closed = true
}

// unfinished is the number of bytes at the end of text that begin a character and lack its rest.
func unfinished(text []byte) int {
	for n := 1; n <= min(utf8.UTFMax-1, len(text)); n++ {
		if b := text[len(text)-n:]; utf8.RuneStart(b[0]) {
			if utf8.FullRune(b) {
				return 0
			}
			return n
		}
	}
	return 0
}

func sizeText(n int) string {
	switch {
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 1<<10 && n%(1<<10) == 0:
		return fmt.Sprintf("%d KiB", n>>10)
	default:
		return fmt.Sprintf("%d bytes", n)
	}
}
