package formula

import "strings"

// String is the formula written anew: parsing it gives an equal tree.
func (e *Expr) String() string {
	return e.root.String()
}

func (a *ast) String() string {
	var w strings.Builder
	a.print(&w, precCond)
	return w.String()
}

// print writes a, in parentheses if its operator binds less than least.
func (a *ast) print(w *strings.Builder, least int) {
	if a.prec() < least {
		w.WriteByte('(')
		defer w.WriteByte(')')
	}
	switch a.kind {
	case astLit:
		w.WriteString(a.val.String())
	case astQuoted:
		w.WriteString("'" + a.text + "'")
	case astName:
		w.WriteString(a.text)
	case astUnary:
		w.WriteString(a.text)
		a.args[0].print(w, precUnary)
	case astCast:
		w.WriteString("(" + a.text + ")")
		if x := a.args[0]; x.kind == astLit {
			x.print(w, precUnary)
		} else {
			printList(w, a.args) // "(int)in" would not read as a cast
		}
	case astBinary:
		p := a.prec()
		a.args[0].print(w, p)
		w.WriteString(" " + a.text + " ")
		a.args[1].print(w, p+1)
	case astCond:
		a.args[0].print(w, precOr)
		w.WriteString(" ? ")
		a.args[1].print(w, precCond)
		w.WriteString(" : ")
		a.args[2].print(w, precCond)
	case astCall:
		args := a.args
		if a.method {
			args[0].print(w, precPostfix)
			w.WriteByte('.')
			args = args[1:]
		}
		w.WriteString(a.text)
		printList(w, args)
	case astIn:
		a.args[0].print(w, precRelation)
		if a.icase {
			w.WriteString(" icase")
		}
		if a.not {
			w.WriteString(" not")
		}
		if a.text == "in" {
			w.WriteString(" in ")
		} else {
			w.WriteString(" includes " + a.text + " ")
		}
		printList(w, a.args[1:])
	}
}

func printList(w *strings.Builder, args []*ast) {
	w.WriteByte('(')
	for i, x := range args {
		if i > 0 {
			w.WriteString(", ")
		}
		x.print(w, precCond)
	}
	w.WriteByte(')')
}
