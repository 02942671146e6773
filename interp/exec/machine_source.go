package exec

import (
	"go/ast"
	"go/types"

	"tickbook/internal/symbols"
)

// iterSource is package iter for interpreted code: the original's Pull needs the runtime.
const iterSource = `package iter

type Seq[V any] func(yield func(V) bool)

type Seq2[K, V any] func(yield func(K, V) bool)

type pulled[K, V any] struct {
	k        K
	v        V
	ok       bool
	panicked bool
	value    any
}

func Pull[V any](seq Seq[V]) (next func() (V, bool), stop func()) {
	n, s := Pull2(func(yield func(struct{}, V) bool) {
		seq(func(v V) bool { return yield(struct{}{}, v) })
	})
	return func() (V, bool) { _, v, ok := n(); return v, ok }, s
}

func Pull2[K, V any](seq Seq2[K, V]) (next func() (K, V, bool), stop func()) {
	in, out := make(chan bool), make(chan pulled[K, V])
	var started, done bool
	run := func() {
		last := pulled[K, V]{panicked: true}
		defer func() {
			if last.panicked {
				last.value = recover()
			}
			out <- last
		}()
		if <-in {
			seq(func(k K, v V) bool {
				out <- pulled[K, V]{k: k, v: v, ok: true}
				return <-in
			})
		}
		last.panicked = false
	}
	step := func(more bool) (p pulled[K, V]) {
		if done {
			return p
		}
		if !started {
			started = true
			if !more {
				done = true
				return p
			}
			go run()
		}
		in <- more
		p = <-out
		if !p.ok {
			done = true
			if p.panicked {
				panic(p.value)
			}
		}
		return p
	}
	return func() (K, V, bool) { p := step(true); return p.k, p.v, p.ok }, func() {
		if p := step(false); p.ok {
			panic("iter: the sequence went on after it was stopped")
		}
	}
}
`

// Source returns a package of the standard library that is interpreted from source, nil when the package is compiled code.
func (m *Machine) Source(importPath string) (*types.Package, error) {
	m.mu.Lock()
	p, ok := m.sources[importPath]
	m.mu.Unlock()
	if ok {
		return p, nil
	}
	texts, err := symbols.Source(importPath)
	if err != nil {
		return nil, err
	}
	if importPath == "iter" {
		texts = map[string]string{"iter.go": iterSource}
	}
	if len(texts) == 0 {
		m.mu.Lock()
		m.sources[importPath] = nil
		m.mu.Unlock()
		return nil, nil
	}
	pkg, files, info, err := m.parse(importPath, texts, m.imports)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	m.sources[importPath] = pkg
	m.mu.Unlock()
	if _, err := m.Load(pkg, files, info); err != nil {
		return nil, err
	}
	return pkg, nil
}

// isSource says whether a package of the standard library is interpreted.
func (m *Machine) isSource(p *types.Package) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sources[p.Path()] == p
}

// NewInfo makes the records of the type checker that the machine needs.
func NewInfo() *types.Info {
	return &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}, Scopes: map[ast.Node]*types.Scope{},
		Instances: map[*ast.Ident]types.Instance{}, FileVersions: map[*ast.File]string{},
	}
}
