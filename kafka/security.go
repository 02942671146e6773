package kafka

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/IBM/sarama"
)

// security reads the properties that only mean something together: the protocol, the keys, the user.
type security struct {
	cfg  Config
	conf *sarama.Config
}

func (r *security) read() {
	protocol := "PLAINTEXT"
	if raw, ok := r.cfg["security.protocol"]; ok {
		allowed := []string{"PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"}
		protocol = allowed[(&value{"security.protocol", raw}).oneOf(allowed...)]
	}
	isSSL, isSASL := strings.HasSuffix(protocol, "SSL"), strings.HasPrefix(protocol, "SASL")
	for name := range r.cfg {
		isTLS := strings.HasPrefix(name, "ssl.") || name == "enable.ssl.certificate.verification"
		switch {
		case isTLS && !isSSL:
			r.contradict(name, protocol, map[bool]string{false: "SSL", true: "SASL_SSL"}[isSASL])
		case strings.HasPrefix(name, "sasl.") && !isSASL:
			r.contradict(name, protocol, map[bool]string{false: "SASL_PLAINTEXT", true: "SASL_SSL"}[isSSL])
		}
	}
	if isSSL {
		r.conf.Net.TLS.Enable = true
		r.conf.Net.TLS.Config = r.tls()
	}
	if isSASL {
		r.conf.Net.SASL.Enable = true
		r.sasl()
	}
}

func (r *security) contradict(name, protocol, want string) {
	panic(&ConfigError{Property: name, Msg: fmt.Sprintf(`property %q has no use with security.protocol %s; say "security.protocol": %q, or remove it`, name, protocol, want)})
}

func (r *security) wrong(name, format string, args ...any) *ConfigError {
	return &ConfigError{Property: name, Msg: fmt.Sprintf("property %q: ", name) + fmt.Sprintf(format, args...)}
}

// tls reads the certificates, which are PEM, in files or in the properties themselves.
func (r *security) tls() *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	for _, store := range []string{"ssl.truststore.type", "ssl.keystore.type"} {
		if t, ok := r.cfg[store]; ok && !strings.EqualFold(t, "PEM") {
			panic(r.wrong(store, "%q stores are not supported; convert to PEM and say %q", t, "PEM"))
		}
	}
	if name, ca := r.pem([]string{"ssl.ca.location", "ssl.truststore.location"}, []string{"ssl.ca.pem", "ssl.truststore.certificates"}); ca != nil {
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(ca) {
			panic(r.wrong(name, "no PEM certificate in it; want text that begins with -----BEGIN CERTIFICATE-----"))
		}
	}
	certName, cert := r.pem([]string{"ssl.certificate.location", "ssl.keystore.location"}, []string{"ssl.certificate.pem", "ssl.keystore.certificate.chain"})
	keyName, key := r.pem([]string{"ssl.key.location"}, []string{"ssl.key.pem", "ssl.keystore.key"})
	if certName == "ssl.keystore.location" && key == nil {
		keyName, key = certName, cert // a PEM keystore holds both
	}
	if (cert == nil) != (key == nil) {
		panic(r.wrong(certName+keyName, "a client needs both a certificate and its key: ssl.certificate.location and ssl.key.location"))
	}
	if cert != nil {
		pair, err := tls.X509KeyPair(cert, key)
		if err != nil {
			panic(r.wrong(keyName, "%v", err))
		}
		c.Certificates = []tls.Certificate{pair}
	}
	r.verification(c)
	return c
}

// verification reads how far the broker's certificate is checked.
func (r *security) verification(c *tls.Config) {
	if raw, ok := r.cfg["enable.ssl.certificate.verification"]; ok {
		c.InsecureSkipVerify = (&value{"enable.ssl.certificate.verification", raw}).oneOf("true", "false") == 1
	}
	raw, ok := r.cfg["ssl.endpoint.identification.algorithm"]
	if !ok || strings.EqualFold(raw, "https") {
		return
	}
	if raw != "" && !strings.EqualFold(raw, "none") {
		panic(r.wrong("ssl.endpoint.identification.algorithm", `%q is not allowed; want "https", or "" or "none" to accept any host name`, raw))
	}
	if c.InsecureSkipVerify {
		return
	}
	// The chain is checked, the host name is not.
	c.InsecureSkipVerify = true
	roots := c.RootCAs
	c.VerifyConnection = func(s tls.ConnectionState) error {
		between := x509.NewCertPool()
		for _, cert := range s.PeerCertificates[1:] {
			between.AddCert(cert)
		}
		_, err := s.PeerCertificates[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: between})
		return err
	}
}

