package interp

import (
	"go/ast"
	"go/token"
)

// How deep a cell's syntax may nest. The type checker, SSA and the evaluators go down by recursion, and no one can recover from a stack that is
// too small; types and blocks they take longer than linear time for, long before that.
const (
	maxDepth      = 10_000
	maxBlockDepth = 1_000
	maxTypeDepth  = 300
)

// tooDeep returns where syntax nests too deeply, and how; NoPos when it does not.
func tooDeep(root ast.Node) (at token.Pos, msg string) {
	var stack []ast.Node
	blocks, types := 0, 0
	count := func(n ast.Node, by int) {
		switch n.(type) {
		case *ast.BlockStmt, *ast.FuncLit:
			blocks += by
		case *ast.ArrayType, *ast.StarExpr, *ast.ChanType, *ast.MapType, *ast.FuncType, *ast.StructType, *ast.InterfaceType, *ast.IndexExpr, *ast.IndexListExpr:
			types += by
		}
	}
	ast.Inspect(root, func(n ast.Node) bool {
		switch {
		case n == nil:
			count(stack[len(stack)-1], -1)
			stack = stack[:len(stack)-1]
			return true
		case msg != "":
			return false
		}
		stack = append(stack, n)
		count(n, 1)
		switch {
		case len(stack) > maxDepth:
			msg = "nested too deeply: more than 10,000 levels"
		case blocks > maxBlockDepth:
			msg = "blocks nested too deeply: more than 1,000 levels"
		case types > maxTypeDepth:
			msg = "types nested too deeply: more than 300 levels"
		default:
			return true
		}
		at = n.Pos()
		count(n, -1) // it gets no call for its end
		stack = stack[:len(stack)-1]
		return false
	})
	return at, msg
}
