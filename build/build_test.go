package build

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"tickbook/internal/gomod"
)

const mine = `
-- mine/go.mod --
module example.com/mine

go 1.24
-- mine/mine.go --
// Package mine measures.
package mine

import (
	"fmt"

	"example.com/mine/internal/hidden"
)

// Meters is a length.
type Meters float64

func (m Meters) String() string { return fmt.Sprintf("%v m", float64(m)) }

const Big = 1 << 70

var N = 3

// Twice doubles.
func Twice(n int) int { return 2 * n }

// Sayable is an interface that others can implement.
type Sayable interface{ Say(m Meters) (string, error) }

// Unsayable is one that they cannot write.
type Unsayable interface{ Say(h hidden.Thing) }

func Accept(Unsayable) {}
-- mine/internal/hidden/hidden.go --
package hidden

type Thing struct{}
-- mine/lists/lists.go --
package lists

func First[T any](l []T) T { return l[0] }
-- mine/cmd/cmd.go --
package main

func main() {}
-- broken/go.mod --
module example.com/broken
-- broken/broken.go --
package broken

func F() int { return "" }
-- generic/go.mod --
module example.com/generic

go 1.24
-- generic/generic.go --
package generic

func First[T any](l []T) T { return l[0] }
-- check/main.go --
package main

import (
	"fmt"

	"tickbook/internal/symbols"
)

func main() {
	const p = "example.com/mine"
	t := symbols.Of(p)
	fmt.Println(symbols.Modules(), symbols.Name(p), symbols.Has(p), symbols.Has(p+"/lists"), symbols.Doc(p)["Twice"])
	fmt.Println(t["Twice"].Interface().(func(int) int)(21), t["N"].CanSet(), t["Big"], t["~Sayable"].IsValid(), t["~Unsayable"].IsValid(), t["Unsayable"].IsValid())
}
`

// modules writes the folders of mine.
func modules(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(mine)).Files {
		at := filepath.Join(dir, f.Name)
		err := os.MkdirAll(filepath.Dir(at), 0o777)
		if err == nil {
			err = os.WriteFile(at, f.Data, 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// start makes a builder over this clone.
func start(t *testing.T, with ...string) *builder {
	t.Helper()
	t.Setenv("GOPROXY", "off")
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	b := &builder{tool: &gomod.Tool{C: true}, source: root, dir: t.TempDir(), out: &bytes.Buffer{}}
	if err := b.copyModFile(); err != nil {
		t.Fatal(err)
	}
	for _, w := range with {
		if err := b.add(t.Context(), w); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// TestLayer compiles package symbols with a layer and asks it. The rest of a build is the go command's.
func TestLayer(t *testing.T) {
	dir := modules(t)
	b := start(t, filepath.Join(dir, "mine"))
	l, err := b.layer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"example.com/mine"}; !slices.Equal(l.packages, want) || !slices.Equal(l.left, []string{"example.com/mine/lists"}) {
		t.Errorf("packages %q, left %q", l.packages, l.left)
	}
	over := map[string]string{filepath.Join(b.source, "internal", "symbols", "check", "main.go"): filepath.Join(dir, "check", "main.go")}
	for name := range l.files {
		over[filepath.Join(b.source, "internal", "symbols", name)] = filepath.Join(b.dir, name)
	}
	if err := writeOverlay(b.dir, over); err != nil {
		t.Fatal(err)
	}
	out, err := b.run(t.Context(), "run", "-overlay="+filepath.Join(b.dir, overlayFile), "./internal/symbols/check")
	if err != nil {
		t.Fatal(err)
	}
	want := "map[example.com/mine:] mine true false Twice doubles.\n\n42 true 1180591620717411303424 true false true\n"
	if string(out) != want {
		t.Errorf("got %q, want %q", out, want)
	}
}

func TestFaults(t *testing.T) {
	dir := modules(t)
	f := func(want string, with ...string) {
		t.Helper()
		_, err := Build(t.Context(), Options{Source: "..", With: with, Output: filepath.Join(dir, "out"), Out: &bytes.Buffer{}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", with, err, want)
		}
	}
	t.Setenv("GOPROXY", "off")
	f("nothing to compile in")
	f("want module@version or ./folder", "@v1.0.0")
	f("build: example.com/nowhere@v1.0.0: module lookup disabled by GOPROXY=off", "example.com/nowhere@v1.0.0")
	f("build: example.com/nowhere: example.com/nowhere@latest: module lookup disabled by GOPROXY=off", "example.com/nowhere")
	f("no such file", "./nowhere")
	f("example.com/broken: ", filepath.Join(dir, "broken"))
	f("example.com/generic: what is generic, and has neither C nor assembly, is read from source: %get it", filepath.Join(dir, "generic"))
	t.Setenv("PATH", "")
	f("build: example.com/nowhere@v1.0.0: there is no go command on PATH; install Go", "example.com/nowhere@v1.0.0")
	_, err := Build(t.Context(), Options{Source: dir, With: []string{"x"}})
	if err == nil || !strings.Contains(err.Error(), "is not Tickbook's source") {
		t.Errorf("got %v", err)
	}
}
