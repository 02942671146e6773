package kernel

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"tickbook/display"
)

// fields is what each message of the kernel holds: the kind of each field, with "?" before those that are not always there.
var fields = map[string]map[string]string{
	"kernel_info_reply": {
		"status": "string", "protocol_version": "string", "implementation": "string", "implementation_version": "string", "language_info": "object",
		"banner": "string", "debugger": "bool", "help_links": "array", "supported_features": "array",
	},
	"execute_reply":         {"status": "string", "execution_count": "number", "payload": "array", "user_expressions": "object"},
	"inspect_reply":         {"status": "string", "found": "bool", "data": "object", "metadata": "object"},
	"complete_reply":        {"status": "string", "matches": "array", "cursor_start": "number", "cursor_end": "number", "metadata": "object"},
	"history_reply":         {"status": "string", "history": "array"},
	"is_complete_reply":     {"status": "string", "indent": "?string"},
	"connect_reply":         {"status": "string", "shell_port": "number", "iopub_port": "number", "stdin_port": "number", "hb_port": "number", "control_port": "number"},
	"comm_info_reply":       {"status": "string", "comms": "object"},
	"shutdown_reply":        {"status": "string", "restart": "bool"},
	"interrupt_reply":       {"status": "string"},
	"create_subshell_reply": {"status": "string", "subshell_id": "string"},
	"delete_subshell_reply": {"status": "string"},
	"list_subshell_reply":   {"status": "string", "subshell_id": "array"},
	"stream":                {"name": "string", "text": "string"},
	"display_data":          {"data": "object", "metadata": "object", "transient": "object"},
	"update_display_data":   {"data": "object", "metadata": "object", "transient": "object"},
	"execute_input":         {"code": "string", "execution_count": "number"},
	"execute_result":        {"data": "object", "metadata": "object", "execution_count": "number"},
	"error":                 {"ename": "string", "evalue": "string", "traceback": "array"},
	"status":                {"execution_state": "string"},
	"clear_output":          {"wait": "bool"},
	"iopub_welcome":         {"subscription": "string"},
	"comm_open":             {"comm_id": "string", "target_name": "string", "data": "object"},
	"comm_msg":              {"comm_id": "string", "data": "object"},
	"comm_close":            {"comm_id": "string", "data": "object"},
	"input_request":         {"prompt": "string", "password": "bool"},
}

// failureFields are what a reply with status error or aborted holds.
var failureFields = map[string]string{
	"status": "string", "ename": "string", "evalue": "string", "traceback": "array",
	"execution_count": "?number", "payload": "?array", "user_expressions": "?object",
}

var headerFields = map[string]string{
	"msg_id": "string", "msg_type": "string", "session": "string", "username": "string", "date": "string", "version": "string",
}

// fieldTest talks to a kernel and checks every message that it sends.
type fieldTest struct {
	*testing.T
	shell, control, stdin, iopub *testClient
	seen                         map[string]bool
}

func (f *fieldTest) check(m *message, parent string) {
	f.Helper()
	f.seen[m.header.Type] = true
	want := fields[m.header.Type]
	var content map[string]any
	if err := json.Unmarshal(m.content, &content); err != nil {
		f.Fatal(err)
	}
	if s := content["status"]; s == "error" || s == "aborted" {
		want = failureFields
	}
	f.compare(m.header.Type, content, want)
	var head, up map[string]any
	_, _ = json.Unmarshal(m.raw, &head), json.Unmarshal(m.parent, &up)
	f.compare(m.header.Type+": header", head, headerFields)
	if _, err := time.Parse(time.RFC3339Nano, fmt.Sprint(head["date"])); err != nil || head["version"] != protocolVersion {
		f.Errorf("%s: header %v, %v", m.header.Type, head, err)
	}
	if parent != "" && up["msg_id"] != parent {
		f.Errorf("%s: parent %v, want that of %s", m.header.Type, up, parent)
	}
}

func (f *fieldTest) compare(what string, got map[string]any, want map[string]string) {
	f.Helper()
	for name, kind := range want {
		kind, optional := strings.CutPrefix(kind, "?")
		if v, ok := got[name]; !ok && !optional || ok && kindOf(v) != kind {
			f.Errorf("%s: field %s is %v, want %s", what, name, v, kind)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			f.Errorf("%s: unknown field %s", what, name)
		}
	}
}

