package interp

import (
	"strings"
	"testing"
)

// TestRewriting covers what the rewriting for yaegi cures; each line is a list of cells and what they print and show.
func TestRewriting(t *testing.T) {
	f := func(cells ...string) {
		t.Helper()
		nb := newNotebook(t)
		for i := 0; i < len(cells); i += 2 {
			nb.want(cells[i], cells[i+1])
		}
	}
	const seq = "func upTo(n int) func(func(int) bool) { return func(y func(int) bool) { for i := 0; i < n; i++ { if !y(i) { return } } } }"
	// loops
	f("fs := []func() int{}\nfor i := 0; i < 6; i++ { i++; fs = append(fs, func() int { i += 10; return i }) }\nfs[0]() + fs[1]()*100 + fs[2]()*10000 + fs[0]()", "=> 151332")
	f("a, b := 1, 2\nfor i := 0; i < 3; i++ { a, b = b, a+b }\na, b = b, a\nfmt.Println(a, b)", "8 5\n")
	f("s := []int{1, 2, 3, 4}\nfor i, j := 0, len(s)-1; i < j; i, j = i+1, j-1 { s[i], s[j] = s[j], s[i] }\ns", "=> [4 3 2 1]")
	f("s := []int{1, 2, 3}\nfor i := range 2 { s[0], s[1], s[2] = s[1], s[2], s[0]; _ = i }\ns", "=> [3 1 2]")
	f("for i := 0; ; i++ {\n\tif i == 3 { break }\n\tfmt.Print(i)\n}", "012")
	f("for n := 1; ; {\n\tif n++; n > 3 { break }\n\tfmt.Print(n)\n}", "23")
	f("var u uint8 = 3\nfor i := range u { fmt.Printf(\"%T%d \", i, i) }", "uint80 uint81 uint82 ")
	// range over functions
	f(seq+"\nfunc find() (int, error) { for v := range upTo(9) { if v == 3 { return v * 10, nil } }; return -1, nil }\nfind()", "=> 30 <nil>")
	f(seq+"\nouter: for i := range 3 { for v := range upTo(5) { if v == 2 { continue outer }; if i == 2 { break outer }; fmt.Print(i, v, \" \") } }", "0 0 0 1 1 0 1 1 ")
	f(seq+"\nn := 0\nfor v := range upTo(5) { switch v { case 1: continue; case 3: break }; for { break }; n += v }\nn", "=> 9")
	f(seq+"\nn := 0\nfor a := range upTo(3) { for b := range upTo(3) { if b > a { break }; n++ } }\nn", "=> 6")
	f("n := 0\nfor l := range strings.SplitSeq(\"a,b,c\", \",\") { n += len(l) }\nn", "=> 3")
	// defer, goroutines, channels
	f("for i := 0; i < 3; i++ { defer fmt.Print(i) }", "210")
	f("ch := make(chan int)\ngo func() { defer close(ch); for i := range 3 { ch <- i } }()\nfor v := range ch { fmt.Print(v) }\nv, ok := <-ch\nfmt.Print(v, ok)", "0120 false")
	f("errs := make(chan error, 1)\nerrs <- nil\nselect { case err := <-errs: fmt.Println(err); case <-time.After(time.Second): fmt.Println(\"late\") }", "<nil>\n")
	// methods, constants, builtins
	f("type V struct{ n int }\nfunc (v *V) Add(ns ...int) int { for _, n := range ns { v.n += n }; return v.n }\nv := V{1}\nadd := v.Add\nadd(1, 2)\nadd([]int{3}...)\nv.n", "=> 7")
	f("const big = 1 << 40\ntype Day int\nconst ( Mon Day = iota; Tue; Wed )\nfunc (d Day) String() string { return \"MTW\"[d : d+1] }\nfmt.Println(big, Tue, Wed)", "1099511627776 T W\n")
	f("1.5 * float64(time.Second/time.Millisecond)", "=> 1500", "max(2.5, 1) + min(3, 4.5)", "=> 5.5", "math.MaxUint64/2 > 1", "=> true")
	f("println(\"x\")", "")
	// generics and generic packages
	f("type Stack[T any] struct{ xs []T }\nfunc (s *Stack[T]) Push(x T) { s.xs = append(s.xs, x) }\nfunc (s *Stack[T]) Pop() (x T, ok bool) { if len(s.xs) == 0 { return }; x = s.xs[len(s.xs)-1]; s.xs = s.xs[:len(s.xs)-1]; return x, true }", "",
		"s := &Stack[string]{}\ns.Push(\"a\")\ns.Push(\"b\")\ns.Pop()", "=> b true", "n := Stack[int]{}\nn.Push(4)\nn.Pop()", "=> 4 true")
	f("xs := []int{5, 2, 9}\nslices.Sort(xs)\ni, ok := slices.BinarySearch(xs, 5)\nfmt.Println(xs, i, ok, slices.Contains(xs, 9), slices.Insert(xs, 1, 7), slices.Max(xs))", "[2 5 9] 1 true true [2 7 5 9] 9\n",
		"ys := []string{\"bb\", \"a\"}\nslices.SortFunc(ys, func(a, b string) int { return cmp.Compare(len(a), len(b)) })\nys", "=> [a bb]",
		"m := map[string]int{\"x\": 1, \"y\": 2}\nc := maps.Clone(m)\nslices.Collect(maps.Values(map[int]int{1: 2}))", "=> [2]", "len(c)", "=> 2")
	f("var p atomic.Pointer[int]\nn := 3\np.Store(&n)\n*p.Load()", "=> 3")
	f("once := sync.OnceValue(func() int { fmt.Print(\"once \"); return 7 })\nonce() + once()", "once => 14")
}

// TestNames covers redefinition.
func TestNames(t *testing.T) {
	nb := newNotebook(t)
	nb.want("x := 1\nfunc get() int { return x }\nhold := func() int { return x }", "")
	nb.want("x := 2\nfmt.Println(get(), hold())", "2 2\n")
	nb.want("x := \"s\"", "")
	if !strings.Contains(nb.errs.String(), "get keeps its old meaning") {
		t.Errorf("nobody said that get is stale: %q", nb.errs)
	}
	nb.want("fmt.Println(x, get(), hold())", "s 2 2\n")
	nb.want("x := 3.5\nfunc g2() float64 { return x * 2 }\ng2()", "=> 7")
	nb.want("path := path.Base(\"a/b\")\npath", "=> b")
	nb.want("path = path + \"c\"\nlen(path)", "=> 2")
	nb.want("import \"path\"\npath.Dir(\"a/b\")", "=> a")
	nb.want("y, z := 1, undefined()", "ERR In[9]:1:12: undefined: undefined")
	nb.want("y", "ERR undefined: y")
	nb.want("n := nil", "ERR use of untyped nil")
	nb.want("x y", "ERR In[12]:1:3: expected ';', found y")
	nb.want("a := 1\n  b := \"s\" +\n 2", "ERR In[13]:2:8: ")
	nb.want("import \"syscall\"", "ERR In[14]:1:8: package \"syscall\" is not available in cells")
	nb.want("strings.Foo(1)", "ERR In[15]:1:9: undefined: strings.Foo")
	nb.want("os.Exit(3)", "ERR os.Exit(3) called in a cell")
}
