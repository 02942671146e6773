package formula

import (
	"math/rand/v2"
	"time"

	"tickbook/engine/internal/chunk"
)

// randomFuncs are functions that give something else each time they are read.
var randomFuncs = []builtin{
	{"now", "()", 0, 0, func(*call) *node {
		return sourceNode(chunk.Instant, func(out []int64) {
			now := time.Now().UnixNano()
			for i := range out {
				out[i] = now
			}
		})
	}},
	{"random", "()", 0, 0, func(*call) *node {
		return sourceNode(chunk.Float64, func(out []float64) {
			for i := range out {
				out[i] = rand.Float64()
			}
		})
	}},
	{"randomBool", "()", 0, 0, func(*call) *node {
		return sourceNode(chunk.Bool, func(out []bool) {
			for i := range out {
				out[i] = rand.Uint64()&1 != 0
			}
		})
	}},
	{"randomGaussian", "(mean, deviation)", 2, 2, func(c *call) *node {
		g := sourceNode(chunk.Float64, func(out []float64) {
			for i := range out {
				out[i] = rand.NormFloat64()
			}
		})
		return arithNode("+", chunk.Float64, c.float64(0), arithNode("*", chunk.Float64, c.float64(1), g))
	}},
	{"randomInt", "(low, end)", 2, 2, func(c *call) *node {
		low, end := c.constInt(0), c.constInt(1)
		if end <= low || end-low < 0 {
			c.fail(c.ast, "randomInt: from %d up to and without %d; want low < end", low, end)
		}
		return sourceNode(chunk.Int64, func(out []int64) {
			for i := range out {
				out[i] = low + rand.Int64N(end-low)
			}
		})
	}},
}

func sourceNode[T any](kind chunk.Kind, f func(out []T)) *node {
	return &node{kind: kind, isImpure: true, bind: func([]chunk.Column) chunk.Column {
		return &sourceVec[T]{head{kind, nil}, f}
	}}
}

// sourceVec makes its values up.
type sourceVec[T any] struct {
	head
	f func(out []T)
}

func (v *sourceVec[T]) Read(b *chunk.Batch, s *chunk.Scratch) ([]T, []uint64) {
	out := chunk.Take[T](s)[:b.N]
	v.f(out)
	return out, nil
}
