package interp

import (
	"encoding"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log"
	"reflect"

	"github.com/traefik/yaegi/interp"
)

// An interpreted value that a compiled function gets as an interface is wrapped in a struct with the interface's methods. The wrappers here
// replace generated ones that are too simple.

// errorWrapper makes an interpreted value an error that errors.Is knows as the same each time it is wrapped: structs with functions do not
// compare.
type errorWrapper struct {
	IValue any
	WError func() string
}

func (w errorWrapper) Error() string { return w.WError() }

// Is compares what is wrapped.
func (w errorWrapper) Is(target error) bool { return sameWrapped(w.IValue, target) }

// errorUnwrapper is an errorWrapper for values that have an Unwrap method.
type errorUnwrapper struct {
	IValue  any
	WError  func() string
	WUnwrap func() error
}

func (w errorUnwrapper) Error() string        { return w.WError() }
func (w errorUnwrapper) Unwrap() error        { return w.WUnwrap() }
func (w errorUnwrapper) Is(target error) bool { return sameWrapped(w.IValue, target) }

func sameWrapped(v any, target error) bool {
	var t any
	switch x := target.(type) {
	case errorWrapper:
		t = x.IValue
	case errorUnwrapper:
		t = x.IValue
	default:
		return false
	}
	return v != nil && t != nil && reflect.TypeOf(v).Comparable() && reflect.TypeOf(t).Comparable() && v == t
}

// stringerWrapper makes an interpreted value a fmt.Stringer for the verbs that ask for one only: %d prints the number.
type stringerWrapper struct {
	IValue  any
	WString func() string
}

func (w stringerWrapper) String() string {
	if w.WString == nil {
		return ""
	}
	return w.WString()
}

// Format implements fmt.Formatter.
func (w stringerWrapper) Format(s fmt.State, verb rune) {
	format := fmt.FormatString(s, verb)
	switch {
	case verb == 'v' && s.Flag('#'):
		fmt.Fprintf(s, format, w.IValue)
	case verb == 'v' || verb == 's' || verb == 'q' || verb == 'x' || verb == 'X':
		fmt.Fprintf(s, format, w.String())
	default:
		fmt.Fprintf(s, format, w.IValue)
	}
}

// adapt makes the tables of the standard library those of a session: output goes to its streams, and nothing ends the process.
func (rt *runtimeSupport) adapt(tables interp.Exports) {
	out, errs := rt.stdout, rt.stderr
	set := func(pkg, name string, v any) { tables[pkg][name] = reflect.ValueOf(v) }
	set("fmt/fmt", "Print", func(a ...any) (int, error) { return fmt.Fprint(out, a...) })
	set("fmt/fmt", "Printf", func(f string, a ...any) (int, error) { return fmt.Fprintf(out, f, a...) })
	set("fmt/fmt", "Println", func(a ...any) (int, error) { return fmt.Fprintln(out, a...) })
	set("fmt/fmt", "_Stringer", (*stringerWrapper)(nil))

	l := log.New(errs, "", log.LstdFlags)
	for name, f := range map[string]any{
		"Fatal": l.Panic, "Fatalf": l.Panicf, "Fatalln": l.Panicln, "Flags": l.Flags, "Output": l.Output, "Panic": l.Panic, "Panicf": l.Panicf,
		"Panicln": l.Panicln, "Prefix": l.Prefix, "Print": l.Print, "Printf": l.Printf, "Println": l.Println, "SetFlags": l.SetFlags,
		"SetOutput": l.SetOutput, "SetPrefix": l.SetPrefix, "Writer": l.Writer, "Default": func() *log.Logger { return l },
	} {
		set("log/log", name, f)
	}
	set("os/os", "Exit", func(code int) { panic(ExitError(code)) })
	set("time/time", "Sleep", rt.sleep)
	tables["."] = map[string]reflect.Value{"MapTypes": reflect.ValueOf(special(tables))}
}

// special lists, for functions whose parameters are any and which ask for more, the interfaces to wrap interpreted values for; and for
// wrappers those with more methods, the most specific first.
func special(tables interp.Exports) map[reflect.Value][]reflect.Type {
	m := map[reflect.Value][]reflect.Type{}
	of := func(pkg string, names []string, ts ...reflect.Type) {
		for _, n := range names {
			m[tables[pkg][n]] = ts
		}
	}
	printing := []reflect.Type{reflect.TypeFor[fmt.Formatter](), reflect.TypeFor[fmt.Stringer]()}
	of("fmt/fmt", []string{
		"Append", "Appendf", "Appendln", "Errorf", "Fprint", "Fprintf", "Fprintln", "Print", "Printf", "Println", "Sprint", "Sprintf", "Sprintln",
	}, printing...)
	of("log/log", []string{"Fatal", "Fatalf", "Fatalln", "Panic", "Panicf", "Panicln", "Print", "Printf", "Println"}, printing...)
	of("fmt/fmt", []string{"Scan", "Scanf", "Scanln", "Fscan", "Fscanf", "Fscanln"}, reflect.TypeFor[fmt.Scanner]())
	text, untext := reflect.TypeFor[encoding.TextMarshaler](), reflect.TypeFor[encoding.TextUnmarshaler]()
	of("encoding/json/json", []string{"Marshal", "MarshalIndent"}, reflect.TypeFor[json.Marshaler](), text)
	of("encoding/json/json", []string{"Unmarshal"}, reflect.TypeFor[json.Unmarshaler](), untext)
	of("encoding/xml/xml", []string{"Marshal", "MarshalIndent"}, reflect.TypeFor[xml.Marshaler](), text)
	of("encoding/xml/xml", []string{"Unmarshal"}, reflect.TypeFor[xml.Unmarshaler](), untext)
	m[reflect.ValueOf((*errorWrapper)(nil))] = []reflect.Type{reflect.TypeFor[errorUnwrapper]()}
	return m
}
