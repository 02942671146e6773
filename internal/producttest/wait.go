package producttest

import (
	"testing"
	"time"
)

const pollEvery = 20 * time.Millisecond

// Wait polls until ok is true. It fails the test after a minute, naming what was waited for.
func Wait(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("waited a minute in vain for %s", what)
		}
		<-poll.C
	}
}
