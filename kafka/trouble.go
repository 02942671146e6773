package kafka

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/IBM/sarama"

	"tickbook/internal/edits"
)

// unreachable is a broker that gives no answer.
type unreachable struct {
	addr  string
	cause error
}

func (e *unreachable) Unwrap() error { return e.cause }

func (e *unreachable) Error() string {
	var dns *net.DNSError
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var record tls.RecordHeaderError
	switch {
	case errors.Is(e.cause, syscall.ECONNREFUSED):
		return fmt.Sprintf(`no broker listens at %s (connection refused); check that it runs, and "bootstrap.servers"; trying again`, e.addr)
	case errors.As(e.cause, &dns):
		return fmt.Sprintf(`no host of the name in %s (%s); check "bootstrap.servers"; trying again`, e.addr, dns.Err)
	case errors.As(e.cause, &unknown):
		return fmt.Sprintf(`the certificate of %s is not trusted (%v); give its authority as "ssl.ca.location"; trying again`, e.addr, e.cause)
	case errors.As(e.cause, &host):
		return fmt.Sprintf(`the certificate of %s is for another host (%v); check "bootstrap.servers"; trying again`, e.addr, e.cause)
	case errors.As(e.cause, &record):
		return fmt.Sprintf(`%s does not speak TLS; check "security.protocol"; trying again`, e.addr)
	case errors.Is(e.cause, sarama.ErrSASLAuthenticationFailed):
		return fmt.Sprintf(`%s refuses the login (%v); check "sasl.username", "sasl.password" and "sasl.mechanism"; trying again`, e.addr, e.cause)
	case errors.Is(e.cause, sarama.ErrUnsupportedSASLMechanism):
		return fmt.Sprintf(`%s does not know the "sasl.mechanism" (%v); trying again`, e.addr, e.cause)
	case errors.Is(e.cause, os.ErrDeadlineExceeded), isTimeout(e.cause):
		return fmt.Sprintf(`%s gives no answer in time; check the network, and "bootstrap.servers"; trying again`, e.addr)
	case errors.Is(e.cause, io.EOF), errors.Is(e.cause, syscall.ECONNRESET), errors.Is(e.cause, io.ErrUnexpectedEOF):
		return fmt.Sprintf(`%s closes the connection; if it lasts, check "security.protocol" (the broker may want SSL or SASL) and, with SASL, the user and password; trying again`, e.addr)
	}
	return fmt.Sprintf(`%s can't be read: %v; trying again`, e.addr, e.cause)
}

func isTimeout(err error) bool {
	var n net.Error
	return errors.As(err, &n) && n.Timeout()
}

// noTopic is a topic that a broker doesn't give.
type noTopic struct {
	topic, addr string
	cause       sarama.KError
	others      []string // topics that are there
}

func (e *noTopic) Unwrap() error { return e.cause }

func (e *noTopic) Error() string {
	switch {
	case errors.Is(e.cause, sarama.ErrTopicAuthorizationFailed):
		return fmt.Sprintf("topic %q at %s may not be read by this user; ask for the right to read it; trying again", e.topic, e.addr)
	case errors.Is(e.cause, sarama.ErrInvalidTopic):
		return fmt.Sprintf("%q is no name of a topic: letters, digits, points, dashes and underscores only, at most 249", e.topic)
	case !errors.Is(e.cause, sarama.ErrUnknownTopicOrPartition):
		return fmt.Sprintf("topic %q at %s: %v; trying again", e.topic, e.addr, e.cause)
	}
	s := fmt.Sprintf("there is no topic %q at %s; waiting for it", e.topic, e.addr)
	if n := edits.Nearest(e.topic, e.others); n != "" {
		return s + fmt.Sprintf("; did you mean %q?", n)
	}
	const most = 8
	switch n := len(e.others); {
	case n == 0:
		return s + "; there is none at all"
	case n <= most:
		return s + "; there are " + strings.Join(e.others, ", ")
	default:
		return s + fmt.Sprintf("; there are %s and %d more", strings.Join(e.others[:most], ", "), n-most)
	}
}

// isPassing says whether an error of a partition is one that a look at the metadata usually cures, so that the first is no news.
func isPassing(err error) bool {
	for _, k := range []sarama.KError{
		sarama.ErrNotLeaderForPartition, sarama.ErrLeaderNotAvailable, sarama.ErrReplicaNotAvailable, sarama.ErrFencedLeaderEpoch,
		sarama.ErrUnknownLeaderEpoch, sarama.ErrOffsetNotAvailable, sarama.ErrRequestTimedOut, sarama.ErrOffsetOutOfRange,
	} {
		if errors.Is(err, k) {
			return true
		}
	}
	return false
}
