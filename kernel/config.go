package kernel

import (
	"context"
	"encoding/json"
	"io"
	"log"

	"tickbook/display"
	"tickbook/kernel/supervise"
)

// Config says what a session is made of.
type Config struct {
	// NewInterpreter starts the session's interpreter. What cells print goes to stdout and stderr, which any goroutine may write to.
	NewInterpreter func(stdout, stderr io.Writer) (Interpreter, error)
	// Render finds how to show a value that can't show itself. It may be nil.
	Render func(v any) (display.Renderer, bool)
	// Targets are the comm targets that pages may open, by name.
	Targets map[string]Target
	// Version is the product's version, for kernel_info.
	Version string
	// Capture takes what compiled code writes to os.Stdout, os.Stderr and the standard logger as the cell's output, for as long as the session
	// lives. At most one session of a process does so at a time. [Serve] always captures.
	Capture bool
	// StreamLimit is how many bytes a cell may print before the rest is left out. 0 means 2 MiB.
	StreamLimit int
	// History is the folder that keeps the cells of sessions, for history_request and the consoles' arrow keys. "" keeps them in memory, for as
	// long as the session lives; [Serve] then takes the user's own folder, unless NoHistory is set or TICKBOOK_HISTORY says "off".
	History   string
	NoHistory bool
	// Parent is the line to the process that supervises this one; nil if none does. [Serve] tells it what the session does, and answers the
	// requests that a dead process before this one left.
	Parent *supervise.Parent
	// Log gets what has no other place. nil means the process's own stderr, not that of cells.
	Log *log.Logger
}

// Target accepts the comms that pages open under one name.
type Target struct {
	Open display.CommTarget
	// Notebook reads from a comm_open which notebook the page shows, "" when it does not say. Cells of two notebooks are two, also where their ids are
	// the same. It may be nil.
	Notebook func(open display.CommMessage) string
	// Quiet targets exchange messages without busy and idle around each, which would make the page's kernel indicator flicker.
	Quiet bool
	// Bye, if any, is said to a page that speaks on a comm which isn't there and whose id begins with the target's name and a hyphen. It is told of others by
	// comm_close, which JupyterLab reports as an error where it did not make the comm itself.
	Bye any
}

// Sink takes what a session shows. Emit is called with one output at a time, in order. It must neither block for long nor call the session.
type Sink interface {
	Emit(Output)
}

// Output is one message to whoever watches the session.
type Output struct {
	// Type is the message's type: stream, display_data, update_display_data, execute_result, error, clear_output, execute_input, status,
	// comm_open, comm_msg, comm_close.
	Type string
	// Parent is the header of the request that caused it; empty when the request had none.
	Parent json.RawMessage
	// Content is as in the messaging specification; media types are strings or JSON, binary ones in base64.
	Content  map[string]any
	Metadata map[string]any // may be nil
	Buffers  [][]byte       // may be nil
}

// Request asks for one cell's run.
type Request struct {
	Code string
	// CellID names the cell within its notebook: the displays of its last run end when it runs again. Without one the cell is known by its text.
	CellID string
	// Client is who sent the request, the header's session. A page that opens a comm says of which notebook its client is; see [Target].
	Client string
	// Silent runs show neither code, result nor error, and count no execution.
	Silent bool
	// StoreHistory keeps the cell in the history and counts it.
	StoreHistory bool
	// StopOnError asks that the requests queued behind a failing cell are aborted; whoever holds the queue does so.
	StopOnError bool
	// AllowStdin says that the cell may ask the person at the page, by Input.
	AllowStdin bool
	Input      func(ctx context.Context, prompt string, hidden bool) (string, error)
	// Expressions are evaluated after a run that succeeded (user_expressions).
	Expressions map[string]string
	// Started is told the cell's number when it begins to run. It may be nil.
	Started func(count int)
	// Parent is the request's header, as JSON.
	Parent json.RawMessage
}

// Reply is how a run ended.
type Reply struct {
	Status      string             // "ok", "error" or "aborted"
	Count       int                // the execution count
	Err         *display.CellError // when Status is "error"
	Traceback   []string           // what was shown for Err
	Expressions map[string]any     // answers to Request.Expressions: status, data or ename, …
	Payload     []map[string]any   // what the page is to do besides, such as open the pager
}
