package interp

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ast/astutil"
)

// instances makes a copy of a generic function or type for each list of type arguments it is used with, since yaegi infers few of them.
type instances struct{ y *yaegi }

func newInstances(y *yaegi) *instances { return &instances{y: y} }

func (in *instances) typeName(l *lowering, t *types.Named) string { panic(lowerError{"generic type"}) }
func (in *instances) fromSource(o types.Object) bool              { return false }
func (in *instances) plain(l *lowering, o types.Object) string    { panic("BUG") }
func (in *instances) refuse(o types.Object)                       {}
func (in *instances) use(l *lowering, o types.Object, i types.Instance) ast.Expr {
	panic(lowerError{"generic"})
}
func (in *instances) keepType(l *lowering, ts *ast.TypeSpec)     {}
func (in *instances) keepFunc(l *lowering, d *ast.FuncDecl) bool { return d.Type.TypeParams != nil }
func (in *instances) renamed(l *lowering, c *astutil.Cursor, x *ast.Ident, o types.Object) bool {
	return false
}
