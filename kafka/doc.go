// Package kafka opens Kafka topics as tables.
//
// [Consume] makes an append-only table of a topic: a row for each record, in columns that a value spec such as [JSON] names. What is wrong in the
// call itself (an unknown property, a contradictory spec) panics with a [*ConfigError]; trouble from outside (no broker, no topic, a bad record)
// is the table's status, and heals when the trouble ends. [DeadLetters] is the table of the records that could not be decoded.
//
// Each Consume has its own connections, one for metadata and one for each partition: a partition that waits for records never delays another, and
// closing the table closes them.
//
// Reading order: config.go and properties.go (what a call means), consume.go (a table and its goroutines), metadata.go (where partitions are),
// partition.go and fetch.go (one partition's records), block.go (the rows between the fetch and the cycle), pace.go (partitions in step),
// deadletter.go.
package kafka
