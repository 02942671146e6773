package kafka

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/IBM/sarama"

	"tickbook/internal/edits"
)

// Config are the properties of a Kafka client under their usual names, such as "bootstrap.servers", "security.protocol" or "sasl.username". A
// property that is unknown, contradicts another or can't be used panics with a [*ConfigError] where the config is used; none is ignored.
type Config map[string]string

// Bootstrap is the address of the broker to talk to: the environment variable TICKBOOK_BOOTSTRAP, which `tickbook lab` and `tickbook run` set,
// else localhost:9092.
func Bootstrap() string {
	if s := os.Getenv("TICKBOOK_BOOTSTRAP"); s != "" {
		return s
	}
	return "localhost:9092"
}

// ConfigError is what a call with a wrong config or option panics with.
type ConfigError struct {
	Property string // the property or option at fault
	Value    string // its value, if that is wrong
	Msg      string // what is wrong, and what to type
	Suggest  string // what was probably meant instead of Property or Value, or ""
}

func (e *ConfigError) Error() string {
	s := "kafka: " + e.Msg
	if e.Suggest != "" {
		s += fmt.Sprintf("; did you mean %q?", e.Suggest)
	}
	return s
}

// Source is the text at fault: with Offset and Suggestion it lets a cell mark the place.
func (e *ConfigError) Source() string {
	if e.Value != "" {
		return e.Value
	}
	return e.Property
}

// Offset is the place in Source.
func (e *ConfigError) Offset() int { return 0 }

// Suggestion is what to type instead, or "".
func (e *ConfigError) Suggestion() string { return e.Suggest }

// settings are a config that was read.
type settings struct {
	servers     []string
	base        func() *sarama.Config // a new client config without a dialer
	dialTimeout time.Duration
	fetch       fetchSettings
	refresh     time.Duration // between two looks at the topic's partitions
	backoff     time.Duration // after the first error
	maxBackoff  time.Duration
	resetToEnd  bool // auto.offset.reset
}

type fetchSettings struct {
	minBytes, maxBytes, partitionBytes int32
	wait                               time.Duration
	isolation                          sarama.IsolationLevel
}

// maxDecompressed bounds a batch after decompression: a broker's limit on batches (1 MiB unless changed) is for the compressed size.
const maxDecompressed = 256 << 20

// readConfig reads a config; it panics with a *ConfigError.
func readConfig(cfg Config) *settings {
	setUpLibrary()
	c := sarama.NewConfig()
	s := &settings{
		refresh: 10 * time.Second, backoff: 50 * time.Millisecond, maxBackoff: time.Second, dialTimeout: 10 * time.Second,
		fetch: fetchSettings{minBytes: 1, maxBytes: 50 << 20, partitionBytes: 1 << 20, wait: 500 * time.Millisecond},
	}
	c.Version = sarama.V2_8_0_0 // what is written; what is spoken is negotiated with the broker
	c.ClientID = "tickbook"
	c.Net.ReadTimeout = 30 * time.Second
	for _, name := range slices.Sorted(maps.Keys(cfg)) {
		p, ok := properties[name]
		if !ok {
			panic(unknownProperty(name))
		}
		if p.unusable != "" {
			panic(&ConfigError{Property: name, Msg: fmt.Sprintf("property %q can't be used: %s", name, p.unusable)})
		}
		for _, twin := range p.same {
			if v, ok := cfg[twin]; ok && v != cfg[name] {
				panic(&ConfigError{Property: name, Msg: fmt.Sprintf("%q and %q are two names of one property, with values %q and %q; keep one", name, twin, cfg[name], v)})
			}
		}
		if p.set != nil {
			p.set(&value{name, cfg[name]}, s, c)
		}
	}
	if len(s.servers) == 0 {
		panic(&ConfigError{Property: "bootstrap.servers", Msg: `"bootstrap.servers" is missing; for the local broker: kafka.Config{"bootstrap.servers": kafka.Bootstrap()}`})
	}
	(&security{cfg: cfg, conf: c}).read()
	if s.maxBackoff < s.backoff {
		s.maxBackoff = s.backoff
	}
	if c.Net.ReadTimeout < s.fetch.wait+time.Second {
		c.Net.ReadTimeout = s.fetch.wait + time.Second
	}
	if err := c.Validate(); err != nil {
		panic(&ConfigError{Property: "config", Msg: fmt.Sprintf("the config can't be used: %v", err)})
	}
	s.base = func() *sarama.Config {
		own := *c
		return &own
	}
	return s
}

func unknownProperty(name string) *ConfigError {
	names := slices.Sorted(maps.Keys(properties))
	names = slices.DeleteFunc(names, func(n string) bool { return properties[n].unusable != "" })
	e := &ConfigError{Property: name, Msg: fmt.Sprintf("unknown property %q", name), Suggest: edits.Nearest(name, names)}
	if e.Suggest == "" {
		e.Msg += "; known are " + strings.Join(names, ", ")
	}
	return e
}
