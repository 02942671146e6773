package kafka

import (
	"bytes"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"strconv"
	"strings"

	"github.com/IBM/sarama"
)

var scramHashes = map[string]func() hash.Hash{sarama.SASLTypeSCRAMSHA256: sha256.New, sarama.SASLTypeSCRAMSHA512: sha512.New}

// scram is the client's side of a SCRAM login (RFC 5802). Names and passwords are sent as they are, without SASLprep.
//
// State: step counts the server's messages; auth gathers the messages that both sides sign.
type scram struct {
	hash func() hash.Hash

	user, password, authz string
	nonce                 string
	step                  int
	auth                  string
	serverKey             []byte
}

var _ sarama.SCRAMClient = (*scram)(nil)

const (
	minIterations = 4096      // of RFC 7677
	maxIterations = 1_000_000 // a hostile server would keep us busy
)

// Begin starts a login.
func (s *scram) Begin(user, password, authz string) error {
	s.user, s.password, s.authz = user, password, authz
	var raw [18]byte
	_, err := rand.Read(raw[:])
	s.nonce = base64.StdEncoding.EncodeToString(raw[:])
	return err
}

// Step answers the server's last message.
func (s *scram) Step(challenge string) (string, error) {
	s.step++
	switch s.step {
	case 1:
		escape := strings.NewReplacer("=", "=3D", ",", "=2C").Replace
		s.auth = "n=" + escape(s.user) + ",r=" + s.nonce
		return s.header() + s.auth, nil
	case 2:
		return s.proof(challenge)
	case 3:
		return "", s.verify(challenge)
	}
	return "", errors.New("scram: the server went on after the login's end")
}

// Done says whether the login is over.
func (s *scram) Done() bool { return s.step >= 3 }

func (s *scram) header() string {
	if s.authz == "" {
		return "n,,"
	}
	return "n,a=" + s.authz + ","
}

func (s *scram) proof(challenge string) (string, error) {
	f := scramFields(challenge)
	if e := f['e']; e != "" {
		return "", fmt.Errorf("scram: the server refused: %s", e)
	}
	salt, err := base64.StdEncoding.DecodeString(f['s'])
	rounds, bad := strconv.Atoi(f['i'])
	if err != nil || bad != nil || len(salt) == 0 || !strings.HasPrefix(f['r'], s.nonce) || len(f['r']) == len(s.nonce) {
		return "", errors.New("scram: the server's challenge makes no sense")
	}
	if rounds < minIterations || rounds > maxIterations {
		return "", fmt.Errorf("scram: the server wants %d iterations; accepted are %d to %d", rounds, minIterations, maxIterations)
	}
	salted, err := pbkdf2.Key(s.hash, s.password, salt, rounds, s.hash().Size())
	if err != nil {
		return "", fmt.Errorf("scram: %w", err)
	}
	final := "c=" + base64.StdEncoding.EncodeToString([]byte(s.header())) + ",r=" + f['r']
	s.auth += "," + challenge + "," + final
	s.serverKey = s.sign(salted, "Server Key")
	clientKey := s.sign(salted, "Client Key")
	h := s.hash()
	h.Write(clientKey)
	proof := s.sign(h.Sum(nil), s.auth)
	subtle.XORBytes(proof, proof, clientKey)
	return final + ",p=" + base64.StdEncoding.EncodeToString(proof), nil
}

func (s *scram) verify(final string) error {
	f := scramFields(final)
	if e := f['e']; e != "" {
		return fmt.Errorf("scram: the server refused: %s", e)
	}
	got, err := base64.StdEncoding.DecodeString(f['v'])
	if err != nil || !hmac.Equal(got, s.sign(s.serverKey, s.auth)) {
		return errors.New("scram: the server does not know the password")
	}
	return nil
}

func (s *scram) sign(key []byte, text string) []byte {
	h := hmac.New(s.hash, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func scramFields(msg string) map[byte]string {
	f := map[byte]string{}
	for _, part := range bytes.Split([]byte(msg), []byte(",")) {
		if len(part) > 2 && part[1] == '=' {
			f[part[0]] = string(part[2:])
		}
	}
	return f
}
