package interp_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"tickbook/interp"
)

// A package that works by reflection is read from source when a running cell first needs it, while other cells are checked.
func TestReflectingPackagesLoadWhileCellsRun(t *testing.T) {
	var out bytes.Buffer
	s, err := interp.New(interp.Options{Stdout: &out, Stderr: &out})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	n := 0
	run := func(src string) {
		t.Helper()
		n++
		if _, err := s.Execute(context.Background(), src, n); err != nil {
			t.Fatalf("%s: %v", src, err)
		}
	}
	run(`type T struct{ N int }
func (t T) Twice() int { return 2 * t.N }
results := make(chan string, 4)
for i := range 4 {
	go func() {
		var b strings.Builder
		err := template.Must(template.New("t").Parse("{{.Twice}}")).Execute(&b, T{i})
		x, err2 := xml.Marshal(T{i})
		results <- fmt.Sprint(b.String(), " ", err, " ", string(x), " ", err2)
	}()
}`)
	for _, src := range []string{`http.StatusText(404)`, `big.NewInt(3)`, `json.Valid(nil)`, `sql.ErrNoRows`, `url.Parse("x")`, `tar.ErrHeader`} {
		run(src)
	}
	run(`var all []string
for range 4 {
	all = append(all, <-results)
}
sort.Strings(all)
fmt.Println(all)`)
	want := "[0 <nil> <T><N>0</N></T> <nil> 2 <nil> <T><N>1</N></T> <nil> 4 <nil> <T><N>2</N></T> <nil> 6 <nil> <T><N>3</N></T> <nil>]"
	if got := strings.TrimSpace(out.String()); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
