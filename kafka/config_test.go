package kafka

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/IBM/sarama"
	"github.com/twmb/franz-go/pkg/kfake"

	"tickbook/engine"
)

// panicOf is the error that a call panics with.
func panicOf(f func()) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err, _ = r.(error)
		}
	}()
	f()
	return nil
}

func TestConfigErrors(t *testing.T) {
	f := func(want string, pairs ...string) {
		t.Helper()
		cfg := Config{"bootstrap.servers": "localhost:9092"}
		for i := 0; i < len(pairs); i += 2 {
			cfg[pairs[i]] = pairs[i+1]
		}
		err := panicOf(func() { readConfig(cfg) })
		var e *ConfigError
		if !errors.As(err, &e) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: panic %v\nwant %s", pairs, err, want)
		}
	}
	f(`kafka: unknown property "bootstrap.server"; did you mean "bootstrap.servers"?`, "bootstrap.server", "x:1")
	f(`unknown property "fetch.min.byte"; did you mean "fetch.min.bytes"?`, "fetch.min.byte", "1")
	f(`unknown property "frobnicate"; known are auto.offset.reset, `, "frobnicate", "1")
	f(`property "bootstrap.servers": "localhost" has no port; want host:port; did you mean "localhost:9092"?`, "bootstrap.servers", "localhost")
	f(`"PLAINTEXT://h:1" has a protocol`, "bootstrap.servers", "PLAINTEXT://h:1")
	f(`"h:99999" is no address`, "bootstrap.servers", "h:99999")
	f(`no address; want host:port`, "bootstrap.servers", " , ")
	f(`property "group.id" can't be used: a table reads all partitions by itself`, "group.id", "g")
	f(`property "value.deserializer" can't be used: say what a record holds`, "value.deserializer", "x")
	f(`property "fetch.min.bytes": "lots" is no whole number`, "fetch.min.bytes", "lots")
	f(`property "fetch.min.bytes": 0 is out of range`, "fetch.min.bytes", "0")
	f(`"fetch.max.wait.ms" and "fetch.wait.max.ms" are two names of one property, with values "1" and "2"`, "fetch.max.wait.ms", "1", "fetch.wait.max.ms", "2")
	f(`"read_comitted" is not allowed; want read_uncommitted, read_committed; did you mean "read_committed"?`, "isolation.level", "read_comitted")
	f(`"none" is not allowed; want earliest`, "auto.offset.reset", "none")
	f(`property "sasl.username" has no use with security.protocol PLAINTEXT; say "security.protocol": "SASL_PLAINTEXT"`, "sasl.username", "u")
	f(`property "ssl.ca.location" has no use with security.protocol SASL_PLAINTEXT; say "security.protocol": "SASL_SSL"`,
		"security.protocol", "SASL_PLAINTEXT", "ssl.ca.location", "x")
	f(`property "sasl.mechanism": it is missing; want PLAIN`, "security.protocol", "SASL_PLAINTEXT")
	f(`"SCRAM-SHA256" is not allowed`, "security.protocol", "SASL_SSL", "sasl.mechanism", "SCRAM-SHA256")
	f(`OAUTHBEARER is not supported yet`, "security.protocol", "SASL_SSL", "sasl.mechanism", "OAUTHBEARER")
	f(`property "sasl.password": it is missing`, "security.protocol", "SASL_SSL", "sasl.mechanism", "PLAIN", "sasl.username", "u")
	f(`property "ssl.ca.location": open /nowhere.pem`, "security.protocol", "SSL", "ssl.ca.location", "/nowhere.pem")
	f(`property "ssl.ca.pem": no PEM certificate in it`, "security.protocol", "SSL", "ssl.ca.pem", "garbage")
	f(`property "ssl.truststore.type": "JKS" stores are not supported`, "security.protocol", "SSL", "ssl.truststore.type", "JKS")
	f(`a client needs both a certificate and its key`, "security.protocol", "SSL", "ssl.certificate.pem", "x")
	f(`property "ssl.key.password" can't be used`, "security.protocol", "SSL", "ssl.key.password", "x")
	f(`GSSAPI needs user@REALM`, "security.protocol", "SASL_SSL", "sasl.mechanism", "GSSAPI", "sasl.kerberos.principal", "me")
	err := panicOf(func() { readConfig(nil) })
	if err == nil || !strings.Contains(err.Error(), `"bootstrap.servers" is missing`) {
		t.Errorf("no bootstrap.servers: panic %v", err)
	}
}

