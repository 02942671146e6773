package kafka

import (
	"fmt"
	"math"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/IBM/sarama"

	"tickbook/internal/edits"
)

// property is what a property's name means.
type property struct {
	set      func(v *value, s *settings, c *sarama.Config) // nil: read with others, in security.go
	same     []string                                      // other names of it
	unusable string                                        // why it can't be used, and what to do instead
}

const (
	noGroup  = "a table reads all partitions by itself and commits nothing; remove it"
	bySpec   = "say what a record holds with an option such as kafka.JSON(…); remove it"
	byEngine = "the engine takes what is there in each cycle; remove it"
	notYet   = "not supported yet; remove it"
)

// properties are all that is known, by the names of the Java client and of librdkafka.
var properties = map[string]property{
	"bootstrap.servers":    {set: setServers, same: []string{"metadata.broker.list"}},
	"metadata.broker.list": {set: setServers, same: []string{"bootstrap.servers"}},
	"client.id":            {set: func(v *value, _ *settings, c *sarama.Config) { c.ClientID = v.text() }},
	"client.rack":          {set: func(v *value, _ *settings, c *sarama.Config) { c.RackID = v.text() }},

	"fetch.min.bytes":           {set: func(v *value, s *settings, _ *sarama.Config) { s.fetch.minBytes = v.bytes(1) }},
	"fetch.max.bytes":           {set: func(v *value, s *settings, _ *sarama.Config) { s.fetch.maxBytes = v.bytes(1) }},
	"max.partition.fetch.bytes": {set: setPartitionBytes, same: []string{"fetch.message.max.bytes"}},
	"fetch.message.max.bytes":   {set: setPartitionBytes, same: []string{"max.partition.fetch.bytes"}},
	"fetch.max.wait.ms":         {set: setWait, same: []string{"fetch.wait.max.ms"}},
	"fetch.wait.max.ms":         {set: setWait, same: []string{"fetch.max.wait.ms"}},
	"isolation.level": {set: func(v *value, s *settings, _ *sarama.Config) {
		s.fetch.isolation = []sarama.IsolationLevel{sarama.ReadUncommitted, sarama.ReadCommitted}[v.oneOf("read_uncommitted", "read_committed")]
	}},
	"auto.offset.reset": {set: func(v *value, s *settings, _ *sarama.Config) {
		s.resetToEnd = v.oneOf("earliest", "smallest", "beginning", "latest", "largest", "end") >= 3
	}},

	"request.timeout.ms":                 {set: setReadTimeout, same: []string{"socket.timeout.ms"}},
	"socket.timeout.ms":                  {set: setReadTimeout, same: []string{"request.timeout.ms"}},
	"socket.connection.setup.timeout.ms": {set: func(v *value, s *settings, _ *sarama.Config) { s.dialTimeout = v.millis(1) }},
	"reconnect.backoff.ms":               {set: func(v *value, s *settings, _ *sarama.Config) { s.backoff = v.millis(1) }},
	"reconnect.backoff.max.ms":           {set: func(v *value, s *settings, _ *sarama.Config) { s.maxBackoff = v.millis(1) }},
	"retry.backoff.ms":                   {set: func(v *value, s *settings, _ *sarama.Config) { s.backoff = v.millis(1) }, same: []string{"reconnect.backoff.ms"}},
	"retry.backoff.max.ms":               {set: func(v *value, s *settings, _ *sarama.Config) { s.maxBackoff = v.millis(1) }, same: []string{"reconnect.backoff.max.ms"}},
	"metadata.max.age.ms":                {set: setRefresh, same: []string{"topic.metadata.refresh.interval.ms"}},
	"topic.metadata.refresh.interval.ms": {set: setRefresh, same: []string{"metadata.max.age.ms"}},

	"security.protocol":          {},
	"sasl.mechanism":             {same: []string{"sasl.mechanisms"}},
	"sasl.mechanisms":            {same: []string{"sasl.mechanism"}},
	"sasl.username":              {},
	"sasl.password":              {},
	"sasl.jaas.config":           {},
	"sasl.kerberos.service.name": {},
	"sasl.kerberos.principal":    {},
	"sasl.kerberos.keytab":       {},

	"ssl.ca.location":                       {},
	"ssl.ca.pem":                            {},
	"ssl.certificate.location":              {},
	"ssl.certificate.pem":                   {},
	"ssl.key.location":                      {},
	"ssl.key.pem":                           {},
	"ssl.truststore.type":                   {},
	"ssl.truststore.location":               {},
	"ssl.truststore.certificates":           {},
	"ssl.keystore.type":                     {},
	"ssl.keystore.location":                 {},
	"ssl.keystore.key":                      {},
	"ssl.keystore.certificate.chain":        {},
	"ssl.endpoint.identification.algorithm": {},
	"enable.ssl.certificate.verification":   {},

	"ssl.key.password":                  {unusable: "encrypted keys are not supported; decrypt it: openssl pkcs8 -in key.pem -out plain.pem"},
	"ssl.truststore.password":           {unusable: "JKS and PKCS12 stores are not supported; convert to PEM: keytool -exportcert -rfc, and give its file as ssl.ca.location"},
	"ssl.keystore.password":             {unusable: "JKS and PKCS12 stores are not supported; convert to PEM: openssl pkcs12, and give the files as ssl.certificate.location and ssl.key.location"},
	"group.id":                          {unusable: noGroup},
	"group.instance.id":                 {unusable: noGroup},
	"enable.auto.commit":                {unusable: noGroup},
	"auto.commit.interval.ms":           {unusable: noGroup},
	"session.timeout.ms":                {unusable: noGroup},
	"heartbeat.interval.ms":             {unusable: noGroup},
	"max.poll.interval.ms":              {unusable: noGroup},
	"max.poll.records":                  {unusable: byEngine},
	"key.deserializer":                  {unusable: bySpec},
	"value.deserializer":                {unusable: bySpec},
	"key.serializer":                    {unusable: bySpec},
	"value.serializer":                  {unusable: bySpec},
	"schema.registry.url":               {unusable: "the Schema Registry is not supported yet; use kafka.JSON(…) and remove it"},
	"sasl.login.callback.handler.class": {unusable: notYet},
	"interceptor.classes":               {unusable: notYet},
}

