package exec

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// text is the source of a cell, and what became of its functions. It lies among the members of the cell's SSA package, so that it lives as long
// as some of its code may still run: functions know their package.
type text struct {
	pkg    *ssa.Package
	source string
	files  []*token.File

	// guarded by the machine's mu
	funcs map[*ssa.Function]*function
}

const textName = "the text" // no member of Go source has such a name

var _ ssa.Member = (*text)(nil)

func (t *text) Name() string                    { return textName }
func (t *text) String() string                  { return textName }
func (t *text) RelString(*types.Package) string { return textName }
func (t *text) Object() types.Object            { return nil }
func (t *text) Pos() token.Pos                  { return token.NoPos }
func (t *text) Type() types.Type                { return nil }
func (t *text) Token() token.Token              { return token.ILLEGAL }
func (t *text) Package() *ssa.Package           { return t.pkg }

// textOf returns the source that a function is from, nil when it is of no cell.
func textOf(f *ssa.Function) *text {
	if f.Pkg == nil {
		return nil
	}
	t, _ := f.Pkg.Members[textName].(*text)
	return t
}

// file returns the file that a position is in.
func (t *text) file(pos token.Pos) *token.File {
	for _, f := range t.files {
		if int(pos) >= f.Base() && int(pos) <= f.Base()+f.Size() {
			return f
		}
	}
	return nil
}
