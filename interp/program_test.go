package interp

import "testing"

func TestProgramAsCell(t *testing.T) {
	nb := newNotebook(t)
	const program = `// A program.
package main

import "fmt"

var a = b + f()
var b, c = 1, two()
var _ fmt.Stringer = (*T)(nil)
var _ = note("blank")

type T struct{ main int }

func (*T) String() string { return "T" }
func init() { note("init 1") }
func f() int { note("f"); return b * 10 }
func two() int { return 2 }
func note(s string) int { fmt.Println(s); return 0 }
func main() { fmt.Println("main", a, b, c); if a > 0 { a = 0; main() } }
func init() { note("init 2") }
`
	want := "f\nblank\ninit 1\ninit 2\nmain 11 1 2\nmain 0 1 2\n"
	nb.want(program, want)
	nb.want("a + b", "=> 1")
	nb.want(program, want) // all is new
	nb.want("package main\nvar x = y\nvar y = x", "ERR In[4]:2:5: initialization cycle")
	nb.want("package main\nx := 1", "ERR In[5]:2:1: expected declaration, found x")
	nb.want("x := 1\npackage main", "ERR In[6]:2:1: ")
	nb.want("package main\nfunc main() { undefined() }", "ERR In[7]:2:15: undefined: undefined")
	nb.want("package main\nvar x int = \"\"", "ERR In[8]:2:13: cannot use")
	nb.want("package main\nvar a = \"new\"\nvar b string", "")
	nb.want("a + b", "=> new")
}
