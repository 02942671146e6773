package formula

import (
	"fmt"
	"reflect"
	"time"

	"tickbook/engine/internal/chunk"
)

// slow is the call for signatures that have no code of their own: it costs a few hundred nanoseconds a row.
func (g *goFunc) slow() *node {
	switch g.kind.Physical() {
	case chunk.Bool:
		return goSlow(g, nil, func(v reflect.Value) (bool, bool) { return v.Bool(), true })
	case chunk.Int8:
		return goSlow(g, nil, func(v reflect.Value) (int8, bool) { return int8(v.Int()), true })
	case chunk.Int16:
		return goSlow(g, nil, func(v reflect.Value) (int16, bool) { return int16(goInt(v)), true })
	case chunk.Int32:
		return goSlow(g, nil, func(v reflect.Value) (int32, bool) { return int32(goInt(v)), true })
	case chunk.Int64:
		if g.kind == chunk.Instant {
			return goSlow(g, nil, func(v reflect.Value) (int64, bool) { return unixNano(v.Interface().(time.Time)) })
		}
		return goSlow(g, nil, func(v reflect.Value) (int64, bool) { return goInt(v), true })
	case chunk.Float32:
		return goSlow(g, nil, func(v reflect.Value) (float32, bool) { return float32(v.Float()), true })
	case chunk.Float64:
		return goSlow(g, nil, func(v reflect.Value) (float64, bool) { return v.Float(), true })
	}
	dict := chunk.NewDict()
	return goSlow(g, dict, func(v reflect.Value) (uint32, bool) { return dict.Code(v.String()), true })
}

func goInt(v reflect.Value) int64 {
	if v.CanUint() {
		return int64(v.Uint())
	}
	return v.Int()
}

func goSlow[P any](g *goFunc, dict *chunk.Dict, unbox func(reflect.Value) (P, bool)) *node {
	args := make([]*node, len(g.args))
	for i, n := range g.args {
		args[i] = n
		switch {
		case n.kind.IsInteger():
			args[i] = convert(n, chunk.Int64)
		case n.kind.IsFloat():
			args[i] = convert(n, chunk.Float64)
		}
	}
	return &node{kind: g.kind, bind: func(in []chunk.Column) chunk.Column {
		v := &goSlowVec[P]{head: head{g.kind, dict}, g: g, unbox: unbox}
		for _, n := range args {
			v.cols = append(v.cols, n.bind(in))
		}
		return v
	}}
}

// goSlowVec calls a Go function by reflection.
type goSlowVec[P any] struct {
	head
	g     *goFunc
	cols  []chunk.Column // of Bool, Int64, Float64, String, Instant, Duration
	unbox func(reflect.Value) (P, bool)
}

func (v *goSlowVec[P]) Read(b *chunk.Batch, s *chunk.Scratch) ([]P, []uint64) {
	out, bits, m := result[P](b, s)
	parts := readAll(v.cols, b, s, bits)
	if v.g.isVector {
		v.vector(out, bits, parts)
	} else {
		v.rows(out, bits, parts)
	}
	s.Release(m)
	return out, some(bits)
}

func (v *goSlowVec[P]) rows(out []P, bits []uint64, parts []anyVec) {
	t := v.g.value.Type()
	args := make([]reflect.Value, len(parts))
	for j := range args {
		args[j] = reflect.New(t.In(j)).Elem()
	}
	for i := range out {
		if chunk.IsNull(bits, i) {
			continue
		}
		for j := range parts {
			parts[j].set(args[j], i)
		}
		v.store(out, bits, i, v.g.call(args))
	}
}

func (v *goSlowVec[P]) vector(out []P, bits []uint64, parts []anyVec) {
	t := v.g.value.Type()
	args := make([]reflect.Value, len(parts))
	for j := range args {
		args[j] = reflect.MakeSlice(t.In(j), len(out), len(out))
		for i := range out {
			if !chunk.IsNull(bits, i) {
				parts[j].set(args[j].Index(i), i)
			}
		}
	}
	got := v.g.call(args)
	if got.Len() != len(out) {
		v.g.failed(fmt.Errorf("it returned %d values for %d rows", got.Len(), len(out)))
	}
	for i := range out {
		if !chunk.IsNull(bits, i) {
			v.store(out, bits, i, got.Index(i))
		}
	}
}

func (v *goSlowVec[P]) store(out []P, bits []uint64, i int, r reflect.Value) {
	x, ok := v.unbox(r)
	if out[i] = x; !ok {
		chunk.SetNull(bits, i)
	}
}

// call calls the function once.
func (g *goFunc) call(args []reflect.Value) reflect.Value {
	defer g.guard()
	got := g.value.Call(args)
	if g.isError && !got[1].IsNil() {
		g.failed(got[1].Interface().(error))
	}
	return got[0]
}

// set writes row i to a Go value of a type that the column stands for.
func (p *anyVec) set(v reflect.Value, i int) {
	switch p.kind {
	case chunk.Bool:
		v.SetBool(p.bools[i])
	case chunk.Float64:
		v.SetFloat(p.f64s[i])
	case chunk.String:
		v.SetString(p.dict.Str(p.codes[i]))
	case chunk.Instant:
		v.Set(reflect.ValueOf(time.Unix(0, p.ints[i]).UTC()))
	default:
		v.SetInt(p.ints[i])
	}
}
