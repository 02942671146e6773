package interp

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"maps"
	"runtime"
	"slices"
	"strings"
)

// probe is a cell that is being typed, checked as far as it goes, with a mark where the cursor is.
type probe struct {
	fe   *frontEnd
	info *types.Info
	pkg  *types.Package
	body *ast.FuncDecl // the statements, nil if there are none
	node ast.Node      // the marked identifier or selector; nil: none
	path []ast.Node    // from the outermost node to the marked one
}

const cursorMark = "ꞏcursor"

// newProbe checks code with a mark in place of the word that ends at pos, or, for whole, of the word around pos.
func (fe *frontEnd) newProbe(code string, start, end int) *probe {
	mark := cursorMark
	if start == 0 || !isDot(code, start) {
		mark = "x" + cursorMark
	}
	rest := code[end:]
	if i := strings.IndexByte(rest, '\n'); i >= 0 {
		rest = rest[i:]
	} else {
		rest = ""
	}
	text := code[:start] + mark
	if closeHere := closers(text + rest); closeHere != "" {
		text += closers(text)
	} else {
		text += rest
	}
	return fe.checkLoosely(text)
}

// isDot says whether the word at start follows a dot.
func isDot(code string, start int) bool {
	return strings.HasSuffix(strings.TrimRight(code[:start], " \t"), ".")
}

// checkLoosely type-checks what can be of a text that need not be Go. The front end does not change.
func (fe *frontEnd) checkLoosely(text string) *probe {
	fset := token.NewFileSet()
	parsed, _ := parse(fset, "probe", text, "probeꞏ", parser.AllErrors)
	p := &probe{fe: fe, info: newInfo(), pkg: types.NewPackage(mainPath, mainPath)}
	imports := maps.Clone(fe.imports)
	_ = fe.pkgs.addImports(fset, imports, parsed.imports)
	p.body = parsed.body
	decls := slices.Concat(parsed.decls, parsed.vars)
	if parsed.body != nil {
		decls = append(decls, parsed.body)
	}
	for _, d := range decls {
		fe.rewriteOuts(fset, []ast.Node{d})
	}
	for _, d := range decls {
		ast.Inspect(d, func(n ast.Node) bool {
			if se, ok := n.(*ast.SelectorExpr); ok {
				if b, ok := se.X.(*ast.Ident); ok && imports[b.Name] == "" && fe.objs[b.Name] == nil {
					member := se.Sel.Name
					if strings.Contains(member, cursorMark) {
						member = ""
					}
					if ip := fe.pkgs.find(b.Name, member); ip != "" {
						imports[b.Name] = ip
					}
				}
			}
			return true
		})
	}
	fe.enter(p.pkg)
	fe.pkgs.insertDotted(p.pkg.Scope(), imports, func(n string) bool { return fe.objs[n] != nil })
	conf := types.Config{Importer: fe.pkgs, Sizes: types.SizesFor("gc", runtime.GOARCH), Error: func(error) {}}
	file := &ast.File{Name: ast.NewIdent(mainPath), Package: 1, Decls: append(importDecls(imports), decls...)}
	_ = types.NewChecker(&conf, fset, p.pkg, p.info).Files([]*ast.File{file})
	for _, d := range decls {
		p.findMark(d)
	}
	return p
}

// findMark looks for the marked node.
func (p *probe) findMark(root ast.Node) {
	var stack []ast.Node
	ast.Inspect(root, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		stack = append(stack, n)
		if i, ok := n.(*ast.Ident); ok && strings.HasSuffix(i.Name, cursorMark) && p.node == nil {
			p.node = i
			p.path = append([]ast.Node(nil), stack...)
			if len(stack) > 1 {
				if se, ok := stack[len(stack)-2].(*ast.SelectorExpr); ok && se.Sel == i {
					p.node = se
				}
			}
		}
		return true
	})
}

// word returns the range of the identifier around pos; for completion, only what is before pos counts.
func wordStart(code string, pos int) int {
	for pos > 0 && isWord(code[pos-1]) {
		pos--
	}
	return pos
}

func wordEnd(code string, pos int) int {
	for pos < len(code) && isWord(code[pos]) {
		pos++
	}
	return pos
}

func isWord(b byte) bool {
	return b == '_' || b >= 0x80 || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// closers returns what closes the brackets that are open at the end of text.
func closers(text string) string {
	var sc scanner.Scanner
	f := token.NewFileSet().AddFile("", -1, len(text))
	sc.Init(f, []byte(text), func(token.Position, string) {}, 0)
	var open []token.Token
	for {
		_, t, _ := sc.Scan()
		switch t {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			open = append(open, t)
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		}
		if t == token.EOF {
			break
		}
	}
	var b strings.Builder
	for i := len(open) - 1; i >= 0; i-- {
		b.WriteString(map[token.Token]string{token.LPAREN: ")", token.LBRACK: "]", token.LBRACE: "\n}"}[open[i]])
	}
	return b.String()
}
