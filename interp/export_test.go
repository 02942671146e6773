package interp

import "reflect"

// setSymbol replaces a compiled function that cells may call.
func setSymbol(s *Session, pkg, name string, f any) {
	s.eval.(*yaegi).rt.binPkg[pkg][name] = reflect.ValueOf(f)
}
