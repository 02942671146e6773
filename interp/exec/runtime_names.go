package exec

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"

	"tickbook/interp/exec/internal/pcs"
)

// id returns a function's name as compiled Go has it, main.(*T).M or main.f.func1, and where it is declared.
func (fn *function) id() pcs.Func {
	if x := fn.named.Load(); x != nil {
		return *x
	}
	var name string
	if fn.ssa.Parent() != nil {
		name = fn.literals[fn.ssa]
	} else {
		name = compiledName(fn.ssa)
	}
	id := pcs.Func{Name: name, Decl: fn.source(fn.ssa.Pos())}
	fn.named.Store(&id)
	return id
}

// compiledName names a function that is no literal.
func compiledName(f *ssa.Function) string {
	o, ok := f.Object().(*types.Func)
	if !ok {
		if f.Pkg == nil {
			return f.Name()
		}
		return packagePrefix(f.Pkg.Pkg) + "." + cellEntry(f.Pkg.Pkg, f.Name())
	}
	name, of := o.Name(), ""
	if recv := o.Signature().Recv(); recv != nil {
		t := types.Unalias(recv.Type())
		p, isPointer := t.(*types.Pointer)
		if isPointer {
			t = types.Unalias(p.Elem())
		}
		if n, ok := t.(*types.Named); ok {
			of = n.Obj().Name()
			if n.TypeParams().Len() > 0 || n.TypeArgs().Len() > 0 {
				of += "[...]"
			}
			if isPointer {
				of = "(*" + of + ")"
			}
			of += "."
		}
	} else {
		if o.Signature().TypeParams().Len() > 0 {
			name += "[...]"
		}
		if n, ok := strings.CutPrefix(f.Name(), "init#"); ok { // counted from one
			name = "init." + n
			if i, err := strconv.Atoi(n); err == nil {
				name = fmt.Sprintf("init.%d", i-1)
			}
		}
	}
	if strings.HasSuffix(f.Name(), "$bound") {
		name += "-fm"
	}
	if o.Pkg() == nil {
		return of + name
	}
	return packagePrefix(o.Pkg()) + "." + of + cellEntry(o.Pkg(), name)
}

// cellEntry names what runs a cell as what it stands for.
func cellEntry(p *types.Package, name string) string {
	if p.Path() != cellPath {
		return name
	}
	if n, ok := strings.CutPrefix(name, "cell_"); ok && strings.Trim(n, "0123456789") == "" || name == "main_cell" {
		return "main"
	}
	if n, ok := strings.CutPrefix(name, "init_cell"); ok { // counted from one
		if i, err := strconv.Atoi(n); err == nil {
			return fmt.Sprintf("init.%d", i-1)
		}
	}
	return name
}

// packagePrefix is a package's path as symbols have it: dots of the last part are escaped.
func packagePrefix(p *types.Package) string {
	path := p.Path()
	i := strings.LastIndexByte(path, '/') + 1
	return path[:i] + strings.ReplaceAll(path[i:], ".", "%2e")
}

// nameLiterals names the function literals, and the bodies of ranges over functions, in a function. The compiler counts them apart, in the order of the
// source; what is in such a body counts as if it were in the function around it.
func nameLiterals(f *ssa.Function, name string, names map[*ssa.Function]string) {
	var literals, bodies []*ssa.Function
	var collect func(f *ssa.Function)
	collect = func(f *ssa.Function) {
		for _, a := range f.AnonFuncs {
			if a.Synthetic == rangeBody {
				bodies = append(bodies, a)
				collect(a)
			} else {
				literals = append(literals, a)
			}
		}
	}
	collect(f)
	dot := ".func"
	if f.Parent() != nil {
		dot = "."
	}
	count := func(fs []*ssa.Function, middle string) {
		slices.SortFunc(fs, func(a, b *ssa.Function) int { return int(a.Pos() - b.Pos()) })
		for i, a := range fs {
			names[a] = fmt.Sprint(name, middle, i+1)
		}
	}
	count(literals, dot)
	count(bodies, "-range")
	for _, a := range literals {
		nameLiterals(a, names[a], names)
	}
}

const rangeBody = "range-over-func yield" // what SSA calls it

// isWrapper says whether nobody wrote a function.
func (fn *function) isWrapper() bool {
	s := fn.ssa.Synthetic
	return s != "" && s != rangeBody && !strings.HasPrefix(s, "instance")
}

// end returns where the body of a function ends, where it returns without saying so.
func end(f *ssa.Function) token.Pos {
	if n := f.Syntax(); n != nil && n.End().IsValid() {
		return n.End() - 1
	}
	return token.NoPos
}
