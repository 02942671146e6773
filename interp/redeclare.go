package interp

import (
	"go/parser"
	"iter"
	"maps"
	"slices"
	"strings"
)

// redeclareDependents declares anew what the cell's definitions pull along: a method needs its type and all methods of it, and what uses a
// redefined name has to mean the new one. It may be called again when more names are taken.
func (k *checker) redeclareDependents() {
	for {
		var next []*decl
		for n := range k.taken {
			if k.followed[n] {
				continue
			}
			k.followed[n] = true
			next = slices.AppendSeq(next, k.dependents(n))
		}
		if len(next) == 0 {
			return
		}
		slices.SortFunc(next, func(a, b *decl) int { return a.seq - b.seq })
		for _, d := range slices.Compact(next) {
			if !slices.ContainsFunc(d.names, func(n string) bool { return k.taken[n] }) {
				k.keep(d)
			}
		}
	}
}

// dependents yields the declarations that a new meaning of a name concerns.
func (k *checker) dependents(name string) iter.Seq[*decl] {
	return func(yield func(*decl) bool) {
		some := []map[*decl]bool{k.fe.members[name], k.fe.users[k.fe.objs[name]]} // a nil object has no users
		if t, _, isMethod := strings.Cut(name, "."); isMethod {
			if d := k.fe.decls[t]; d != nil {
				some = append(some, map[*decl]bool{d: true})
			}
		}
		for _, ds := range some {
			for d := range ds {
				if !yield(d) {
					return
				}
			}
		}
	}
}

// keep parses a kept declaration and adds it to the cell.
func (k *checker) keep(d *decl) bool {
	f, err := parser.ParseFile(k.fe.fset, d.file, d.src, parser.SkipObjectResolution|parser.ParseComments)
	if err != nil || len(f.Decls) != 1 {
		return false // BUG elsewhere: it parsed once
	}
	k.cell.files = append(k.cell.files, k.fe.fset.File(f.FileStart))
	copied := *d
	copied.imports = maps.Clone(d.imports)
	k.kept = append(k.kept, &keptFile{&copied, f.Decls[0]})
	for _, n := range d.names {
		k.taken[n] = true
	}
	return true
}

// dropStale takes out the kept declarations that have errors and says whether there were any. Their names keep their old meaning.
func (k *checker) dropStale(errs compileErrors) bool {
	var stay []*keptFile
	for _, f := range k.kept {
		start, end := k.fe.fset.Position(f.decl.Pos()), k.fe.fset.Position(f.decl.End())
		i := slices.IndexFunc(errs, func(e compileError) bool {
			p := e.pos
			return p.Filename == start.Filename && p.Filename != k.cell.Name &&
				(p.Line > start.Line || p.Line == start.Line && p.Column >= start.Column) &&
				(p.Line < end.Line || p.Line == end.Line && p.Column <= end.Column)
		})
		if i < 0 {
			stay = append(stay, f)
			continue
		}
		for _, n := range f.d.names {
			delete(k.taken, n)
		}
		k.cell.stale = append(k.cell.stale, f.d.names[0]+": "+errs[i].msg)
	}
	dropped := len(stay) < len(k.kept)
	k.kept = stay
	return dropped
}
