package formula

import (
	"fmt"
	"reflect"
	"runtime/debug"
	"time"

	"tickbook/engine/internal/chunk"
)

// goFunc is a registered Go function with its arguments.
type goFunc struct {
	name     string
	value    reflect.Value
	args     []*node // of the parameters' kinds
	out      reflect.Type
	kind     chunk.Kind
	isVector bool
	isError  bool
}

// guard turns a panic of the function into a *[FuncError].
func (g *goFunc) guard() {
	switch r := recover().(type) {
	case nil:
	case *FuncError:
		panic(r)
	default:
		panic(&FuncError{Func: g.name, Value: r, Stack: debug.Stack()})
	}
}

// failed ends the call with an error that is not a panic of the function.
func (g *goFunc) failed(err error) { panic(&FuncError{Func: g.name, Value: err}) }

// fast is the call for signatures that are common; nil for others.
func (g *goFunc) fast(f any) *node {
	switch f := f.(type) {
	case func(float64) float64:
		return row1(g, f)
	case func(float64) bool:
		return row1(g, f)
	case func(float64) string:
		return row1(g, f)
	case func(int) int:
		return row1(g, f)
	case func(int64) int64:
		return row1(g, f)
	case func(int64) float64:
		return row1(g, f)
	case func(string) string:
		return row1(g, f)
	case func(string) float64:
		return row1(g, f)
	case func(string) int:
		return row1(g, f)
	case func(string) bool:
		return row1(g, f)
	case func(time.Time) time.Time:
		return row1(g, f)
	case func(float64, float64) float64:
		return row2(g, f)
	case func(float64, float64) bool:
		return row2(g, f)
	case func(float64, int) float64:
		return row2(g, f)
	case func(string, float64) float64:
		return row2(g, f)
	case func([]float64) []float64:
		return vector1(g, f)
	case func([]float64) []bool:
		return vector1(g, f)
	case func([]int64) []int64:
		return vector1(g, f)
	case func([]int) []int:
		return vector1(g, f)
	case func([]string) []string:
		return vector1(g, f)
	case func([]string) []float64:
		return vector1(g, f)
	case func([]float64, []float64) []float64:
		return vector2(g, f)
	case func([]float64, []int) []float64:
		return vector2(g, f)
	case func([]float64, []float64) []bool:
		return vector2(g, f)
	}
	return nil
}

func row1[A, R any](g *goFunc, f func(A) R) *node {
	x := goArgOf[A](g.args[0])
	return goNode(g, func(in []chunk.Column) goEval[R] {
		x := x(in)
		return func(b *chunk.Batch, s *chunk.Scratch, out []R) []uint64 {
			x, nulls := x(b, s)
			defer g.guard()
			for i := range out {
				if !chunk.IsNull(nulls, i) {
					out[i] = f(x[i])
				}
			}
			return nulls
		}
	})
}

func row2[A, B, R any](g *goFunc, f func(A, B) R) *node {
	x, y := goArgOf[A](g.args[0]), goArgOf[B](g.args[1])
	return goNode(g, func(in []chunk.Column) goEval[R] {
		x, y := x(in), y(in)
		return func(b *chunk.Batch, s *chunk.Scratch, out []R) []uint64 {
			x, nx := x(b, s)
			y, ny := y(b, s)
			nulls := chunk.OrNulls(nx, ny, s)
			defer g.guard()
			for i := range out {
				if !chunk.IsNull(nulls, i) {
					out[i] = f(x[i], y[i])
				}
			}
			return nulls
		}
	})
}

func vector1[A, R any](g *goFunc, f func([]A) []R) *node {
	x := goArgOf[A](g.args[0])
	return goNode(g, func(in []chunk.Column) goEval[R] {
		x := x(in)
		return func(b *chunk.Batch, s *chunk.Scratch, out []R) []uint64 {
			x, nulls := x(b, s)
			own(&x, nulls)
			vectorInto(g, out, func() []R { return f(x) })
			return nulls
		}
	})
}

func vector2[A, B, R any](g *goFunc, f func([]A, []B) []R) *node {
	x, y := goArgOf[A](g.args[0]), goArgOf[B](g.args[1])
	return goNode(g, func(in []chunk.Column) goEval[R] {
		x, y := x(in), y(in)
		return func(b *chunk.Batch, s *chunk.Scratch, out []R) []uint64 {
			x, nx := x(b, s)
			y, ny := y(b, s)
			nulls := chunk.OrNulls(nx, ny, s)
			own(&x, nulls)
			own(&y, nulls)
			vectorInto(g, out, func() []R { return f(x, y) })
			return nulls
		}
	})
}

// goEval computes a batch: it writes out and returns the rows that are null.
type goEval[R any] func(b *chunk.Batch, s *chunk.Scratch, out []R) []uint64

// vectorInto calls a function of slices, whose result must be as long as out.
func vectorInto[R any](g *goFunc, out []R, f func() []R) {
	defer g.guard()
	got := f()
	if len(got) != len(out) {
		g.failed(fmt.Errorf("it returned %d values for %d rows", len(got), len(out)))
	}
	copy(out, got)
}

