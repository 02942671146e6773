package interp

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unsafe"

	"tickbook/internal/gomod"
)

// embedInto reads the files that go:embed lines of a package name, for the variables that get them.
func embedInto(out map[*types.Var]reflect.Value, l *gomod.Package, files []*ast.File, info *types.Info) error {
	if len(l.EmbedPatterns) == 0 {
		return nil
	}
	for _, f := range files {
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, s := range g.Specs {
				vs := s.(*ast.ValueSpec)
				doc := vs.Doc
				if !g.Lparen.IsValid() {
					doc = g.Doc
				}
				patterns, err := embedPatterns(doc)
				if err != nil {
					return err
				}
				if len(patterns) == 0 {
					continue
				}
				v, ok := info.Defs[vs.Names[0]].(*types.Var)
				if !ok {
					continue
				}
				if out[v], err = embedded(v, l, patterns); err != nil {
					return fmt.Errorf("go:embed of %s: %w", v.Name(), err)
				}
			}
		}
	}
	return nil
}

// embedPatterns are those of the go:embed lines in a comment.
func embedPatterns(doc *ast.CommentGroup) (out []string, err error) {
	if doc == nil {
		return nil, nil
	}
	for _, c := range doc.List {
		rest, ok := strings.CutPrefix(c.Text, "//go:embed ")
		if !ok {
			continue
		}
		for rest = strings.TrimSpace(rest); rest != ""; rest = strings.TrimSpace(rest) {
			word, after, _ := strings.Cut(rest, " ")
			if rest[0] == '"' || rest[0] == '`' {
				quoted, err := strconv.QuotedPrefix(rest)
				if err != nil {
					return nil, fmt.Errorf("go:embed %s: %w", rest, err)
				}
				if word, err = strconv.Unquote(quoted); err != nil {
					return nil, fmt.Errorf("go:embed %s: %w", rest, err)
				}
				after = rest[len(quoted):]
			}
			out = append(out, word)
			rest = after
		}
	}
	return out, nil
}

// embedded is what a variable gets.
func embedded(v *types.Var, l *gomod.Package, patterns []string) (reflect.Value, error) {
	var names []string
	for _, n := range l.EmbedFiles {
		if slices.ContainsFunc(patterns, func(p string) bool { return embeds(p, n) }) {
			names = append(names, n)
		}
	}
	texts := map[string]string{}
	for _, n := range names {
		data, err := os.ReadFile(filepath.Join(l.Dir, filepath.FromSlash(n)))
		if err != nil {
			return reflect.Value{}, err
		}
		texts[n] = string(data)
	}
	if named, ok := types.Unalias(v.Type()).(*types.Named); ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "embed" {
		return embedFS(texts)
	}
	if len(names) != 1 {
		return reflect.Value{}, fmt.Errorf("%d files for one variable", len(names))
	}
	if b, ok := v.Type().Underlying().(*types.Basic); ok && b.Kind() == types.String {
		return reflect.ValueOf(texts[names[0]]), nil
	}
	return reflect.ValueOf([]byte(texts[names[0]])), nil
}

// embeds says whether a pattern takes a file: by its own name, or by that of a folder it is in, then not if anything between begins with . or _.
func embeds(pattern, name string) bool {
	pattern, all := strings.CutPrefix(pattern, "all:")
	if ok, _ := path.Match(pattern, name); ok {
		return true
	}
	for dir := path.Dir(name); ; dir = path.Dir(dir) {
		if ok, _ := path.Match(pattern, dir); ok {
			inside := strings.TrimPrefix(name, dir+"/")
			return all || !slices.ContainsFunc(strings.Split(inside, "/"), func(s string) bool { return s[0] == '.' || s[0] == '_' })
		}
		if dir == "." {
			return false
		}
	}
}

// embedFS makes a file system as the linker makes it. NB: package embed has no function for it, so its fields are looked for by name.
func embedFS(texts map[string]string) (reflect.Value, error) {
	fs := reflect.New(reflect.TypeFor[embed.FS]()).Elem()
	strange := errors.New("the file systems of this Go release's package embed are not known")
	field := func(v reflect.Value, name string, k reflect.Kind) (reflect.Value, bool) {
		f, ok := v.Type().FieldByName(name)
		if !ok || f.Type.Kind() != k {
			return reflect.Value{}, false
		}
		return reflect.NewAt(f.Type, unsafe.Add(v.Addr().UnsafePointer(), f.Offset)).Elem(), true
	}
	list, ok := field(fs, "files", reflect.Pointer)
	if !ok || list.Type().Elem().Kind() != reflect.Slice || list.Type().Elem().Elem().Kind() != reflect.Struct {
		return reflect.Value{}, strange
	}
	names := map[string]bool{}
	for n := range texts {
		names[n] = true
		for d := path.Dir(n); d != "."; d = path.Dir(d) {
			names[d+"/"] = true
		}
	}
	var sorted []string
	for n := range names {
		sorted = append(sorted, n)
	}
	slices.SortFunc(sorted, func(a, b string) int { // by folder, then by name in it
		a, b = strings.TrimSuffix(a, "/"), strings.TrimSuffix(b, "/")
		return cmp.Or(cmp.Compare(path.Dir(a), path.Dir(b)), cmp.Compare(path.Base(a), path.Base(b)))
	})
	files := reflect.MakeSlice(list.Type().Elem(), len(sorted), len(sorted))
	for i, n := range sorted {
		name, ok1 := field(files.Index(i), "name", reflect.String)
		data, ok2 := field(files.Index(i), "data", reflect.String)
		if !ok1 || !ok2 {
			return reflect.Value{}, strange
		}
		name.SetString(n)
		data.SetString(texts[n])
	}
	p := reflect.New(files.Type())
	p.Elem().Set(files)
	list.Set(p)
	return fs, nil
}
