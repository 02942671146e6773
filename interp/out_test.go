package interp

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

func TestOut(t *testing.T) {
	nb := newNotebook(t)
	nb.want("_ + 1", "ERR cannot use _ as value")
	nb.want("20 + 1", "=> 21")
	nb.want("_ * 2", "=> 42")
	nb.want("x := 5", "")
	nb.want("_ + Out[2] + x", "=> 68")
	nb.want("fmt.Sprint(Out[2], _)", "=> 21 68")
	nb.want("_ + \"!\"", "=> 21 68!") // the type is the value's
	nb.want("Out[2] + \"a\"", "ERR In[8]:1:1: invalid operation: Out[2] + \"a\" (mismatched types int and untyped string)")
	nb.want("Out[99]", "ERR In[9]:1:1: Out[99] has no value")
	nb.want("type P struct{ A int }\nP{3}", "=> {3}")
	nb.want("_.A", "=> 3")
	nb.want("_, y := 1, Out[10].A\nfor _, v := range []int{y} { _ = v }\ny", "=> 3")
	nb.want("func f() int { return Out[2] }\nf()", "=> 21")
	nb.want("func() (int, error) { return 1, nil }()", "=> 1 <nil>")
	nb.want("_", "=> 21") // several values are not kept
	nb.want(tradesCell+"trades.Size()", "=> 3")
	n := nb.n
	_, _ = nb.do("trades")
	nb.want("_", "=> 3")
	nb.want(fmt.Sprintf("Out[%d]", n+1), "ERR has no value")
	nb.want("Out := []string{\"mine\"}\nOut[0]", "=> mine")
	if ms, _, _ := nb.s.Complete("", 0); len(ms) == 0 || strings.Contains(fmt.Sprint(ms), "ꞏ") {
		t.Errorf("completions %v", ms)
	}
}

func TestOutsAreFew(t *testing.T) {
	nb := newNotebook(t)
	for i := range 2 * keptOuts {
		nb.want(fmt.Sprint(i), fmt.Sprint("=> ", i))
	}
	nb.want(fmt.Sprintf("Out[%d]", keptOuts), "ERR has no value")
	nb.want(fmt.Sprintf("Out[%d]", keptOuts+5), fmt.Sprint("=> ", keptOuts+4))
	kept := 0
	for n := range nb.s.fe.objs {
		if strings.HasPrefix(n, outPrefix) {
			kept++
		}
	}
	if kept > keptOuts {
		t.Errorf("%d values are kept", kept)
	}
}

func TestSaveOuts(t *testing.T) {
	nb := newNotebook(t)
	t.Chdir(t.TempDir())
	nb.want("6 * 7", "=> 42")
	nb.want("_ + 1", "=> 43")
	nb.want("%save a.go", "wrote 2 cells to a.go\n")
	out, err := exec.Command("go", "run", "a.go").CombinedOutput()
	if string(out) != "42\n43\n" {
		src, _ := os.ReadFile("a.go")
		t.Errorf("got %q, %v:\n%s", out, err, src)
	}
}
