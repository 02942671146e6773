package interp

import (
	"go/token"
	"go/types"
)

// sessionScope is the scope of the session's names, around those of cells' packages. A scope of package types forgets nothing: names that have
// another meaning by now lie in a scope within it, and when there are many of them both are made anew.
type sessionScope struct {
	base, newer *types.Scope // newer is within base; nil: to be made
	removed     int          // names of base without meaning. NB: they are found; no cell can spell them
}

const maxNewer = 100 // names, and removed ones

// within returns a scope within a copy of another: a scope keeps what is in it, and that is in use longer than a cell.
func within(sc *types.Scope, comment string) *types.Scope {
	around := *sc
	return types.NewScope(&around, token.NoPos, token.NoPos, comment)
}

// open makes a scope within that of the names. The names are those of objs, of which bound has been told.
func (s *sessionScope) open(objs map[string]types.Object) *types.Scope {
	if s.base == nil {
		s.base, s.removed = types.NewScope(types.Universe, token.NoPos, token.NoPos, "session"), 0
		s.base.Insert(showFunc) // NB: copies of an empty scope would not see what is inserted later
		for _, o := range objs {
			s.base.Insert(o)
		}
		s.newer = within(s.base, "session")
	}
	return within(s.newer, "cell")
}

// bound follows a change of objs, of which name is the only one that differs.
func (s *sessionScope) bound(objs map[string]types.Object, name string) {
	if s.base == nil {
		return
	}
	o := objs[name]
	switch {
	case s.newer.Lookup(name) != nil:
		names := s.newer.Names()
		s.newer = within(s.base, "session")
		for _, n := range names {
			if o := objs[n]; o != nil {
				s.newer.Insert(o)
			} else {
				s.removed++
			}
		}
	case s.base.Lookup(name) == nil:
		s.base.Insert(o)
	case o == nil:
		s.removed++
	default:
		s.newer.Insert(o)
	}
	if s.newer.Len()+s.removed > maxNewer {
		s.base = nil
	}
}
