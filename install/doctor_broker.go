package install

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// usualBroker is where a Kafka broker listens if nothing else was said.
const usualBroker = "localhost:9092"

// checkBroker asks the broker who it is.
func checkBroker(ctx context.Context, opts DoctorOptions) []finding {
	if opts.Bootstrap == "" {
		switch err := askKafka(ctx, usualBroker); {
		case err == nil:
			return []finding{{verdictOK, "Kafka answers at " + usualBroker + "; `tickbook lab` takes another port for its own", nil}}
		case isSilent(err):
			return []finding{{verdictNote, "another program answers at " + usualBroker + "; `tickbook lab` takes another port for its own", nil}}
		default:
			return []finding{{verdictOK, "none at " + usualBroker + "; `tickbook lab` starts its own there", nil}}
		}
	}
	var reasons []string
	for address := range strings.SplitSeq(opts.Bootstrap, ",") {
		err := askKafka(ctx, strings.TrimSpace(address))
		if err == nil {
			return []finding{{verdictOK, "Kafka answers at " + strings.TrimSpace(address), nil}}
		}
		reasons = append(reasons, err.Error())
	}
	return []finding{{verdictBroken, strings.Join(reasons, "; "), []string{
		"export TICKBOOK_BOOTSTRAP=HOST:PORT   # of a broker that is running",
		"unset TICKBOOK_BOOTSTRAP              # to have `tickbook lab` start one",
	}}}
}

// silentError is that something listens and isn't Kafka, or speaks it over TLS.
type silentError struct{ err error }

func (e *silentError) Error() string { return e.err.Error() }
func (e *silentError) Unwrap() error { return e.err }

func isSilent(err error) bool {
	var s *silentError
	return errors.As(err, &s)
}

// askKafka sends the first request of every Kafka client, ApiVersions, and wants an answer to it.
func askKafka(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("no broker at %s: %w", address, err)
	}
	defer conn.Close()
	deadline, _ := ctx.Deadline()
	_ = conn.SetDeadline(deadline)
	const mark = 0x7469636b
	request := binary.BigEndian.AppendUint32(nil, 10)         // size
	request = binary.BigEndian.AppendUint16(request, 18)      // ApiVersions
	request = binary.BigEndian.AppendUint16(request, 0)       // its version
	request = binary.BigEndian.AppendUint32(request, mark)    // correlation id
	request = binary.BigEndian.AppendUint16(request, 1<<16-1) // no client id
	if _, err := conn.Write(request); err != nil {
		return &silentError{fmt.Errorf("%s is no Kafka broker: %w", address, err)}
	}
	var answer [8]byte // size and correlation id
	if _, err := io.ReadFull(conn, answer[:]); err != nil {
		return &silentError{fmt.Errorf("%s does not answer as a Kafka broker without TLS: %w", address, err)}
	}
	if binary.BigEndian.Uint32(answer[4:]) != mark {
		return &silentError{fmt.Errorf("%s does not answer as a Kafka broker", address)}
	}
	return nil
}
