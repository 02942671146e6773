package supervise

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strconv"
	"sync"
)

// What a supervised process finds in its environment, and the files that it inherits.
const (
	envSupervised = "TICKBOOK_SUPERVISED" // the supervisor's process id

	crashFile   = 3 // takes what the Go runtime says when the process dies
	journalFile = 4
	reportFile  = 5 // says how the process before it died, as JSON; empty for the first
)

// Parent is a kernel's line to its supervisor. A nil Parent is nobody: what it is told goes nowhere.
type Parent struct {
	Report *Report // how the process before this one died; nil for the first

	mu      sync.Mutex
	journal *os.File
}

// Connect returns the line to the supervisor of this process, nil if it has none. It is called once.
func Connect() (*Parent, error) {
	pid, err := strconv.Atoi(os.Getenv(envSupervised))
	if err != nil || pid != os.Getppid() { // of another process, whose environment came to us
		return nil, nil
	}
	p := &Parent{journal: inherited(journalFile, "journal")}
	report := inherited(reportFile, "report")
	defer func() { _ = report.Close() }()
	if err := json.NewDecoder(report).Decode(&p.Report); err != nil && err != io.EOF {
		return nil, fmt.Errorf("the report of a crash: %w", err)
	}
	crash := inherited(crashFile, "crash")
	defer func() { _ = crash.Close() }() // the runtime has its own
	if err := debug.SetCrashOutput(crash, debug.CrashOptions{}); err != nil {
		return nil, fmt.Errorf("crash output: %w", err)
	}
	return p, os.Unsetenv(envSupervised) // not for the processes that cells start
}

// Up says that the sockets are open: what ends the process from now on is a crash.
func (p *Parent) Up() { p.say(event{What: "up"}) }

// Took says that a request came that is owed a reply.
func (p *Parent) Took(r Request) { p.say(event{What: "took", Request: r}) }

// Runs says that the request is the cell In[count], which runs.
func (p *Parent) Runs(id string, count int) {
	p.say(event{What: "runs", Request: Request{ID: id, Count: count}})
}

// Done says that the request has its reply.
func (p *Parent) Done(id string) { p.say(event{What: "done", Request: Request{ID: id}}) }

// Stops says that the process was asked to end.
func (p *Parent) Stops() { p.say(event{What: "stops"}) }

func (p *Parent) say(e event) {
	if p == nil {
		return
	}
	text, err := json.Marshal(e)
	if err != nil {
		return // a header that is no JSON is not taken
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	_, _ = p.journal.Write(append(text, '\n')) // a supervisor that is gone is seen otherwise
}
