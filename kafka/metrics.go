package kafka

import (
	"sync"

	"github.com/IBM/sarama"
	"github.com/rcrowley/go-metrics"
)

// noMetrics is a registry that counts nothing. The client needs one; its usual one costs time per request and keeps a goroutine for ever.
type noMetrics struct{}

var _ metrics.Registry = noMetrics{}

func (noMetrics) GetOrRegister(_ string, v any) any {
	switch v.(type) {
	case func() metrics.Meter, metrics.Meter:
		return metrics.NilMeter{}
	case func() metrics.Counter, metrics.Counter:
		return metrics.NilCounter{}
	case func() metrics.Histogram, metrics.Histogram:
		return metrics.NilHistogram{}
	case func() metrics.Timer, metrics.Timer:
		return metrics.NilTimer{}
	case func() metrics.Gauge, metrics.Gauge:
		return metrics.NilGauge{}
	}
	return v
}
func (noMetrics) Each(func(string, any))            {}
func (noMetrics) Get(string) any                    { return nil }
func (noMetrics) GetAll() map[string]map[string]any { return nil }
func (noMetrics) Register(string, any) error        { return nil }
func (noMetrics) RunHealthchecks()                  {}
func (noMetrics) Unregister(string)                 {}
func (noMetrics) UnregisterAll()                    {}

// setDecompressedLimit sets the client library's limit, which is one for the process, once; another's choice stays.
var setDecompressedLimit = sync.OnceFunc(func() {
	if sarama.MaxDecompressedBatchSize == 0 {
		sarama.MaxDecompressedBatchSize = maxDecompressed
	}
})
