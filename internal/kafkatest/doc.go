// Package kafkatest runs a real Apache Kafka broker for tests: one node in KRaft combined mode on loopback ports of its own, with its jars fetched
// by Maven into the user's cache once. It needs Java 17 or later and Maven.
package kafkatest
