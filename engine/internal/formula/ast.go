package formula

// maxDepth bounds the height of a tree, and with it the stack of everything that walks one and the scratch of a bound column.
const maxDepth = 400

type astKind uint8

const (
	astLit    astKind = iota // val
	astQuoted                // text: what is between single quotes
	astName                  // text
	astUnary                 // text: - !
	astBinary                // text: + - * / % == != < <= > >= && ||
	astCond                  // args: condition, then, else
	astCall                  // text: the function; args; the first is the receiver if method
	astCast                  // text: the type
	astIn                    // text: in any all; args: the needle, then the list; not, icase
)

// ast is one node of a formula as written.
type ast struct {
	kind   astKind
	pos    int // the name, the literal or the operator, in bytes of the text
	text   string
	val    value
	args   []*ast
	method bool
	not    bool
	icase  bool
	depth  int
}

// Expr is a parsed formula.
type Expr struct {
	src  string // the whole text, which positions refer to
	root *ast
}

// same says whether two trees are equal apart from positions.
func (a *ast) same(b *ast) bool {
	if a.kind != b.kind || a.text != b.text || a.val != b.val || a.method != b.method || a.not != b.not || a.icase != b.icase ||
		len(a.args) != len(b.args) {
		return false
	}
	for i := range a.args {
		if !a.args[i].same(b.args[i]) {
			return false
		}
	}
	return true
}

// precedence of binary operators; 0 for what is none. Higher binds tighter.
const (
	precCond = iota
	precOr
	precAnd
	precEqual
	precRelation
	precSum
	precProduct
	precUnary
	precPostfix
)

var precedence = map[string]int{
	"||": precOr, "&&": precAnd,
	"=": precEqual, "==": precEqual, "!=": precEqual,
	"<": precRelation, "<=": precRelation, ">": precRelation, ">=": precRelation,
	"+": precSum, "-": precSum,
	"*": precProduct, "/": precProduct, "%": precProduct,
}

// prec is the precedence that a tree's outermost operator has.
func (a *ast) prec() int {
	switch a.kind {
	case astCond:
		return precCond
	case astBinary:
		return precedence[a.text]
	case astIn:
		return precRelation
	case astUnary, astCast:
		return precUnary
	case astLit:
		if a.val.kind.IsNumeric() {
			return precUnary // 1.abs() would read as the number "1." and a name
		}
	}
	return precPostfix
}