// own makes *x a copy that the function may change and keep, with the zero value in null rows.
func own[A any](x *[]A, nulls []uint64) {
	c := append(make([]A, 0, len(*x)), *x...)
	if nulls != nil {
		var zero A
		for i := range c {
			if chunk.IsNull(nulls, i) {
				c[i] = zero
			}
		}
	}
	*x = c
}

// goArgOf reads a node of the kind that the Go type A stands for as a slice of A.
func goArgOf[A any](n *node) func(in []chunk.Column) func(*chunk.Batch, *chunk.Scratch) ([]A, []uint64) {
	return func(in []chunk.Column) func(*chunk.Batch, *chunk.Scratch) ([]A, []uint64) {
		col := n.bind(in)
		if v, ok := col.(chunk.Vec[A]); ok {
			return func(b *chunk.Batch, s *chunk.Scratch) ([]A, []uint64) {
				x, nulls := v.Read(b, s)
				return x[:b.N], full(nulls, b.N, s)
			}
		}
		fill := goFill(col)
		return func(b *chunk.Batch, s *chunk.Scratch) ([]A, []uint64) {
			out := make([]A, b.N)
			return out, fill(b, s, out)
		}
	}
}

// full is null bits of a whole batch's length, as OrNulls takes them.
func full(nulls []uint64, n int, s *chunk.Scratch) []uint64 {
	if nulls == nil || len(nulls) >= chunk.NullWords {
		return nulls
	}
	return keep(chunk.TakeNulls(s), nulls, n)
}

// goFill writes a column's values to a slice whose Go type is not the column's own.
func goFill(col chunk.Column) func(*chunk.Batch, *chunk.Scratch, any) []uint64 {
	return func(b *chunk.Batch, s *chunk.Scratch, out any) []uint64 {
		var nulls []uint64
		switch out := out.(type) {
		case []string:
			x, nx := col.(chunk.Vec[uint32]).Read(b, s)
			nulls = full(nx, b.N, s)
			fillStrings(out, x[:b.N], nulls, col.Dict())
		case []int:
			x, nx := col.(chunk.Vec[int64]).Read(b, s)
			nulls = full(nx, b.N, s)
			for i := range out {
				out[i] = int(x[i])
			}
		case []time.Time:
			x, nx := col.(chunk.Vec[int64]).Read(b, s)
			nulls = full(nx, b.N, s)
			for i := range out {
				out[i] = time.Unix(0, x[i]).UTC()
			}
		default:
			panic(fmt.Sprintf("BUG: argument %T", out))
		}
		return nulls
	}
}

func fillStrings(out []string, codes []uint32, nulls []uint64, d *chunk.Dict) {
	for i, c := range codes {
		if !chunk.IsNull(nulls, i) {
			out[i] = d.Str(c)
		}
	}
}

// goNode is the column of a function's results.
func goNode[R any](g *goFunc, bind func(in []chunk.Column) goEval[R]) *node {
	switch bind := any(bind).(type) {
	case func([]chunk.Column) goEval[string]:
		dict := chunk.NewDict()
		return goResult(g, dict, bind, func(out []uint32, nulls []uint64, r []string) {
			for i, s := range r {
				if !chunk.IsNull(nulls, i) {
					out[i] = dict.Code(s)
				}
			}
		})
	case func([]chunk.Column) goEval[int]:
		return goResult(g, nil, bind, func(out []int64, _ []uint64, r []int) {
			for i, x := range r {
				out[i] = int64(x)
			}
		})
	case func([]chunk.Column) goEval[time.Time]:
		return goResult(g, nil, bind, func(out []int64, nulls []uint64, r []time.Time) {
			for i, t := range r {
				ns, ok := unixNano(t)
				if out[i] = ns; !ok {
					chunk.SetNull(nulls, i)
				}
			}
		})
	}
	return goResult(g, nil, bind, func(out []R, _ []uint64, r []R) { copy(out, r) })
}

func goResult[R, P any](g *goFunc, dict *chunk.Dict, bind func(in []chunk.Column) goEval[R], store func(out []P, nulls []uint64, r []R)) *node {
	return &node{kind: g.kind, bind: func(in []chunk.Column) chunk.Column {
		return &goVec[R, P]{head{g.kind, dict}, bind(in), store}
	}}
}

// goVec is the results R of a Go function, stored as a column of P.
type goVec[R, P any] struct {
	head
	eval  goEval[R]
	store func(out []P, nulls []uint64, r []R)
}

func (v *goVec[R, P]) Read(b *chunk.Batch, s *chunk.Scratch) ([]P, []uint64) {
	out, bits, m := result[P](b, s)
	r := make([]R, b.N)
	if keep(bits, v.eval(b, s, r), b.N) == nil {
		clear(bits)
	}
	v.store(out, bits, r)
	s.Release(m)
	return out, some(bits)
}
