package interp

import (
	"go/parser"
	"maps"
	"slices"
	"strings"
)

// redeclareDependents declares anew what the cell's definitions pull along: a method needs its type and all methods of it, and what uses a
// redefined name has to mean the new one. It may be called again when more names are taken.
func (k *checker) redeclareDependents() {
	for changed := true; changed; {
		changed = false
		for _, key := range k.fe.order {
			d := k.fe.decls[key]
			if slices.ContainsFunc(d.names, func(n string) bool { return k.taken[n] }) || !k.dependsOnTaken(d) {
				continue
			}
			if k.keep(d) {
				changed = true
			}
		}
	}
}

func (k *checker) dependsOnTaken(d *decl) bool {
	for n := range k.taken {
		if d.receiver == n {
			return true // a method of a redeclared type
		}
		if t, _, isMethod := strings.Cut(n, "."); isMethod && slices.Contains(d.names, t) {
			return true // the type of a method declared here
		}
		if o := k.fe.objs[n]; o != nil && d.uses[o] {
			return true
		}
	}
	return false
}

// keep parses a kept declaration and adds it to the cell.
func (k *checker) keep(d *decl) bool {
	f, err := parser.ParseFile(k.fe.fset, d.file, d.src, parser.SkipObjectResolution|parser.ParseComments)
	if err != nil || len(f.Decls) != 1 {
		return false // BUG elsewhere: it parsed once
	}
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
