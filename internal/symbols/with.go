package symbols

// layer is what `tickbook build` lays over this package beside tables; empty in other kernels.
type layer struct {
	exports, docs []byte            // archives
	modules       map[string]string // versions by path
	names         map[string]string // package names by import path
}

var (
	withTables = map[string]func() Table{} // of the packages that it compiled in
	with       layer
)

// Modules are the modules that `tickbook build` compiled in, versions by path; that of a folder is "".
func Modules() map[string]string { return with.modules }

// Name is the name of a package that `tickbook build` compiled in, "" for others.
func Name(path string) string { return with.names[path] }
