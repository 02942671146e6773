// Package interp is a session of Go cells: it checks a cell with the Go type checker, so that errors read as the compiler's and a cell with
// an error changes nothing, and lets an [Evaluator] run it.
//
// Reading order: session.go (what a session offers), split.go and parse.go (a cell's text), frontend.go and check.go (names and types), cellpackage.go and
// sessionscope.go (what is kept of cells),
// hoist.go (variables), redeclare.go (what a redefinition pulls along), imports.go (types of compiled packages), evaluator.go (what a back
// end does), exec.go and package exec (the back end), yaegi.go and the other yaegi files (the other one), complete.go, inspect.go and iscomplete.go (help while typing).
package interp
