// Package build makes a kernel with packages compiled in: Tickbook's own source, a go.mod with their modules beside its own, and the tables, export data
// and documentation that package symbols wants, laid over the source without writing into it.
//
// Reading order: build.go, source.go (where Tickbook's source is), overlay.go (what is laid over it).
package build
