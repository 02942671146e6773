package scenes

import (
	"os"
	"path/filepath"
	"testing"

	"tickbook/internal/browsertest"
)

// copies opens copies of a notebook on its kernel, so that there are cells of the same ids: what runs in one ends nothing in another.
func copies(t *testing.T, s *stage) {
	n := s.open(t, "copies.ipynb", clock, "clock.Table")
	runAll(t, n)
	n.WaitLive(1)
	n.Save()
	pages := []*browsertest.Notebook{n}
	ticks := func(what string) {
		t.Helper()
		for i, x := range pages {
			x.Select(1)
			changes(x, "ticks of page "+string(rune('1'+i))+": "+what, 1, func() string { return x.Text(1) })
		}
	}
	join := func(name string) *browsertest.Notebook {
		x := s.browser.For(t).Open(s.server, name)
		sameKernel(x, n)
		pages = append(pages, x)
		return x
	}
	if err := os.WriteFile(filepath.Join(s.dir, "copies-ran.ipynb"), []byte(s.read(t, "copies.ipynb")), 0o644); err != nil {
		t.Fatal(err)
	}
	s.write(t, "copies-new.ipynb", clock, "clock.Table")

	ran := join("copies-ran.ipynb")
	ticks("a copy shows the first's view")
	ran.Run(1)
	ticks("the copy ran")
	join("copies-new.ipynb").Run(1)
	ticks("a copy without outputs ran")
	n.Run(1)
	ticks("the first ran again")
	ran.Save()
	ran.Reload()
	ran.Run(1)
	ticks("a page was loaded again and ran")
	ran.Eval(nil, `nb.context.rename('copies-renamed.ipynb')`)
	ticks("a notebook was renamed")
	ran.Run(1)
	ticks("and ran")
	for _, x := range pages {
		s.quiet(t, x, renamed...)
	}
}

// renamed is what a page says that asks the server about a notebook's old name while it is being renamed.
var renamed = []string{`Failed to load resource: .* 404 \(Not Found\) \S+/api/contents/copies-ran\.ipynb\S*`, `Uncaught \(in promise\) \w+: Invalid response: 404 Not Found \S+`}

// sameKernel gives a notebook the kernel of another one.
func sameKernel(n, of *browsertest.Notebook) {
	const id = `nb.context.sessionContext.session?.kernel?.id ?? ''`
	var kernel string
	of.Eval(&kernel, id)
	n.Eval(nil, `nb.context.sessionContext.changeKernel({id: %q})`, kernel)
	n.Wait("the other's kernel", func() bool {
		var got string
		n.Eval(&got, id)
		return got == kernel
	})
}
