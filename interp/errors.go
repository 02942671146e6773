package interp

import (
	"cmp"
	"errors"
	"fmt"
	"go/token"
	"reflect"
	"slices"
	"strings"

	"tickbook/display"
)

// panicked describes a panic by its value, without a trace. An error with a place is called by its type.
func panicked(v any) *display.CellError {
	e := &display.CellError{Name: "panic"}
	err, ok := v.(error)
	if !ok {
		e.Message = fmt.Sprint(v)
		return e
	}
	e.Cause, e.Message = err, err.Error()
	var pe display.PositionedError
	if errors.As(err, &pe) {
		e.Name = strings.TrimPrefix(reflect.TypeOf(err).String(), "*")
		e.Name = e.Name[strings.LastIndexByte(e.Name, '.')+1:]
	} else if _, ok := err.(ExitError); ok {
		e.Name = "Exit"
	}
	return e
}

// compileError is one complaint of the parser or the type checker.
type compileError struct {
	pos  token.Position
	msg  string
	hint string // what to type instead, shown beside the caret; "" is none
}

func (e compileError) String() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.pos.Filename, e.pos.Line, e.pos.Column, e.msg)
}

// compileErrors is why a cell did not compile.
type compileErrors []compileError

func (e compileErrors) Error() string {
	var b strings.Builder
	for i, x := range e {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(x.String())
	}
	return b.String()
}

func (e compileErrors) sort() {
	slices.SortStableFunc(e, func(a, b compileError) int {
		return cmp.Or(cmp.Compare(a.pos.Line, b.pos.Line), cmp.Compare(a.pos.Column, b.pos.Column))
	})
}

const maxCompileErrors = 10 // as many as the compiler shows

// cellError makes of compile errors what the page shows: each with its line of the cell and a caret under the place.
func (e compileErrors) cellError(file, src string) *display.CellError {
	lines := strings.Split(src, "\n")
	var trace []string
	for i, x := range e {
		if i == maxCompileErrors {
			trace = append(trace, "too many errors")
			break
		}
		trace = append(trace, x.String())
		if x.pos.Filename == file && x.pos.Line >= 1 && x.pos.Line <= len(lines) {
			at := marked(lines[x.pos.Line-1], x.pos.Column)
			if x.hint != "" {
				at[len(at)-1] += " " + x.hint
			}
			trace = append(trace, at...)
		}
	}
	return &display.CellError{Name: "CompileError", Message: e[:min(len(e), maxCompileErrors)].Error(), Traceback: trace}
}

// marked returns a source line and under it a caret at a column, counted in bytes from 1.
func marked(line string, column int) []string {
	at := min(max(column-1, 0), len(line))
	pad := strings.Map(func(r rune) rune {
		if r == '\t' {
			return '\t'
		}
		return ' '
	}, line[:at])
	return []string{"    " + line, "    " + pad + "^"}
}