func kindOf(v any) string {
	switch v.(type) {
	case string:
		return "string"
	case float64:
		return "number"
	case bool:
		return "bool"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	}
	return fmt.Sprintf("%T", v)
}

// ask sends a request, and checks what comes for it until it is idle. It returns the reply's content.
func (f *fieldTest) ask(k *testClient, kind string, content any) map[string]any {
	f.Helper()
	id := k.request(kind, content)
	return f.answers(k, kind, id)
}

func (f *fieldTest) answers(k *testClient, kind, id string) (reply map[string]any) {
	f.Helper()
	if want, ok := replyKind(kind); ok {
		m := k.message()
		f.check(m, id)
		if m.header.Type != want {
			f.Errorf("%s answered by %s", kind, m.header.Type)
		}
		_ = json.Unmarshal(m.content, &reply)
	}
	for {
		m := f.iopub.message()
		var parent header
		_ = json.Unmarshal(m.parent, &parent)
		if parent.ID != id {
			continue
		}
		f.check(m, id)
		if m.header.Type == "status" && strings.Contains(string(m.content), `"idle"`) {
			return reply
		}
	}
}

// TestFields: every message holds the fields of the specification, no others, of the right kinds, and docs/protocol.md lists them all.
func TestFields(t *testing.T) {
	sv, _ := startServer(t)
	f := &fieldTest{T: t, seen: map[string]bool{}, shell: dial(t, sv.shell.port, "DEALER", "me"), control: dial(t, sv.control.port, "DEALER", "me"), stdin: dial(t, sv.stdin.port, "DEALER", "me"), iopub: dial(t, sv.iopub.port, "SUB", "")}
	none := map[string]any{}
	code := func(s string) map[string]any { return map[string]any{"code": s} }

	f.iopub.write(encodeFrames([][]byte{[]byte("\x01kernel.")})) // a second subscription
	f.check(f.iopub.message(), "")
	f.iopub.write(encodeFrames([][]byte{[]byte("\x00kernel.")}))

	info := f.ask(f.shell, "kernel_info_request", none)
	f.compare("language_info", info["language_info"].(map[string]any), map[string]string{
		"name": "string", "version": "string", "mimetype": "string", "file_extension": "string", "pygments_lexer": "string", "codemirror_mode": "string", "nbconvert_exporter": "string",
	})
	ports := f.ask(f.shell, "connect_request", none)
	if ports["shell_port"] == 0.0 || ports["shell_port"] == ports["control_port"] {
		t.Errorf("ports %v", ports)
	}
	r := f.ask(f.shell, "execute_request", map[string]any{"code": "print x\nstderr x\nshow x\nclear\nupdate y\nvalue 1", "user_expressions": map[string]string{"a": "value 5", "b": "fail no"}})
	expressions := r["user_expressions"].(map[string]any)
	f.compare("user_expressions", expressions["a"].(map[string]any), map[string]string{"status": "string", "data": "object", "metadata": "object"})
	f.compare("user_expressions", expressions["b"].(map[string]any), map[string]string{"status": "string", "ename": "string", "evalue": "string", "traceback": "array"})
	r = f.ask(f.shell, "execute_request", code("?print"))
	f.compare("payload", r["payload"].([]any)[0].(map[string]any), map[string]string{"source": "string", "data": "object", "start": "number"})
	r = f.ask(f.shell, "execute_request", code("next print"))
	next := r["payload"].([]any)[0].(map[string]any)
	f.compare("payload", next, map[string]string{"source": "string", "text": "string", "replace": "bool"})
	if next["source"] != "set_next_input" || next["text"] != "print" || next["replace"] != true {
		t.Errorf("payload %v", next)
	}
	f.ask(f.shell, "execute_request", code("fail x"))
	f.ask(f.shell, "execute_request", map[string]any{"code": 1})
	f.ask(f.shell, "inspect_request", code("print"))
	r = f.ask(f.shell, "complete_request", code("pri"))
	types := r["metadata"].(map[string]any)["_jupyter_types_experimental"].([]any)
	f.compare("a match", types[0].(map[string]any), map[string]string{"text": "string", "type": "string", "signature": "string", "start": "number", "end": "number"})
	f.ask(f.shell, "history_request", map[string]any{"hist_access_type": "tail", "output": true, "raw": true, "n": 3})
	f.ask(f.shell, "is_complete_request", code("print \\"))
	f.ask(f.shell, "is_complete_request", code("print"))
	f.ask(f.shell, "no_such_request", none)

	f.ask(f.shell, "comm_open", map[string]any{"comm_id": "c", "target_name": "test.echo", "data": none})
	f.ask(f.shell, "comm_msg", map[string]any{"comm_id": "c", "data": map[string]any{"n": 1}})
	f.ask(f.shell, "comm_open", map[string]any{"comm_id": "d", "target_name": "nobody", "data": none})
	f.ask(f.shell, "comm_info_request", none)
	f.ask(f.shell, "comm_close", map[string]any{"comm_id": "c", "data": none})
	if _, err := sv.session.OpenComm("page", quietHandler{}, none, nil); err != nil {
		t.Fatal(err)
	}
	for !f.seen["comm_open"] {
		f.check(f.iopub.message(), "")
	}

	id := f.shell.request("execute_request", map[string]any{"code": "input name?", "allow_stdin": true})
	f.check(f.stdin.message(), id)
	f.stdin.request("input_reply", map[string]any{"status": "ok", "value": "x"})
	f.answers(f.shell, "execute_request", id)

	sub := f.ask(f.control, "create_subshell_request", none)["subshell_id"]
	f.ask(f.control, "list_subshell_request", none)
	f.ask(f.control, "delete_subshell_request", map[string]any{"subshell_id": sub})
	f.ask(f.control, "delete_subshell_request", map[string]any{"subshell_id": sub})
	f.ask(f.control, "interrupt_request", none)
	f.ask(f.control, "debug_request", none)
	f.ask(f.control, "shutdown_request", map[string]any{"restart": true})

	for kind := range fields {
		if !f.seen[kind] {
			t.Errorf("no %s came", kind)
		}
	}
}

