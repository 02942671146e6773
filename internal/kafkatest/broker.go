package kafkatest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/IBM/sarama"
)

// Broker is a running Apache Kafka broker. It ends with the test that started it.
type Broker struct {
	// Addr is HOST:PORT for bootstrap.servers.
	Addr string

	t    testing.TB
	libs string
	dir  string
	cmd  *exec.Cmd
	done chan struct{}
}

const (
	startTimeout = 2 * time.Minute
	stopTimeout  = 30 * time.Second
	pollEvery    = 100 * time.Millisecond
	clusterID    = "AAAAAAAAAAAAAAAAAAAAAQ" // any 22 characters of base64
)

// Available says whether this machine has what a broker needs. Where CI is set it must have: the test fails.
func Available(t testing.TB) bool {
	t.Helper()
	for _, tool := range []string{"java", "mvn"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatalf("no %s on PATH: CI needs Java 17 and Maven for the tests on Apache Kafka", tool)
			}
			t.Logf("no %s on PATH: not tested on Apache Kafka", tool)
			return false
		}
	}
	return true
}

// Start starts a broker, which the test's end stops.
func Start(t testing.TB) *Broker {
	t.Helper()
	libs, err := jars(t.Context())
	if err != nil {
		t.Fatalf("jars of Apache Kafka: %v", err)
	}
	b := &Broker{t: t, libs: libs, dir: t.TempDir()}
	client, controller := freePort(t), freePort(t)
	b.Addr = net.JoinHostPort("127.0.0.1", strconv.Itoa(client))
	props := fmt.Sprintf(`process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:%[2]d
listeners=PLAINTEXT://127.0.0.1:%[1]d,CONTROLLER://127.0.0.1:%[2]d
advertised.listeners=PLAINTEXT://127.0.0.1:%[1]d
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
log.dirs=%[3]s
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
num.network.threads=2
num.io.threads=2
log.retention.ms=-1
`, client, controller, filepath.ToSlash(filepath.Join(b.dir, "log")))
	logging := "status = error\nappender.console.type = Console\nappender.console.name = STDOUT\nappender.console.layout.type = PatternLayout\n" +
		"appender.console.layout.pattern = [%d] %p %m (%c)%n\nrootLogger.level = WARN\nrootLogger.appenderRef.stdout.ref = STDOUT\n"
	for name, text := range map[string]string{"server.properties": props, "log4j2.properties": logging} {
		if err := os.WriteFile(filepath.Join(b.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := b.java("kafka.tools.StorageTool", "format", "-t", clusterID, "-c", b.file("server.properties")).CombinedOutput()
	if err != nil {
		t.Fatalf("formatting the broker's storage: %v\n%s", err, out)
	}
	b.Up()
	t.Cleanup(b.Stop)
	return b
}

func (b *Broker) file(name string) string { return filepath.Join(b.dir, name) }

func (b *Broker) java(args ...string) *exec.Cmd {
	return exec.Command("java", append([]string{
		"-Xms128m", "-Xmx512m", "-XX:+UseSerialGC", "-cp", filepath.Join(b.libs, "*"), "-Dlog4j2.configurationFile=" + b.file("log4j2.properties"),
	}, args...)...)
}

// Up starts the process on the data that it had, and returns when it answers.
func (b *Broker) Up() {
	b.t.Helper()
	log, err := os.OpenFile(b.file("broker.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		b.t.Fatal(err)
	}
	defer log.Close()
	b.cmd = b.java("kafka.Kafka", b.file("server.properties"))
	b.cmd.Stdout, b.cmd.Stderr = log, log
	if err := b.cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	b.done = make(chan struct{})
	go func(cmd *exec.Cmd, done chan struct{}) {
		_ = cmd.Wait()
		close(done)
	}(b.cmd, b.done)
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	for !b.answers() {
		select {
		case <-poll.C:
		case <-b.done:
			text, _ := os.ReadFile(b.file("broker.log"))
			b.t.Fatalf("the broker ended: %s", text)
		case <-ctx.Done():
			text, _ := os.ReadFile(b.file("broker.log"))
			b.t.Fatalf("the broker did not answer within %v: %s", startTimeout, text)
		}
	}
}

func (b *Broker) answers() bool {
	conf := sarama.NewConfig()
	conf.Version = sarama.V2_8_0_0
	conf.Metadata.Retry.Max = 0
	c, err := sarama.NewClient([]string{b.Addr}, conf)
	if err != nil {
		return false
	}
	defer c.Close()
	return len(c.Brokers()) == 1
}

// Stop ends the process as an operator would, and waits for it.
func (b *Broker) Stop() {
	select {
	case <-b.done:
		return
	default:
	}
	_ = b.cmd.Process.Signal(os.Interrupt)
	select {
	case <-b.done:
	case <-time.After(stopTimeout):
		b.Kill()
	}
}

// Kill ends the process at once.
func (b *Broker) Kill() {
	_ = b.cmd.Process.Kill()
	<-b.done
}

// CreateTopic makes a topic with one replica and waits until its partitions have leaders.
func (b *Broker) CreateTopic(name string, partitions int32) {
	b.t.Helper()
	conf := sarama.NewConfig()
	conf.Version = sarama.V2_8_0_0
	admin, err := sarama.NewClusterAdmin([]string{b.Addr}, conf)
	if err != nil {
		b.t.Fatal(err)
	}
	defer admin.Close()
	if err := admin.CreateTopic(name, &sarama.TopicDetail{NumPartitions: partitions, ReplicationFactor: 1}, false); err != nil {
		b.t.Fatalf("topic %s: %v", name, err)
	}
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
