package jscan

import (
	"fmt"
	"unicode/utf8"
)

// Reason is why a record is bad.
type Reason uint8

// The reasons. OK is none.
const (
	OK        Reason = iota
	Syntax           // not JSON
	WrongKind        // a value of another kind than the column's
	NoFit            // a number or time outside the column's range, or not whole where it must be
	BadText          // text that is no time
	TooDeep          // nested deeper than MaxDepth
	TooBig           // longer than MaxSize
	NotObject        // JSON, but no object
)

// Fault says why and where a record is bad.
type Fault struct {
	Field  int // of the schema; -1 when the fault is in none of them
	Pos    int // where in the record, in bytes
	Reason Reason
}

// Name is the name of the faulty field, or "".
func (d *Decoder) Name(f *Fault) string {
	if f.Field < 0 {
		return ""
	}
	return d.fields[f.Field].Name
}

// Explain says in words what is wrong with the record b.
func (d *Decoder) Explain(f *Fault, b []byte) string {
	kind := ""
	if f.Field >= 0 {
		kind = d.fields[f.Field].Kind.String()
	}
	switch f.Reason {
	case Syntax:
		if f.Pos >= len(b) {
			return fmt.Sprintf("broken JSON: ends too early, at byte %d", len(b))
		}
		return fmt.Sprintf("broken JSON at byte %d, near %q", f.Pos, excerpt(b, f.Pos))
	case WrongKind:
		return fmt.Sprintf("%s is %s; the column is %s", excerpt(b, f.Pos), describe(b, f.Pos), kind)
	case NoFit:
		return fmt.Sprintf("%s does not fit %s", excerpt(b, f.Pos), kind)
	case BadText:
		return fmt.Sprintf("%s is no %s; want ISO 8601 such as 2024-03-05T14:30:00.5Z", excerpt(b, f.Pos), kind)
	case TooDeep:
		return fmt.Sprintf("nested deeper than %d levels", MaxDepth)
	case TooBig:
		return fmt.Sprintf("%d bytes; a record has at most %d", len(b), MaxSize)
	case NotObject:
		return fmt.Sprintf("the value is %s; want an object with the columns as its fields", describe(b, f.Pos))
	}
	panic("BUG: jscan: fault without a reason")
}

// notObject is the fault of a record that does not start with a brace.
func (d *Decoder) notObject(b []byte, i int) *Fault {
	end, r := skip(b, i, 0)
	if r == OK {
		if end = space(b, end); end == len(b) {
			return &Fault{Field: -1, Reason: NotObject, Pos: i}
		}
		r = Syntax
	}
	return &Fault{Field: -1, Reason: r, Pos: end}
}

// wrongKind is why a value that does not start like the column's kind is refused.
func wrongKind(b []byte, i int) Reason {
	if _, r := skip(b, i, 1); r != OK {
		return r
	}
	return WrongKind
}

func describe(b []byte, i int) string {
	switch {
	case i >= len(b):
		return "empty"
	case b[i] == '"':
		return "text"
	case b[i] == '{':
		return "an object"
	case b[i] == '[':
		return "an array"
	case b[i] == 't' || b[i] == 'f':
		return "a boolean"
	case b[i] == 'n':
		return "null"
	}
	return "a number"
}

// excerpt is the value at i, shortened.
func excerpt(b []byte, i int) string {
	const most = 40
	end, r := skip(b, i, 1)
	if r != OK {
		end = i + 12
	}
	end = min(end, len(b))
	if end-i <= most {
		return string(b[i:end])
	}
	end = i + most
	for end > i && !utf8.RuneStart(b[end]) {
		end--
	}
	return string(b[i:end]) + "…"
}
