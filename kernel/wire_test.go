package kernel

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func testMessage(t testing.TB, key []byte, kind string, content any) [][]byte {
	t.Helper()
	frames, err := buildMessage(key, "client", newMessageID(), [][]byte{[]byte("peer")}, kind, nil, nil, content, nil)
	if err != nil {
		t.Fatal(err)
	}
	return frames
}

func TestWire(t *testing.T) {
	key := []byte("a key")
	frames := testMessage(t, key, "execute_request", map[string]any{"code": "a < b && c"})
	frames = append(frames, []byte("buffer"))
	m, err := parseMessage(frames, key)
	if err != nil {
		t.Fatal(err)
	}
	if m.header.Type != "execute_request" || m.header.Session != "client" || string(m.idents[0]) != "peer" || len(m.buffers) != 1 {
		t.Errorf("got %+v", m)
	}
	if want := `{"code":"a < b && c"}`; string(m.content) != want {
		t.Errorf("content %s, want %s", m.content, want)
	}
}

func TestWireRefuses(t *testing.T) {
	key := []byte("a key")
	f := func(want string, change func(f [][]byte) [][]byte) {
		t.Helper()
		frames := change(testMessage(t, key, "execute_request", map[string]any{"code": "1"}))
		_, err := parseMessage(frames, key)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	f("delimiter", func(f [][]byte) [][]byte { return f[:1] })
	f("parts", func(f [][]byte) [][]byte { return f[:5] })
	f("signature", func(f [][]byte) [][]byte { f[2] = []byte("00"); return f })
	f("signature", func(f [][]byte) [][]byte { f[2] = nil; return f })
	f("signature", func(f [][]byte) [][]byte { f[6] = []byte(`{"code":"2"}`); return f })
	signed := func(i int, text string) func(f [][]byte) [][]byte {
		return func(f [][]byte) [][]byte {
			f[i] = []byte(text)
			f[2] = sign(key, f[3:7])
			return f
		}
	}
	f("header", signed(3, "{"))
	f("msg_type", signed(3, "{}"))
	f("header of", signed(3, strings.Repeat(" ", maxHeader+1)))
	f("not JSON", signed(5, "{"))
	f("not JSON", signed(6, ""))
}

// FuzzWire: no frames panic, and what is built can be parsed.
func FuzzWire(f *testing.F) {
	f.Add([]byte("id\x00<IDS|MSG>\x00sig\x00{\"msg_type\":\"x\"}\x00{}\x00{}\x00{}\x00buffer"), "code")
	f.Add([]byte{}, "\xff")
	f.Fuzz(func(t *testing.T, data []byte, code string) {
		frames := bytes.Split(data, []byte{0})
		if m, err := parseMessage(frames, nil); err == nil && m.header.Type == "" {
			t.Error("a message without a type")
		}
		if _, err := parseMessage(frames, []byte("key")); err == nil && len(data) < 64 {
			t.Error("a message that nobody signed")
		}
		m, err := parseMessage(testMessage(t, []byte("key"), "x_request", map[string]any{"code": code}), []byte("key"))
		if err != nil {
			t.Fatal(err)
		}
		var c struct{ Code string }
		if err := json.Unmarshal(m.content, &c); err != nil || c.Code != strings.ToValidUTF8(code, "\uFFFD") && c.Code != toJSON(code) {
			t.Errorf("got %q, want %q (%v)", c.Code, code, err)
		}
	})
}

// toJSON is text after a trip through JSON.
func toJSON(text string) (out string) {
	b, _ := json.Marshal(text)
	_ = json.Unmarshal(b, &out)
	return out
}

func TestOffsets(t *testing.T) {
	f := func(text string, points, bytes int) {
		t.Helper()
		if got := byteOffset(text, points); got != bytes {
			t.Errorf("byteOffset(%q, %d) = %d, want %d", text, points, got, bytes)
		}
		if got := pointOffset(text, bytes); points >= 0 && points <= len([]rune(text)) && got != points {
			t.Errorf("pointOffset(%q, %d) = %d, want %d", text, bytes, got, points)
		}
	}
	f("", 0, 0)
	f("", 3, 0)
	f("abc", -1, 0)
	f("abc", 2, 2)
	f("aé😀b", 3, 7)
	f("aé😀b", 4, 8)
	f("aé😀b", 9, 8)
}

func TestConnectionFile(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		_, err := parseConnection([]byte(text))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
	f(`{"shell_port": 1}`, "")
	f(`{`, "JSON")
	f(`{"transport": "udp"}`, "transport")
	f(`{"ip": "example.org"}`, "numeric")
	f(`{"signature_scheme": "hmac-md5"}`, "hmac-sha256")
	f(`{"hb_port": 70000}`, "port 70000")
	info, err := parseConnection([]byte(`{"ip": "localhost", "shell_port": 5}`))
	if err != nil || info.endpoint(info.Shell) != "tickbook-tcp://127.0.0.1:5" {
		t.Errorf("endpoint %s, %v", info.endpoint(info.Shell), err)
	}
}
