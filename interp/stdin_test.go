package interp

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"tickbook/display"
)

// person is a publisher who answers questions.
type person struct {
	mu      sync.Mutex
	answers []string
	asked   []string
}

func (p *person) Show(any) string                   { return "" }
func (p *person) Update(string, display.MIMEBundle) {}
func (p *person) Clear(bool)                        {}

func (p *person) Input(prompt string, hidden bool) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, fmt.Sprint(prompt, hidden))
	if len(p.answers) == 0 {
		return "", errors.New("nobody is there")
	}
	a := p.answers[0]
	p.answers = p.answers[1:]
	return a, nil
}

func TestStdin(t *testing.T) {
	p := &person{}
	t.Cleanup(display.Use(p))
	nb := newNotebook(t)
	f := func(code, want string, answers ...string) {
		t.Helper()
		p.answers = answers
		nb.want(code, want)
		if len(p.answers) > 0 {
			t.Errorf("%q: nobody asked for %q", code, p.answers)
		}
	}
	f("var n int\nvar s string\nfmt.Scan(&n, &s)\nfmt.Println(n, s)", "7 x\n", "7", "x")
	f("k, err := fmt.Scanln(&n)\nfmt.Println(k, err, n)", "1 <nil> 8\n", "8")
	f("fmt.Scanf(\"%d-%s\\n\", &n, &s)\nfmt.Println(n, s)", "9 y\n", "9-y")
	f("line, _ := bufio.NewReader(os.Stdin).ReadString('\\n')\nline", "=> a line\n", "a line")
	f("sc := bufio.NewScanner(os.Stdin)\nfor sc.Scan() { fmt.Println(len(sc.Text())) }", "3\n0\n5\n", "abc", "", "words", "\x04")
	f("func ask() string { var a string; fmt.Scan(&a); return a + suffix }\nsuffix := \"!\"\nask()", "=> b!", "b")
	f("suffix := 5\nfunc ask() int { var a int; fmt.Scan(&a); return a + suffix }\nask()", "=> 6", "1")
	f("var r io.Reader = os.Stdin\nbuf := make([]byte, 10)\nm, _ := r.Read(buf)\nstring(buf[:m])", "=> q\n", "q")
	f("m, _ = os.Stdin.Read(buf)\nstring(buf[:m])", "=> z\n", "z")
	f("name, _ := display.Input(\"Name?\")\npw, _ := display.Password(\"Key?\")\nname + pw", "=> ab", "a", "b")
	if got := strings.Join(p.asked[len(p.asked)-2:], " "); got != "Name?false Key?true" {
		t.Errorf("asked %q", got)
	}
	f("_, err = fmt.Scan(&n)\nerr", "=> stdin: nobody is there")
	f("f := os.Stdin\nf.Name()", "=> /dev/stdin") // as a file it stays what it is
}
