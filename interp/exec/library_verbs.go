package exec

import (
	"fmt"
	"strconv"
	"strings"

	"tickbook/internal/symbols"
)

// Verbs that fmt answers itself, without asking a [fmt.Formatter]: for boxes they are replaced by runes that it passes on.
const (
	verbType    = '\uE054'
	verbPointer = '\uE070'
)

// typeVerbs makes %T and %p work for boxes, whose types and pointers fmt does not know, and values of reflection.
func (m *Machine) typeVerbs(format string, a []any) (string, []any) {
	a = m.reflect.printable(a)
	if !hasOwnTypes(a) || !strings.ContainsRune(format, '%') {
		return format, a
	}
	var b strings.Builder
	args := append([]any(nil), a...)
	arg := 0
	for i := 0; i < len(format); {
		c := format[i]
		b.WriteByte(c)
		i++
		if c != '%' {
			continue
		}
		for i < len(format) && strings.IndexByte("+-# 0123456789.*[]", format[i]) >= 0 {
			switch format[i] {
			case '*':
				arg++
			case '[':
				if end := strings.IndexByte(format[i:], ']'); end > 0 {
					if n, err := strconv.Atoi(format[i+1 : i+end]); err == nil {
						arg = n - 1
					}
				}
			}
			b.WriteByte(format[i])
			i++
		}
		if i >= len(format) {
			break
		}
		verb := format[i]
		i++
		if verb == '%' {
			b.WriteByte(verb)
			continue
		}
		if (verb == 'T' || verb == 'p') && arg >= 0 && arg < len(args) && takesVerbs(args, arg) {
			if verb == 'T' {
				b.WriteRune(verbType)
			} else {
				b.WriteRune(verbPointer)
			}
		} else {
			b.WriteByte(verb)
		}
		arg++
	}
	return b.String(), args
}

func hasOwnTypes(a []any) bool {
	for _, x := range a {
		if _, ok := x.(*rtype); ok {
			return true
		}
		if _, ok := unbox(x); ok {
			return true
		}
	}
	return false
}

// takesVerbs makes an argument answer the replaced verbs, and says whether it does.
func takesVerbs(args []any, i int) bool {
	switch x := args[i].(type) {
	case described, describedError, describedType:
		return true
	case *rtype:
		args[i] = describedType{x}
		return true
	case symbols.Unboxer:
		args[i] = described{x.Unbox()}
		if _, ok := x.(error); ok {
			args[i] = describedError{symbols.BoxedError{Boxed: x.Unbox()}}
		}
		return true
	}
	return false
}

// described is a box that answers the replaced verbs, describedError one of an error, which %w asks for.
type (
	described      struct{ symbols.Boxed }
	describedError struct{ symbols.BoxedError }
)

// Format implements [fmt.Formatter].
func (d described) Format(st fmt.State, verb rune) { describe(d.Boxed, st, verb) }

// Format implements [fmt.Formatter].
func (d describedError) Format(st fmt.State, verb rune) { describe(d.Boxed, st, verb) }

func describe(b symbols.Boxed, st fmt.State, verb rune) {
	info := infoOf(b)
	switch verb {
	case verbType:
		fmt.Fprintf(st, fmt.FormatString(st, 's'), info.m.typeString(info.t))
	case verbPointer:
		fmt.Fprintf(st, fmt.FormatString(st, 'p'), b.V)
	default:
		info.Format(b.V, st, verb)
	}
}

// describedType is a cell's type that answers the replaced verbs. Its own type is that of all types.
type describedType struct{ t *rtype }

// Format implements [fmt.Formatter].
func (d describedType) Format(st fmt.State, verb rune) {
	switch verb {
	case verbType:
		fmt.Fprintf(st, fmt.FormatString(st, 's'), fmt.Sprintf("%T", anyType))
	case verbPointer:
		fmt.Fprintf(st, fmt.FormatString(st, 'p'), d.t)
	default:
		fmt.Fprintf(st, fmt.FormatString(st, verb), d.t)
	}
}
