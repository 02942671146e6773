package interp

import (
	"embed"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"reflect"
	"slices"
	"strings"

	"tickbook/internal/symbols"
)

// shims are the generic parts of standard packages in a form that can be interpreted. They replace declarations of the package's source
// where there is one.
//
//go:embed shims/*.txt
var shims embed.FS

// sourcePackage is a generic package that is interpreted. It is nil for a package that is not.
type sourcePackage struct{ types *types.Package }

// supportTypes is package tbsupport as shims see it.
var supportTypes = func() *types.Package {
	p := types.NewPackage(supportPath, supportPath)
	anyT := types.Universe.Lookup("any").Type()
	add := func(name string, params int, results ...types.Type) {
		var ps, rs []*types.Var
		for range params {
			ps = append(ps, types.NewParam(0, p, "", anyT))
		}
		for _, r := range results {
			rs = append(rs, types.NewParam(0, p, "", r))
		}
		sig := types.NewSignatureType(nil, nil, nil, types.NewTuple(ps...), types.NewTuple(rs...), false)
		p.Scope().Insert(types.NewFunc(0, p, name, sig))
	}
	add("Sort", 1)
	add("Overlap", 2, types.Typ[types.Bool])
	add("Start", 2, types.Typ[types.Int])
	p.MarkComplete()
	return p
}()

// shimImporter imports compiled packages and tbsupport.
type shimImporter struct{ *packages }

func (i shimImporter) Import(path string) (*types.Package, error) {
	switch path {
	case supportPath:
		return supportTypes, nil
	case "unsafe":
		return types.Unsafe, nil
	}
	return i.packages.Import(path)
}

// load parses and checks the source of a generic package, nil when there is none.
func (in *instances) load(path string) (*sourcePackage, error) {
	if p, ok := in.sources[path]; ok {
		return p, nil
	}
	texts, err := symbols.Source(path)
	if err != nil {
		return nil, err
	}
	shim, _ := shims.ReadFile("shims/" + strings.ReplaceAll(path, "/", "_") + ".go.txt")
	if len(texts) == 0 && shim == nil {
		in.sources[path] = nil
		return nil, nil
	}
	fset := in.y.Fset()
	var files []*ast.File
	replaced := map[string]bool{}
	parse := func(name, text string) error {
		f, err := parser.ParseFile(fset, path+"/"+name, text, parser.SkipObjectResolution)
		if err != nil {
			return fmt.Errorf("source of package %s: %w", path, err)
		}
		f.Decls = slices.DeleteFunc(f.Decls, func(d ast.Decl) bool {
			fd, ok := d.(*ast.FuncDecl)
			return ok && fd.Recv == nil && replaced[fd.Name.Name]
		})
		files = append(files, f)
		return nil
	}
	if shim != nil {
		if err := parse("shim.go", string(shim)); err != nil {
			return nil, err
		}
		for _, d := range files[0].Decls {
			for _, n := range declNames(d) {
				replaced[n] = true
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		if err := parse(name, texts[name]); err != nil {
			return nil, err
		}
	}
	pkg := types.NewPackage("tickbook/source/"+path, baseName(path))
	info := newInfo()
	conf := types.Config{Importer: shimImporter{in.pkgs}, Error: func(error) {}}
	_ = types.NewChecker(&conf, fset, pkg, info).Files(files) // complains of imports that the shim made needless
	for _, f := range files {
		for _, d := range singly(f.Decls) {
			in.keep(d, info, &Cell{Body: &ast.FuncDecl{Name: ast.NewIdent("_")}})
		}
	}
	p := &sourcePackage{pkg}
	in.sources[path] = p
	return p, nil
}

// cloneNode copies syntax and notes in nodes which copy is whose.
func cloneNode[N ast.Node](n N, nodes map[ast.Node]ast.Node) N {
	return cloneValue(reflect.ValueOf(n), nodes).Interface().(N)
}

func cloneValue(v reflect.Value, nodes map[ast.Node]ast.Node) reflect.Value {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		switch v.Interface().(type) {
		//lint:ignore SA1019 the parser's old resolution is left out of copies: it has cycles, and nobody reads it
		case *ast.Object, *ast.Scope, *ast.CommentGroup:
			return reflect.Zero(v.Type())
		}
		c := reflect.New(v.Type().Elem())
		if n, ok := v.Interface().(ast.Node); ok {
			nodes[n] = c.Interface().(ast.Node)
		}
		for i := range v.Elem().NumField() {
			c.Elem().Field(i).Set(cloneValue(v.Elem().Field(i), nodes))
		}
		return c
	case reflect.Interface:
		if v.IsNil() {
			return v
		}
		return cloneValue(v.Elem(), nodes)
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		c := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			c.Index(i).Set(cloneValue(v.Index(i), nodes))
		}
		return c
	}
	return v
}

