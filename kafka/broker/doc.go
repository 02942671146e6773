// Package broker is a Kafka broker inside the binary, for demonstrations and tests, and the sample feed of quotes and trades that it serves.
//
// The broker is franz-go's kfake on a loopback port: it speaks the Kafka protocol to any client, keeps its topics in a data directory if it has
// one, and has no replication or security. Read broker.go, then feed.go (what happens on the sample market, without any broker), encode.go (as
// JSON), malformed.go (bad records on purpose), produce.go (the feed's clock and producer), resume.go (going on after a restart).
package broker
