package interp

import "reflect"

// setSymbol replaces a compiled function that cells may call.
func setSymbol(s *Session, pkg, name string, f any) {
	switch e := s.eval.(type) {
	case *yaegi:
		e.rt.binPkg[pkg][name] = reflect.ValueOf(f)
	case *execEvaluator:
		e.m.Override(pkg, name, f)
	}
}
