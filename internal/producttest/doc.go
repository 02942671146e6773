// Package producttest tests the product as its users meet it: the built binary, real notebooks, real brokers, a real browser. What tables must hold is
// computed here a second time, from the topics themselves and with nothing of the engine (oracle.go).
package producttest
