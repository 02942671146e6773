package enginetest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strconv"

	"tickbook/engine"
)

// funcs are the functions of package engine that a script's expression may call.
var funcs = map[string]any{"Avg": engine.Avg, "Sum": engine.Sum, "Count": engine.Count}

// evaluate computes an expression of a script: method calls on tables with texts, integers, inputs by name and calls of funcs as arguments. The first
// method is called on the first input unless another is named: Where("v > 3") is t.Where("v > 3").
func evaluate(text string, input func(name string) (*engine.Table, bool)) (t *engine.Table, err error) {
	e, err := parser.ParseExpr(text)
	if err != nil {
		return nil, err
	}
	v, err := eval(e, input)
	if err != nil {
		return nil, err
	}
	t, ok := v.Interface().(*engine.Table)
	if !ok {
		return nil, fmt.Errorf("%q is a %v, not a table", text, v.Type())
	}
	return t, nil
}

func eval(e ast.Expr, input func(name string) (*engine.Table, bool)) (reflect.Value, error) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.INT {
			i, err := strconv.Atoi(e.Value)
			return reflect.ValueOf(i), err
		}
		s, err := strconv.Unquote(e.Value)
		return reflect.ValueOf(s), err
	case *ast.Ident:
		if t, ok := input(e.Name); ok {
			return reflect.ValueOf(t), nil
		}
	case *ast.CallExpr:
		f, err := callee(e.Fun, input)
		if err != nil {
			return f, err
		}
		args := make([]reflect.Value, len(e.Args))
		for i, a := range e.Args {
			if args[i], err = eval(a, input); err != nil {
				return args[i], err
			}
		}
		return f.Call(args)[0], nil
	}
	return reflect.Value{}, fmt.Errorf("a script's expression has calls, texts, integers and inputs, not %T", e)
}

func callee(e ast.Expr, input func(name string) (*engine.Table, bool)) (reflect.Value, error) {
	var on reflect.Value
	var name string
	switch e := e.(type) {
	case *ast.SelectorExpr:
		x, err := eval(e.X, input)
		if err != nil {
			return x, err
		}
		on, name = x, e.Sel.Name
	case *ast.Ident:
		if f, ok := funcs[e.Name]; ok {
			return reflect.ValueOf(f), nil
		}
		first, _ := input("")
		on, name = reflect.ValueOf(first), e.Name
	default:
		return on, fmt.Errorf("can't call %T", e)
	}
	m := on.MethodByName(name)
	if !m.IsValid() {
		return m, fmt.Errorf("%v has no method %s", on.Type(), name)
	}
	return m, nil
}
