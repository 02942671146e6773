package kafkatest

import "testing"

func TestBroker(t *testing.T) {
	if !Available(t) {
		return
	}
	b := Start(t)
	b.CreateTopic("x", 3)
	b.Kill()
	b.Up()
}