// pem is the content of the one property that is there, and its name.
func (r *security) pem(files, texts []string) (name string, content []byte) {
	for i, n := range append(files, texts...) {
		v, ok := r.cfg[n]
		if !ok {
			continue
		}
		if name != "" {
			panic(r.wrong(n, "%q says the same; keep one", name))
		}
		name, content = n, []byte(v)
		if i < len(files) {
			var err error
			if content, err = os.ReadFile(v); err != nil {
				panic(r.wrong(n, "%v", err))
			}
		}
		if len(content) == 0 {
			panic(r.wrong(n, "it is empty"))
		}
	}
	return name, content
}

var jaasOption = regexp.MustCompile(`(\w+)\s*=\s*"((?:[^"\\]|\\.)*)"`)

func (r *security) sasl() {
	sasl := &r.conf.Net.SASL
	user, password := r.cfg["sasl.username"], r.cfg["sasl.password"]
	if jaas, ok := r.cfg["sasl.jaas.config"]; ok {
		if user+password != "" {
			panic(r.wrong("sasl.jaas.config", "sasl.username and sasl.password say the same; keep one of the two"))
		}
		for _, m := range jaasOption.FindAllStringSubmatch(jaas, -1) {
			switch m[1] {
			case "username":
				user = m[2]
			case "password":
				password = m[2]
			}
		}
		if user == "" {
			panic(r.wrong("sasl.jaas.config", `no username="…" in it; use sasl.username and sasl.password`))
		}
	}
	name, mechanism := "sasl.mechanism", ""
	for _, n := range []string{"sasl.mechanism", "sasl.mechanisms"} {
		if v, ok := r.cfg[n]; ok {
			name, mechanism = n, v
		}
	}
	if mechanism == "" {
		panic(r.wrong(name, "it is missing; want PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or GSSAPI"))
	}
	if strings.EqualFold(mechanism, "OAUTHBEARER") {
		panic(r.wrong(name, "OAUTHBEARER is not supported yet; want PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or GSSAPI"))
	}
	allowed := []string{sarama.SASLTypePlaintext, sarama.SASLTypeSCRAMSHA256, sarama.SASLTypeSCRAMSHA512, sarama.SASLTypeGSSAPI}
	mechanism = allowed[(&value{name, mechanism}).oneOf(allowed...)]
	sasl.Mechanism = sarama.SASLMechanism(mechanism)
	if mechanism == sarama.SASLTypeGSSAPI {
		r.kerberos()
		return
	}
	for _, n := range []string{"sasl.kerberos.service.name", "sasl.kerberos.principal", "sasl.kerberos.keytab"} {
		if _, ok := r.cfg[n]; ok {
			panic(r.wrong(n, "it has no use with %s; remove it, or say %q: %q", mechanism, name, "GSSAPI"))
		}
	}
	if user == "" {
		panic(r.wrong("sasl.username", "it is missing; %s needs sasl.username and sasl.password", mechanism))
	}
	if password == "" {
		panic(r.wrong("sasl.password", "it is missing; %s needs sasl.username and sasl.password", mechanism))
	}
	sasl.User, sasl.Password = user, password
	if mechanism != sarama.SASLTypePlaintext {
		hash := scramHashes[mechanism]
		sasl.SCRAMClientGeneratorFunc = func() sarama.SCRAMClient { return &scram{hash: hash} }
	}
}

// kerberos reads a principal and its key table; the realm's servers come from the system's krb5.conf.
func (r *security) kerberos() {
	principal, keytab := r.cfg["sasl.kerberos.principal"], r.cfg["sasl.kerberos.keytab"]
	user, realm, ok := strings.Cut(principal, "@")
	if !ok {
		panic(r.wrong("sasl.kerberos.principal", "%q is no principal; GSSAPI needs user@REALM", principal))
	}
	if _, err := os.Stat(keytab); err != nil {
		panic(r.wrong("sasl.kerberos.keytab", "%v", err))
	}
	g := &r.conf.Net.SASL.GSSAPI
	g.AuthType, g.Username, g.Realm, g.KeyTabPath = sarama.KRB5_KEYTAB_AUTH, user, realm, keytab
	g.ServiceName = "kafka"
	if s := r.cfg["sasl.kerberos.service.name"]; s != "" {
		g.ServiceName = s
	}
	g.KerberosConfigPath = "/etc/krb5.conf"
	if s := os.Getenv("KRB5_CONFIG"); s != "" {
		g.KerberosConfigPath = s
	}
}