type quietHandler struct{}

func (quietHandler) Message(display.CommMessage) {}
func (quietHandler) Closed()                     {}

// suiteTests are the tests of jupyter_kernel_test 0.7.
const suiteTests = `def test_kernel_info() def test_execute_stdout() def test_execute_stderr() def test_completion() def test_is_complete() def test_pager() def test_error()
def test_execute_result() def test_display_data() def test_history() def test_inspect() def test_clear_output() def test_recv_iopub_welcome_msg()`

// TestProtocolDocument: docs/protocol.md has a line for each message with all its fields, and names only tests that there are.
func TestProtocolDocument(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "docs", "protocol.md"))
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if m := regexp.MustCompile("^\\| `([a-z_]+)`").FindStringSubmatch(line); m != nil {
			lines[m[1]] += line
		}
	}
	for kind, fs := range fields {
		for _, name := range slices.Sorted(maps.Keys(fs)) {
			if !strings.Contains(lines[kind], "`"+name+"`") {
				t.Errorf("docs/protocol.md: %s: no word about %s", kind, name)
			}
		}
	}
	var tests strings.Builder
	tests.WriteString(suiteTests)
	for _, pattern := range []string{"*_test.go", "testdata/*.py", "../internal/producttest/*_test.go", "../internal/producttest/testdata/*.py", "../widgets/*_test.go", "../widgets/*/*_test.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			src, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			tests.Write(src)
		}
	}
	for kind, line := range lines {
		named := regexp.MustCompile("`(Test[A-Za-z]+|test_[a-z_]+)`").FindAllStringSubmatch(line, -1)
		if len(named) == 0 {
			t.Errorf("docs/protocol.md: %s has no test", kind)
		}
		for _, m := range named {
			if !regexp.MustCompile(`(func|def) ` + m[1] + `\(`).MatchString(tests.String()) {
				t.Errorf("docs/protocol.md: %s: there is no test %s", kind, m[1])
			}
		}
	}
}
