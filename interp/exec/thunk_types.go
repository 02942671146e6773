package exec

import (
	"reflect"
	"unsafe"
)

// typedThunks are the functions that enter the interpreter for common types. Each captures the closure and nothing else, as closureOf expects.
//
// A thunk whose first parameter is any may be that of a method, whose receiver comes so.
func makeTypedThunks() map[reflect.Type]func(cl *closure) unsafe.Pointer {
	return map[reflect.Type]func(cl *closure) unsafe.Pointer{
		reflect.TypeFor[func()](): func(cl *closure) unsafe.Pointer {
			g := func() {
				f := cl.enter()
				cl.run(f)
				cl.leave(f)
			}
			return *(*unsafe.Pointer)(unsafe.Pointer(&g))
		},
		reflect.TypeFor[func(int) int](): func(cl *closure) unsafe.Pointer {
			g := func(a0 int) int {
				f := cl.enter()
				put(f.base, cl.fn.params[0].off, a0)
				cl.run(f)
				r0 := get[int](f.base, cl.fn.results[0].off)
				cl.leave(f)
				return r0
			}
			return *(*unsafe.Pointer)(unsafe.Pointer(&g))
		},
		reflect.TypeFor[func(float64) float64](): func(cl *closure) unsafe.Pointer {
			g := func(a0 float64) float64 {
				f := cl.enter()
				put(f.base, cl.fn.params[0].off, a0)
				cl.run(f)
				r0 := get[float64](f.base, cl.fn.results[0].off)
				cl.leave(f)
				return r0
			}
			return *(*unsafe.Pointer)(unsafe.Pointer(&g))
		},
		reflect.TypeFor[func(string) string](): func(cl *closure) unsafe.Pointer {
			g := func(a0 string) string {
				f := cl.enter()
				put(f.base, cl.fn.params[0].off, a0)
				cl.run(f)
				r0 := get[string](f.base, cl.fn.results[0].off)
				cl.leave(f)
				return r0
			}
			return *(*unsafe.Pointer)(unsafe.Pointer(&g))
		},
		reflect.TypeFor[func(string) bool](): func(cl *closure) unsafe.Pointer {
			g := func(a0 string) bool {
				f := cl.enter()
				put(f.base, cl.fn.params[0].off, a0)
				cl.run(f)
				r0 := get[bool](f.base, cl.fn.results[0].off)
				cl.leave(f)
				return r0
			}
			return *(*unsafe.Pointer)(unsafe.Pointer(&g))
		},
		reflect.TypeFor[func(int) bool](): func(cl *closure) unsafe.Pointer {
			g := func(a0 int) bool {
				f := cl.enter()
				put(f.base, cl.fn.params[0].off, a0)
				cl.run(f)
				r0 := get[bool](f.base, cl.fn.results[0].off)
				cl.leave(f)
				return r0
			}
			return *(*unsafe.Pointer)(unsafe.Pointer(&g))
		},
		reflect.TypeFor[func(rune) bool](): func(cl *closure) unsafe.Pointer {
			g := func(a0 rune) bool {
				f := cl.enter()
				put(f.base, cl.fn.params[0].off, a0)
				cl.run(f)
				r0 := get[bool](f.base, cl.fn.results[0].off)
				cl.leave(f)
				return r0
			}
			return *(*unsafe.Pointer)(unsafe.Pointer(&g))
		},
		reflect.TypeFor[func(rune) rune](): func(cl *closure) unsafe.Pointer {
			g := func(a0 rune) rune {
				f := cl.enter()
				put(f.base, cl.fn.params[0].off, a0)
				cl.run(f)
				r0 := get[rune](f.base, cl.fn.results[0].off)
				cl.leave(f)
				return r0
			}
			return *(*unsafe.Pointer)(unsafe.Pointer(&g))
		},
		reflect.TypeFor[func(int, int) bool](): func(cl *closure) unsafe.Pointer {
			g := func(a0 int, a1 int) bool {
				f := cl.enter()
				put(f.base, cl.fn.params[0].off, a0)
				put(f.base, cl.fn.params[1].off, a1)
				cl.run(f)
				r0 := get[bool](f.base, cl.fn.results[0].off)
				cl.leave(f)
				return r0
			}
			return *(*unsafe.Pointer)(unsafe.Pointer(&g))
		},
		reflect.TypeFor[func(int, int) int](): func(cl *closure) unsafe.Pointer {
			g := func(a0 int, a1 int) int {
				f := cl.enter()
				put(f.base, cl.fn.params[0].off, a0)
				put(f.base, cl.fn.params[1].off, a1)
				cl.run(f)
				r0 := get[int](f.base, cl.fn.results[0].off)
				cl.leave(f)
				return r0
			}
			return *(*unsafe.Pointer)(unsafe.Pointer(&g))
		},
		reflect.TypeFor[func(float64, float64) float64](): func(cl *closure) unsafe.Pointer {
			g := func(a0 float64, a1 float64) float64 {
				f := cl.enter()
				put(f.base, cl.fn.params[0].off, a0)
				put(f.base, cl.fn.params[1].off, a1)
				cl.run(f)
				r0 := get[float64](f.base, cl.fn.results[0].off)
				cl.leave(f)
				return r0
			}
			return *(*unsafe.Pointer)(unsafe.Pointer(&g))
		},
		reflect.TypeFor[func(string, string) int](): func(cl *closure) unsafe.Pointer {
			g := func(a0 string, a1 string) int {
				f := cl.enter()
				put(f.base, cl.fn.params[0].off, a0)
				put(f.base, cl.fn.params[1].off, a1)
				cl.run(f)
				r0 := get[int](f.base, cl.fn.results[0].off)
				cl.leave(f)
				return r0
			}
			return *(*unsafe.Pointer)(unsafe.Pointer(&g))
		},
		reflect.TypeFor[func(any) string](): func(cl *closure) unsafe.Pointer {
			g := func(a0 any) string {
				f := cl.enter()
				cl.first(f, a0)
				cl.run(f)
				r0 := get[string](f.base, cl.fn.results[0].off)
				cl.leave(f)
				return r0
			}
			return *(*unsafe.Pointer)(unsafe.Pointer(&g))
		},
		reflect.TypeFor[func(any) int](): func(cl *closure) unsafe.Pointer {
			g := func(a0 any) int {
				f := cl.enter()
				cl.first(f, a0)
				cl.run(f)
				r0 := get[int](f.base, cl.fn.results[0].off)
				cl.leave(f)
				return r0
			}
			return *(*unsafe.Pointer)(unsafe.Pointer(&g))
		},
		reflect.TypeFor[func(any, int, int) bool](): func(cl *closure) unsafe.Pointer {
			g := func(a0 any, a1 int, a2 int) bool {
				f := cl.enter()
				cl.first(f, a0)
				put(f.base, cl.fn.params[1].off, a1)
				put(f.base, cl.fn.params[2].off, a2)
				cl.run(f)
				r0 := get[bool](f.base, cl.fn.results[0].off)
				cl.leave(f)
				return r0
			}
			return *(*unsafe.Pointer)(unsafe.Pointer(&g))
		},
		reflect.TypeFor[func(any) error](): func(cl *closure) unsafe.Pointer {
			g := func(a0 any) error {
				f := cl.enter()
				cl.first(f, a0)
				cl.run(f)
				r0 := get[error](f.base, cl.fn.results[0].off)
				cl.leave(f)
				return r0
			}
			return *(*unsafe.Pointer)(unsafe.Pointer(&g))
		},
		reflect.TypeFor[func(any) bool](): func(cl *closure) unsafe.Pointer {
			g := func(a0 any) bool {
				f := cl.enter()
				cl.first(f, a0)
				cl.run(f)
				r0 := get[bool](f.base, cl.fn.results[0].off)
				cl.leave(f)
				return r0
			}
			return *(*unsafe.Pointer)(unsafe.Pointer(&g))
		},
		reflect.TypeFor[func(any, int, int)](): func(cl *closure) unsafe.Pointer {
			g := func(a0 any, a1 int, a2 int) {
				f := cl.enter()
				cl.first(f, a0)
				put(f.base, cl.fn.params[1].off, a1)
				put(f.base, cl.fn.params[2].off, a2)
				cl.run(f)
				cl.leave(f)
			}
			return *(*unsafe.Pointer)(unsafe.Pointer(&g))
		},
		reflect.TypeFor[func() error](): func(cl *closure) unsafe.Pointer {
			g := func() error {
				f := cl.enter()
				cl.run(f)
				r0 := get[error](f.base, cl.fn.results[0].off)
				cl.leave(f)
				return r0
			}
			return *(*unsafe.Pointer)(unsafe.Pointer(&g))
		},
		reflect.TypeFor[func() int](): func(cl *closure) unsafe.Pointer {
			g := func() int {
				f := cl.enter()
				cl.run(f)
				r0 := get[int](f.base, cl.fn.results[0].off)
				cl.leave(f)
				return r0
			}
			return *(*unsafe.Pointer)(unsafe.Pointer(&g))
		},
		reflect.TypeFor[func(int)](): func(cl *closure) unsafe.Pointer {
			g := func(a0 int) {
				f := cl.enter()
				put(f.base, cl.fn.params[0].off, a0)
				cl.run(f)
				cl.leave(f)
			}
			return *(*unsafe.Pointer)(unsafe.Pointer(&g))
		},
		reflect.TypeFor[func(string)](): func(cl *closure) unsafe.Pointer {
			g := func(a0 string) {
				f := cl.enter()
				put(f.base, cl.fn.params[0].off, a0)
				cl.run(f)
				cl.leave(f)
			}
			return *(*unsafe.Pointer)(unsafe.Pointer(&g))
		},
		reflect.TypeFor[func(any)](): func(cl *closure) unsafe.Pointer {
			g := func(a0 any) {
				f := cl.enter()
				cl.first(f, a0)
				cl.run(f)
				cl.leave(f)
			}
			return *(*unsafe.Pointer)(unsafe.Pointer(&g))
		},
		reflect.TypeFor[func(any) any](): func(cl *closure) unsafe.Pointer {
			g := func(a0 any) any {
				f := cl.enter()
				cl.first(f, a0)
				cl.run(f)
				r0 := get[any](f.base, cl.fn.results[0].off)
				cl.leave(f)
				return r0
			}
			return *(*unsafe.Pointer)(unsafe.Pointer(&g))
		},
		reflect.TypeFor[func([]float64) []float64](): func(cl *closure) unsafe.Pointer {
			g := func(a0 []float64) []float64 {
				f := cl.enter()
				put(f.base, cl.fn.params[0].off, a0)
				cl.run(f)
				r0 := get[[]float64](f.base, cl.fn.results[0].off)
				cl.leave(f)
				return r0
			}
			return *(*unsafe.Pointer)(unsafe.Pointer(&g))
		},
		reflect.TypeFor[func([]int64) []float64](): func(cl *closure) unsafe.Pointer {
			g := func(a0 []int64) []float64 {
				f := cl.enter()
				put(f.base, cl.fn.params[0].off, a0)
				cl.run(f)
				r0 := get[[]float64](f.base, cl.fn.results[0].off)
				cl.leave(f)
				return r0
			}
			return *(*unsafe.Pointer)(unsafe.Pointer(&g))
		},
		reflect.TypeFor[func([]int64) []int64](): func(cl *closure) unsafe.Pointer {
			g := func(a0 []int64) []int64 {
				f := cl.enter()
				put(f.base, cl.fn.params[0].off, a0)
				cl.run(f)
				r0 := get[[]int64](f.base, cl.fn.results[0].off)
				cl.leave(f)
				return r0
			}
			return *(*unsafe.Pointer)(unsafe.Pointer(&g))
		},
		reflect.TypeFor[func([]string) []string](): func(cl *closure) unsafe.Pointer {
			g := func(a0 []string) []string {
				f := cl.enter()
				put(f.base, cl.fn.params[0].off, a0)
				cl.run(f)
				r0 := get[[]string](f.base, cl.fn.results[0].off)
				cl.leave(f)
				return r0
			}
			return *(*unsafe.Pointer)(unsafe.Pointer(&g))
		},
		reflect.TypeFor[func([]float64, []float64) []float64](): func(cl *closure) unsafe.Pointer {
			g := func(a0 []float64, a1 []float64) []float64 {
				f := cl.enter()
				put(f.base, cl.fn.params[0].off, a0)
				put(f.base, cl.fn.params[1].off, a1)
				cl.run(f)
				r0 := get[[]float64](f.base, cl.fn.results[0].off)
				cl.leave(f)
				return r0
			}
			return *(*unsafe.Pointer)(unsafe.Pointer(&g))
		},
		reflect.TypeFor[func(int64) int64](): func(cl *closure) unsafe.Pointer {
			g := func(a0 int64) int64 {
				f := cl.enter()
				put(f.base, cl.fn.params[0].off, a0)
				cl.run(f)
				r0 := get[int64](f.base, cl.fn.results[0].off)
				cl.leave(f)
				return r0
			}
			return *(*unsafe.Pointer)(unsafe.Pointer(&g))
		},
		reflect.TypeFor[func(float64) bool](): func(cl *closure) unsafe.Pointer {
			g := func(a0 float64) bool {
				f := cl.enter()
				put(f.base, cl.fn.params[0].off, a0)
				cl.run(f)
				r0 := get[bool](f.base, cl.fn.results[0].off)
				cl.leave(f)
				return r0
			}
			return *(*unsafe.Pointer)(unsafe.Pointer(&g))
		},
		reflect.TypeFor[func(any, []byte) (int, error)](): func(cl *closure) unsafe.Pointer {
			g := func(a0 any, a1 []byte) (int, error) {
				f := cl.enter()
				cl.first(f, a0)
				put(f.base, cl.fn.params[1].off, a1)
				cl.run(f)
				r0 := get[int](f.base, cl.fn.results[0].off)
				r1 := get[error](f.base, cl.fn.results[1].off)
				cl.leave(f)
				return r0, r1
			}
			return *(*unsafe.Pointer)(unsafe.Pointer(&g))
		},
	}
}

// first passes the first parameter of a thunk.
func (cl *closure) first(f *frame, v any) {
	p := &cl.fn.params[0]
	if cl.receiver != nil {
		cl.receiver(p.addr(f), v)
		return
	}
	put(f.base, p.off, v)
}
