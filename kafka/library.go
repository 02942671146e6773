package kafka

import (
	"sync"

	"github.com/IBM/sarama"
	"github.com/rcrowley/go-metrics"
)

// setUpLibrary sets, once, what the client library has only one of in a process: the limit of decompressed batches, where another's choice stays,
// and that nothing is counted. Counting costs time at each request, and the first counter starts a goroutine for ever.
var setUpLibrary = sync.OnceFunc(func() {
	if sarama.MaxDecompressedBatchSize == 0 {
		sarama.MaxDecompressedBatchSize = maxDecompressed
	}
	metrics.UseNilMetrics = true
})
