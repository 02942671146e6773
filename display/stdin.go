package display

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
)

// Stdin asks the person at the page for a line whenever more input is wanted, as [Input] does without a prompt: what fmt.Scan and bufio.NewReader(os.Stdin)
// read in cells. A line of just Ctrl-D ends the input. Where nobody can be asked, reading fails, and a line on standard error says so.
var Stdin io.Reader = &stdin{}

type stdin struct {
	mu   sync.Mutex // held while a question is open
	rest string     // read, not yet taken
}

func (s *stdin) Read(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(b) == 0 {
		return 0, nil
	}
	if s.rest == "" {
		line, err := Input("")
		if err != nil {
			err = fmt.Errorf("stdin: %w", err)
			fmt.Fprintln(os.Stderr, err)
			return 0, err
		}
		if strings.TrimSpace(line) == "\x04" {
			return 0, io.EOF
		}
		s.rest = line + "\n"
	}
	n := copy(b, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}
