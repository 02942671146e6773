//go:build unix

package install

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tickbook/widgets/lab"
)

// patient is a machine in good health: kernelspec, Python, JupyterLab, folders and broker.
func patient(t *testing.T) (m *machine, opts DoctorOptions) {
	m = newMachine(t).python("3.12")
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("JUPYTER_DATA_DIR", filepath.Join(home, "jupyter"))
	t.Setenv("JUPYTER_PATH", "")
	script(t, m.bin, "jupyter-lab", "echo 4.6.6")
	if _, err := Install(Spec{Binary: fakeBinary(t, m.bin, "tickbook")}); err != nil {
		t.Fatal(err)
	}
	return m, DoctorOptions{
		Version: "0.1", CacheDir: m.cache, Notebooks: filepath.Join(home, "notebooks"),
		Bootstrap: fakeKafka(t, true),
	}
}

func TestDoctor(t *testing.T) {
	// f spoils a healthy machine, and wants an error (empty: none) and texts in the report.
	f := func(name string, spoil func(m *machine, o *DoctorOptions), wantErr string, wants ...string) {
		t.Run(name, func(t *testing.T) {
			m, opts := patient(t)
			spoil(m, &opts)
			var out bytes.Buffer
			err := Doctor(t.Context(), &out, opts)
			if wantErr == "" && err != nil || wantErr != "" && (err == nil || err.Error() != wantErr) {
				t.Errorf("err = %v, want %q", err, wantErr)
			}
			for _, want := range wants {
				if !strings.Contains(out.String(), want) {
					t.Errorf("want %q in:\n%s", want, out.String())
				}
			}
			if wantErr == "" && strings.Contains(out.String(), "broken") {
				t.Errorf("no error, and yet:\n%s", out.String())
			}
			if left, _ := filepath.Glob(filepath.Join(os.Getenv("HOME"), ".tickbook*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
	user := func(m *machine) string { d, _ := Spec{}.Dir(); return d }

	f("healthy", func(m *machine, o *DoctorOptions) {}, "",
		"ok      tickbook    0.1, go", "ok      kernelspec", "ok      extension", "this version's", "ok      python      3.12, ", "ok      jupyterlab  4.6.6, ",
		"ok      folders     can write to ", "ok      broker      Kafka answers at ")
	f("no kernelspec", func(m *machine, o *DoctorOptions) { os.RemoveAll(user(m)) }, "",
		"note    kernelspec  none in your own Jupyter", "type: ", "install --user")
	extension := func(m *machine) string { d, _ := Spec{}.extensionDir(); return d }
	f("no extension", func(m *machine, o *DoctorOptions) { os.RemoveAll(extension(m)) }, "",
		"note    extension   none in your own Jupyter", "install --user")
	f("another version's extension", func(m *machine, o *DoctorOptions) {
		text := `{"jupyterlab": {"_build": {"load": "static/0123/container.js"}}}`
		if err := os.WriteFile(filepath.Join(extension(m), "package.json"), []byte(text), 0o644); err != nil {
			m.t.Fatal(err)
		}
	}, "", "note    extension ", "another version's", "install --user")
	f("spoilt extension", func(m *machine, o *DoctorOptions) {
		if err := os.Remove(filepath.Join(extension(m), "static", lab.Hash(), "table.js")); err != nil {
			m.t.Fatal(err)
		}
	}, "doctor: broken: extension", "table.js is missing or changed")
	f("extension is not JSON", func(m *machine, o *DoctorOptions) {
		if err := os.WriteFile(filepath.Join(extension(m), "package.json"), []byte("{"), 0o644); err != nil {
			m.t.Fatal(err)
		}
	}, "doctor: broken: extension", "is not JSON")
	f("binary gone", func(m *machine, o *DoctorOptions) { os.Remove(filepath.Join(m.bin, "tickbook")) },
		"doctor: broken: kernelspec", "which is not there", "install --user")
	f("binary broken", func(m *machine, o *DoctorOptions) { script(m.t, m.bin, "tickbook", "exit 1") },
		"doctor: broken: kernelspec", "does not run")
	f("other version", func(m *machine, o *DoctorOptions) { o.Version = "0.2" }, "",
		"note    kernelspec ", "another version (tickbook 0.1)")
	f("spoilt kernelspec", func(m *machine, o *DoctorOptions) {
		if err := os.WriteFile(filepath.Join(user(m), "kernel.json"), []byte("{"), 0o644); err != nil {
			m.t.Fatal(err)
		}
	}, "doctor: broken: kernelspec", "is not JSON")
	f("kernelspec at a prefix", func(m *machine, o *DoctorOptions) {
		o.Spec.Prefix = m.t.TempDir()
		if _, err := Install(Spec{Prefix: o.Spec.Prefix, Binary: fakeBinary(m.t, m.bin, "another")}); err != nil {
			m.t.Fatal(err)
		}
		os.Remove(filepath.Join(m.bin, "another"))
	}, "doctor: broken: kernelspec", "install --prefix ")
	f("no jupyter, python there", func(m *machine, o *DoctorOptions) { os.Remove(filepath.Join(m.bin, "jupyter-lab")) }, "",
		"note    jupyterlab  none on PATH")
	f("no jupyter, no python", func(m *machine, o *DoctorOptions) { os.RemoveAll(m.bin) },
		"doctor: broken: kernelspec, jupyterlab", "no Python to install it with", "note    python")
	f("notebooks is a file", func(m *machine, o *DoctorOptions) {
		if err := os.WriteFile(o.Notebooks, nil, 0o644); err != nil {
			m.t.Fatal(err)
		}
	}, "doctor: broken: folders", "is not a folder", "lab --dir DIR")
	f("broker down", func(m *machine, o *DoctorOptions) { o.Bootstrap = closedPort(m.t) },
		"doctor: broken: broker", "no broker at 127.0.0.1:", "TICKBOOK_BOOTSTRAP")
	f("one of two brokers", func(m *machine, o *DoctorOptions) { o.Bootstrap = closedPort(m.t) + ", " + o.Bootstrap }, "",
		"ok      broker")
	f("no kafka", func(m *machine, o *DoctorOptions) { o.Bootstrap = fakeKafka(m.t, false) },
		"doctor: broken: broker", "does not answer as a Kafka broker")
}

func TestDoctorOwnEnvironment(t *testing.T) {
	m, opts := patient(t)
	os.Remove(filepath.Join(m.bin, "jupyter-lab"))
	found, err := m.find(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := Doctor(t.Context(), &out, opts); err != nil || !strings.Contains(out.String(), "4.6.6, Tickbook's own") {
		t.Errorf("err = %v, report:\n%s", err, out.String())
	}
	script(t, filepath.Dir(found.Command[0]), "python", "exit 1")
	if err := Doctor(t.Context(), &out, opts); err == nil || !strings.Contains(out.String(), "rm -r ") {
		t.Errorf("err = %v, report:\n%s", err, out.String())
	}
}

func TestDoctorIsCancelled(t *testing.T) {
	_, opts := patient(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Doctor(ctx, io.Discard, opts); err == nil {
		t.Error("no error")
	}
}

// fakeKafka listens and answers a first request as Kafka does, or as something else.
func fakeKafka(t *testing.T, isKafka bool) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			var request [14]byte
			io.ReadFull(conn, request[:])
			answer := binary.BigEndian.AppendUint32(nil, 4)
			if isKafka {
				answer = append(answer, request[8:12]...)
			} else {
				answer = []byte("HTTP/1.1 400")
			}
			conn.Write(answer)
			conn.Close()
		}
	}()
	return l.Addr().String()
}

// closedPort is an address where nothing listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