func TestConfigRead(t *testing.T) {
	s := readConfig(Config{
		"bootstrap.servers": " a:1, [::1]:2,", "client.id": "me", "client.rack": "r", "fetch.min.bytes": "10", "fetch.max.bytes": "20",
		"max.partition.fetch.bytes": "30", "fetch.max.wait.ms": "40", "isolation.level": "read_committed", "auto.offset.reset": "latest",
		"request.timeout.ms": "5000", "metadata.max.age.ms": "6000", "reconnect.backoff.ms": "70", "reconnect.backoff.max.ms": "80",
		"security.protocol": "sasl_ssl", "sasl.mechanism": "PLAIN",
		"sasl.jaas.config": `org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="p";`,
	})
	c := s.base()
	if len(s.servers) != 2 || s.servers[1] != "[::1]:2" {
		t.Errorf("servers %q", s.servers)
	}
	if want := (fetchSettings{10, 20, 30, 40 * time.Millisecond, sarama.ReadCommitted}); s.fetch != want {
		t.Errorf("fetch %+v, want %+v", s.fetch, want)
	}
	if !s.resetToEnd || s.refresh != 6*time.Second || s.backoff != 70*time.Millisecond || s.maxBackoff != 80*time.Millisecond {
		t.Errorf("settings %+v", s)
	}
	if c.ClientID != "me" || c.RackID != "r" || c.Net.ReadTimeout != 5*time.Second || !c.Net.TLS.Enable || !c.Net.SASL.Enable ||
		c.Net.SASL.User != "u" || c.Net.SASL.Password != "p" || c.MetricRegistry == nil {
		t.Errorf("client %+v", c)
	}
	if sarama.MaxDecompressedBatchSize == 0 {
		t.Error("decompressed batches have no limit")
	}
}

func TestOptionErrors(t *testing.T) {
	cfg := Config{"bootstrap.servers": "localhost:1"}
	f := func(want, topic string, opts ...Option) {
		t.Helper()
		if err := panicOf(func() { Consume(cfg, topic, opts...).Close() }); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("panic %v, want %s", err, want)
		}
	}
	f("the topic's name is empty", "", ticks)
	f("nothing says what a record's value holds", "t")
	f("two specs", "t", ticks, ticks)
	f("names no column", "t", JSON())
	f(`column "KafkaOffset" is there already`, "t", JSON(engine.Int64("KafkaOffset")))
	f(`column "A" is named twice`, "t", JSON(engine.Int64("A"), engine.String("A")))
	f("two different offsets", "t", ticks, FromEnd, FromBeginning)
	f("offset -3", "t", ticks, Offset(-3))
	f("offset -3 of partition 0", "t", ticks, OffsetsAt(map[int32]Offset{0: -3}))
	f("an option is nil", "t", ticks, nil)
}

func TestBootstrap(t *testing.T) {
	t.Setenv("TICKBOOK_BOOTSTRAP", "")
	if got := Bootstrap(); got != "localhost:9092" {
		t.Errorf("Bootstrap() = %q", got)
	}
	t.Setenv("TICKBOOK_BOOTSTRAP", "h:1")
	if got := Bootstrap(); got != "h:1" {
		t.Errorf("Bootstrap() = %q", got)
	}
}

// testCert is a certificate for a host, signed by itself.
func testCert(t *testing.T, host string) (tls.Certificate, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	if ip := net.ParseIP(host); ip != nil {
		c.IPAddresses = []net.IP{ip}
	} else {
		c.DNSNames = []string{host}
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func TestTLS(t *testing.T) {
	check := func(host, want string, pairs ...string) {
		t.Helper()
		cert, ca := testCert(t, host)
		c := startCluster(t, kfake.TLS(&tls.Config{Certificates: []tls.Certificate{cert}}), kfake.SeedTopics(1, "ticks"))
		file := filepath.Join(t.TempDir(), "ca.pem")
		if err := os.WriteFile(file, ca, 0o600); err != nil {
			t.Fatal(err)
		}
		cfg := c.config()
		for i := 0; i < len(pairs); i += 2 {
			cfg[pairs[i]] = strings.ReplaceAll(pairs[i+1], "CA", file)
		}
		table := Consume(cfg, "ticks", ticks)
		defer table.Close()
		eventually(t, want, func() bool {
			s := table.Status()
			return s.Code != engine.StatusStarting && strings.Contains(s.Message, want) && (s.Code == engine.StatusOK) == (want == "")
		}, table)
	}
	check("127.0.0.1", "", "security.protocol", "SSL", "ssl.ca.location", "CA")
	check("127.0.0.1", "is not trusted", "security.protocol", "SSL")
	check("elsewhere", "is for another host", "security.protocol", "SSL", "ssl.ca.location", "CA")
	check("elsewhere", "", "security.protocol", "SSL", "ssl.ca.location", "CA", "ssl.endpoint.identification.algorithm", "")
	check("elsewhere", "", "security.protocol", "SSL", "enable.ssl.certificate.verification", "false")
	check("127.0.0.1", "security.protocol", "security.protocol", "PLAINTEXT")
}