// concrete copies what the checker recorded of some syntax to its copy, with types in place of type parameters.
func concrete(info *types.Info, nodes map[ast.Node]ast.Node, env typeEnv) *types.Info {
	out := newInfo()
	for n, c := range nodes {
		if e, ok := n.(ast.Expr); ok {
			if tv, ok := info.Types[e]; ok {
				tv.Type = env.subst(tv.Type)
				out.Types[c.(ast.Expr)] = tv
			}
		}
		switch n := n.(type) {
		case *ast.Ident:
			ci := c.(*ast.Ident)
			if o := info.Uses[n]; o != nil {
				out.Uses[ci] = o
			}
			if o := info.Defs[n]; o != nil {
				out.Defs[ci] = o
			}
			if i, ok := info.Instances[n]; ok {
				out.Instances[ci] = types.Instance{TypeArgs: env.list(i.TypeArgs), Type: env.subst(i.Type)}
			}
		case *ast.SelectorExpr:
			if s := info.Selections[n]; s != nil {
				out.Selections[c.(*ast.SelectorExpr)] = s
			}
		}
	}
	return out
}

// typeEnv gives the types that type parameters stand for.
type typeEnv map[*types.TypeParam]types.Type

func (env typeEnv) list(l *types.TypeList) *types.TypeList {
	var ts []types.Type
	for t := range l.Types() {
		ts = append(ts, env.subst(t))
	}
	return listOf(ts)
}

// listOf makes a type list, which go/types makes only for instances.
func listOf(ts []types.Type) *types.TypeList {
	var ps []*types.TypeParam
	for range ts {
		ps = append(ps, types.NewTypeParam(types.NewTypeName(0, nil, "P", nil), types.Universe.Lookup("any").Type()))
	}
	n := types.NewNamed(types.NewTypeName(token.NoPos, nil, "list", nil), types.NewStruct(nil, nil), nil)
	n.SetTypeParams(ps)
	t, err := types.Instantiate(nil, n, ts, false)
	if err != nil {
		panic(lowerError{err.Error()})
	}
	return t.(*types.Named).TypeArgs()
}

// subst replaces type parameters in a type.
func (env typeEnv) subst(t types.Type) types.Type {
	if len(env) == 0 || t == nil {
		return t
	}
	switch t := t.(type) {
	case *types.TypeParam:
		if x := env[t]; x != nil {
			return x
		}
	case *types.Pointer:
		return types.NewPointer(env.subst(t.Elem()))
	case *types.Slice:
		return types.NewSlice(env.subst(t.Elem()))
	case *types.Array:
		return types.NewArray(env.subst(t.Elem()), t.Len())
	case *types.Map:
		return types.NewMap(env.subst(t.Key()), env.subst(t.Elem()))
	case *types.Chan:
		return types.NewChan(t.Dir(), env.subst(t.Elem()))
	case *types.Tuple:
		return env.tuple(t)
	case *types.Signature:
		return types.NewSignatureType(nil, nil, nil, env.tuple(t.Params()), env.tuple(t.Results()), t.Variadic())
	case *types.Struct:
		var fs []*types.Var
		var tags []string
		for i := range t.NumFields() {
			f := t.Field(i)
			fs = append(fs, types.NewField(f.Pos(), f.Pkg(), f.Name(), env.subst(f.Type()), f.Embedded()))
			tags = append(tags, t.Tag(i))
		}
		return types.NewStruct(fs, tags)
	case *types.Interface:
		var ms []*types.Func
		for m := range t.ExplicitMethods() {
			ms = append(ms, types.NewFunc(m.Pos(), m.Pkg(), m.Name(), env.subst(m.Signature()).(*types.Signature)))
		}
		var es []types.Type
		for e := range t.EmbeddedTypes() {
			es = append(es, env.subst(e))
		}
		return types.NewInterfaceType(ms, es).Complete()
	case *types.Alias:
		return env.subst(types.Unalias(t))
	case *types.Named:
		if t.TypeArgs().Len() > 0 {
			var args []types.Type
			for a := range t.TypeArgs().Types() {
				args = append(args, env.subst(a))
			}
			n, err := types.Instantiate(nil, t.Origin(), args, false)
			if err != nil {
				panic(lowerError{err.Error()})
			}
			return n
		}
	}
	return t
}

func (env typeEnv) tuple(t *types.Tuple) *types.Tuple {
	var vs []*types.Var
	for v := range t.Variables() {
		vs = append(vs, types.NewParam(v.Pos(), v.Pkg(), v.Name(), env.subst(v.Type())))
	}
	return types.NewTuple(vs...)
}
