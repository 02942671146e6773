// Package symbols holds what cells may import: for each package its values and types as reflect values (in the form that yaegi's extract
// writes), its types as gc export data, so that cells are type-checked without a Go installation, and its documentation.
//
// Read symbols.go (what is offered), then gen (what writes the std_*.go and our_*.go files and the zips). Run
//
//	go generate ./internal/symbols
//
// after a change of the API that cells see, or with a new Go version. The output is deterministic: the continuous integration runs it and
// demands a clean tree. Packages whose API differs by operating system (syscall and the like) and packages that change the process when
// they are merely linked in (net/http/pprof, expvar) are left out.
package symbols

//go:generate go run ./gen