func setServers(v *value, s *settings, _ *sarama.Config) {
	for _, addr := range strings.Split(v.raw, ",") {
		addr = strings.TrimSpace(addr)
		if addr == "" {
			continue
		}
		if i := strings.Index(addr, "://"); i >= 0 { // the listener form PLAINTEXT://host:port
			panic(v.error(fmt.Sprintf("%q has a protocol; want host:port, and the protocol as security.protocol", addr), addr[i+3:]))
		}
		host, port, err := net.SplitHostPort(addr)
		n, bad := strconv.Atoi(port)
		if err != nil && !strings.Contains(addr, ":") {
			panic(v.error(fmt.Sprintf("%q has no port; want host:port", addr), addr+":9092"))
		}
		if err != nil || host == "" || bad != nil || n < 1 || n > math.MaxUint16 {
			panic(v.error(fmt.Sprintf("%q is no address; want host:port, several separated by commas", addr), ""))
		}
		s.servers = append(s.servers, addr)
	}
	if len(s.servers) == 0 {
		panic(v.error("no address; want host:port, such as "+Bootstrap(), ""))
	}
}

func setPartitionBytes(v *value, s *settings, _ *sarama.Config) { s.fetch.partitionBytes = v.bytes(1) }
func setWait(v *value, s *settings, _ *sarama.Config)           { s.fetch.wait = v.millis(0) }
func setReadTimeout(v *value, _ *settings, c *sarama.Config)    { c.Net.ReadTimeout = v.millis(1) }
func setRefresh(v *value, s *settings, _ *sarama.Config)        { s.refresh = v.millis(10) }

// value is a property's value as it was written. Its methods read it, or panic with a *ConfigError.
type value struct{ name, raw string }

func (v *value) error(msg, suggest string) *ConfigError {
	return &ConfigError{Property: v.name, Value: v.raw, Msg: fmt.Sprintf("property %q: %s", v.name, msg), Suggest: suggest}
}

func (v *value) text() string {
	if strings.TrimSpace(v.raw) == "" {
		panic(v.error("it is empty; give a value or remove it", ""))
	}
	return v.raw
}

func (v *value) number(least int64) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(v.raw), 10, 64)
	if err != nil {
		panic(v.error(fmt.Sprintf("%q is no whole number", v.raw), ""))
	}
	if n < least || n > math.MaxInt32 {
		panic(v.error(fmt.Sprintf("%d is out of range; want %d to %d", n, least, math.MaxInt32), ""))
	}
	return n
}

func (v *value) bytes(least int64) int32 { return int32(v.number(least)) }

func (v *value) millis(least int64) time.Duration {
	return time.Duration(v.number(least)) * time.Millisecond
}

// oneOf is the position of the value among the allowed ones.
func (v *value) oneOf(allowed ...string) int {
	for i, a := range allowed {
		if strings.EqualFold(v.raw, a) {
			return i
		}
	}
	panic(v.error(fmt.Sprintf("%q is not allowed; want %s", v.raw, strings.Join(allowed, ", ")), edits.Nearest(v.raw, allowed)))
}
