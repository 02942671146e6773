package interp

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// parsed is a cell's syntax.
type parsed struct {
	imports []*ast.ImportSpec
	decls   []ast.Decl    // functions, methods, types (one each), constants
	program bool          // the cell is a whole file
	vars    []ast.Decl    // its variables; nil when it is none
	body    *ast.FuncDecl // the statements, as the body of a function; there are none in a whole file
	notes   []*ast.CommentGroup
	last    ast.Expr // the expression that the cell ends with, if its value may be shown
	files   []*token.File
}

const mainPath = "main" // the package of all cells

// lineAt makes positions after it those of the cell.
func lineAt(file string, line, column int) string {
	return fmt.Sprintf("/*line %s:%d:%d*/", file, line, column)
}

// parse parses a cell. Positions are in file, which is how the cell is called in messages. The error is a [compileErrors].
func parse(fset *token.FileSet, file, src, bodyName string, mode parser.Mode) (*parsed, error) {
	segs := split(src)
	line := lineAt(file, 1, 1)
	var errs compileErrors
	p := &parsed{program: isProgram(segs)}
	part := func(prefix, suffix string, kinds ...segmentKind) *ast.File {
		text := prefix + line + blank(src, segs, kinds...) + suffix
		f, err := parser.ParseFile(fset, file, text, mode|parser.SkipObjectResolution)
		p.files = append(p.files, fset.File(f.FileStart))
		var list scanner.ErrorList
		if errors.As(err, &list) {
			for _, e := range list {
				errs = append(errs, atEnd(src, compileError{pos: e.Pos, msg: e.Msg}))
			}
		} else if err != nil {
			errs = append(errs, compileError{msg: err.Error()})
		}
		if at, msg := tooDeep(f); msg != "" {
			errs = append(errs, compileError{pos: fset.Position(at), msg: msg})
			return nil
		}
		return f
	}
	inBody := []segmentKind{statement, packageClause} // a second package clause is a mistake, as in a file
	if p.program {
		inBody = nil
		segs = segs[1:]
		if f := part("package main;", "\n", statement, packageClause); f != nil {
			p.vars = f.Decls
		}
	}
	body := part("package main;func "+bodyName+"(){", "\n}", inBody...)
	decls := part("package main;", "\n", funcDecl, typeOrConst)
	imports := part("package main;", "\n", importDecl)
	for _, f := range []*ast.File{body, decls} {
		if f != nil {
			p.notes = append(p.notes, slices.DeleteFunc(f.Comments, func(g *ast.CommentGroup) bool { return strings.HasPrefix(g.List[0].Text, "/*line ") })...)
		}
	}
	if imports != nil {
		p.imports = imports.Imports
	}
	if decls != nil {
		p.decls = singly(decls.Decls)
	}
	if body != nil && len(body.Decls) > 0 {
		p.body, _ = body.Decls[0].(*ast.FuncDecl)
	}
	if errs != nil {
		errs.sort()
		sameLine := func(a, b compileError) bool { return a.pos.Filename == b.pos.Filename && a.pos.Line == b.pos.Line }
		return p, slices.CompactFunc(errs, sameLine) // what follows on the line is mostly the first one's consequence
	}
	if n := len(segs); !p.program && n > 0 && segs[n-1].kind == statement && !segs[n-1].semicolon {
		if es, ok := p.lastStatement().(*ast.ExprStmt); ok {
			p.last = es.X
		}
	}
	return p, nil
}

// atEnd rewords an error that the parser met behind the cell, in the brace that closes its body: it is at the cell's end that something is missing.
func atEnd(src string, e compileError) compileError {
	lines := strings.Split(strings.TrimRight(src, " \t\r\n"), "\n")
	if e.pos.Line <= len(lines) {
		return e
	}
	e.pos.Line, e.pos.Column = len(lines), len(lines[len(lines)-1])+1
	e.msg = strings.Replace(e.msg, "found '}'", "found the end of the cell", 1)
	return e
}

func (p *parsed) lastStatement() ast.Stmt {
	if l := p.body.Body.List; len(l) > 0 {
		return l[len(l)-1]
	}
	return nil
}

// singly gives each type of a group a declaration of its own, since each may be redefined alone.
func singly(decls []ast.Decl) []ast.Decl {
	var out []ast.Decl
	for _, d := range decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.TYPE {
			out = append(out, d)
			continue
		}
		for _, s := range g.Specs {
			out = append(out, &ast.GenDecl{Doc: g.Doc, TokPos: s.Pos(), Tok: token.TYPE, Specs: []ast.Spec{s}})
		}
	}
	return out
}

// declNames lists the session names that a declaration makes; a method's is Type.Method.
func declNames(d ast.Decl) []string {
	var names []string
	switch d := d.(type) {
	case *ast.FuncDecl:
		n := d.Name.Name
		if r := receiverName(d); r != "" {
			n = r + "." + n
		}
		names = append(names, n)
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				names = append(names, s.Name.Name)
			case *ast.ValueSpec:
				for _, n := range s.Names {
					names = append(names, n.Name)
				}
			}
		}
	}
	return names
}

// receiverName returns the name of the type that a method belongs to, "" for a function.
func receiverName(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return ""
	}
	for t := d.Recv.List[0].Type; ; {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.ParenExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}

// sourceOf returns a file that declares d alone, with the positions it has in the cell.
func sourceOf(c *Cell, d ast.Decl) string {
	fset, file, src := c.Fset, c.Name, c.Source
	start, end := fset.Position(d.Pos()), fset.Position(d.End())
	from, to := c.offset(start), c.offset(end)
	if from < 0 || to > len(src) || from > to {
		return "package main\n"
	}
	keyword := ""
	if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE { // singly cut the keyword off
		keyword = "type "
	}
	return "package main;" + keyword + lineAt(file, start.Line, start.Column) + src[from:to] + "\n"
}

// typedText returns a declaration as typed, with the comment right above it, and the text of that comment.
func typedText(c *Cell, d ast.Decl) (text, doc string) {
	src := c.Source
	from, to := c.offset(c.Fset.Position(d.Pos())), c.offset(c.Fset.Position(d.End()))
	if from < 0 || to > len(src) || from > to {
		return "", ""
	}
	start := strings.LastIndexByte(src[:from], '\n') + 1
	for start > 0 {
		above := strings.LastIndexByte(src[:start-1], '\n') + 1
		line := strings.TrimSpace(src[above:start])
		if !strings.HasPrefix(line, "//") || strings.HasPrefix(line, "//go:") {
			break
		}
		doc = strings.TrimPrefix(strings.TrimPrefix(line, "//"), " ") + "\n" + doc
		start = above
	}
	return src[start:to], strings.TrimRight(doc, "\n")
}

// offset turns a position in the cell into a byte offset.
func (c *Cell) offset(p token.Position) int {
	if c.lines == nil {
		c.lines = []int{0}
		for i := range len(c.Source) {
			if c.Source[i] == '\n' {
				c.lines = append(c.lines, i+1)
			}
		}
	}
	if p.Line < 1 || p.Line > len(c.lines) {
		return -1
	}
	return c.lines[p.Line-1] + p.Column - 1
}

// offsetOf turns a position in a cell into a byte offset.
func offsetOf(src string, p token.Position) int {
	off := 0
	for i := 1; i < p.Line; i++ {
		n := strings.IndexByte(src[off:], '\n')
		if n < 0 {
			return -1
		}
		off += n + 1
	}
	return off + p.Column - 1
}

func newInfo() *types.Info {
	return &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}, Scopes: map[ast.Node]*types.Scope{},
		Instances: map[*ast.Ident]types.Instance{},
	}
}
