package engine

import "sync"

var lets sync.Map // name → value

// Let makes a Go value or function usable in formulas under a name, from now on: formulas compiled before keep what the name meant. It panics with a
// *QueryError if formulas can't use the name.
func Let(name string, value any) {
	if !isName(name) {
		panic(queryErrorf("let", "%q is no name that a formula can use; use letters, digits and _, not starting with a digit", name))
	}
	lets.Store(name, value)
}

func lookUpLet(name string) (any, bool) { return lets.Load(name) }
