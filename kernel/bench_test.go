package kernel

import "testing"

// BenchmarkRoundTrip is a trivial cell's time from request to reply, through the sockets.
func BenchmarkRoundTrip(b *testing.B) {
	sv, _ := startServer(b)
	dial(b, sv.iopub.port, "SUB", "")
	k := dial(b, sv.shell.port, "DEALER", "me")
	for b.Loop() {
		k.ask("execute_request", map[string]any{"code": "value 1"})
	}
}
