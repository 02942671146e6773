package exec

import (
	"go/types"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"tickbook/internal/symbols"
)

// argument moves a value from one frame to another.
func argument(to *frame, d *place, from *frame, s *place) {
	switch d.c {
	case classWord:
		put(to.base, d.off, get[uint64](from.base, s.off))
	case classPointer:
		put(to.base, d.off, get[unsafe.Pointer](from.base, s.off))
	case classString:
		put(to.base, d.off, get[string](from.base, s.off))
	case classIface:
		put(to.base, d.off, get[any](from.base, s.off))
	case classSlice:
		put(to.base, d.off, get[[]unsafe.Pointer](from.base, s.off))
	case classWide:
		put(to.base, d.off, get[complex128](from.base, s.off))
	default:
		d.mv(d.addr(to), s.addr(from))
	}
}

// call compiles a call whose results, if used, are those of v.
func (c *compiler) call(cc *ssa.CallCommon, v ssa.Value) op {
	if b, ok := cc.Value.(*ssa.Builtin); ok {
		return c.builtin(b, cc, v)
	}
	var rs []place
	if v != nil {
		rs = c.places(v)
	}
	args := c.arguments(cc)
	if cc.IsInvoke() {
		return c.invoke(cc, args, rs)
	}
	if _, isClosure := cc.Value.(*ssa.MakeClosure); !isClosure {
		if callee := cc.StaticCallee(); callee != nil {
			return c.static(callee, cc, args, rs)
		}
	}
	return c.dynamic(cc, args, rs)
}

func (c *compiler) arguments(cc *ssa.CallCommon) []place {
	args := make([]place, len(cc.Args))
	for i, a := range cc.Args {
		args[i] = c.place(a)
	}
	return args
}

// static compiles a call of a known function.
func (c *compiler) static(callee *ssa.Function, cc *ssa.CallCommon, args, rs []place) op {
	m := c.m
	if o := c.intrinsic(callee, args, rs); o != nil {
		return o
	}
	if o := c.instance(callee, args, rs); o != nil {
		return o
	}
	if o := c.sortSlice(callee, args); o != nil {
		return o
	}
	if m.isCompiled(callee) {
		if isInit(callee) {
			return nil // compiled packages are initialised
		}
		if o := c.divert(callee, args, rs); o != nil {
			return o
		}
		return c.native(callee, args, rs)
	}
	fn := c.function(callee)
	if strings.Contains(c.fn.ssa.Synthetic, "wrapper") || strings.Contains(c.fn.ssa.Synthetic, "bound") || strings.Contains(c.fn.ssa.Synthetic, "thunk") {
		return func(f *frame) { // a recover in the method itself works as if it had been deferred directly
			to := fn.ready().enter(f.g, f)
			if f.deferring != nil && f.of != nil {
				to.deferredBy(f.of)
			}
			fn.finish(to, f, args, rs)
		}
	}
	if len(args) == 1 && len(rs) == 1 {
		a, r := args[0], rs[0]
		return func(f *frame) {
			to := fn.ready().enter(f.g, f)
			argument(to, &fn.params[0], f, &a)
			fn.run(to)
			argument(f, &r, to, &fn.results[0])
			fn.leave(to)
		}
	}
	return func(f *frame) { fn.finish(fn.ready().enter(f.g, f), f, args, rs) }
}

// finish fills in the parameters of a frame, runs it, and takes its results.
func (fn *function) finish(to, f *frame, args, rs []place) {
	for i := range args {
		argument(to, &fn.params[i], f, &args[i])
	}
	fn.run(to)
	for i := range rs {
		argument(f, &rs[i], to, &fn.results[i])
	}
	fn.leave(to)
}

func isInit(f *ssa.Function) bool {
	return f.Name() == "init" && f.Signature.Recv() == nil && f.Signature.Params().Len() == 0 && f.Signature.Results().Len() == 0
}

// isCompiled says whether a function is compiled code: it has no body to interpret, or is better not interpreted.
func (m *Machine) isCompiled(f *ssa.Function) bool {
	if f.Parent() != nil {
		return false
	}
	m.mu.Lock()
	known := m.functions(f)[f]
	// NB: what is known may be compiled just now, and its blocks be let go.
	hasBody := known != nil && known.hasBody || f.Blocks != nil
	m.mu.Unlock()
	if known != nil && known.interpreted.Load() {
		return false
	}
	if !hasBody {
		return true
	}
	o := f.Object()
	if o == nil || o.Pkg() == nil || f.Signature.Recv() != nil || f.Synthetic != "" || !m.isSource(o.Pkg()) {
		return false
	}
	return m.symbol(o.Pkg(), o.Name()).IsValid()
}

// dynamic compiles a call of a func value.
func (c *compiler) dynamic(cc *ssa.CallCommon, args, rs []place) op {
	x := c.place(cc.Value)
	ft := x.t
	if ft.Kind() != reflect.Func { // of a type that contains itself
		ft = c.m.types.of(cc.Signature())
	}
	native := c.nativeCaller(ft, asCompiled, args, rs)
	if takesReflection(ft) {
		compiled, own := native, c.nativeCaller(ft, everything, args, rs)
		native = func(f *frame, fv reflect.Value) {
			if c.m.reflect.isOwn(wordOfFunc(fv)) {
				own(f, fv)
			} else {
				compiled(f, fv)
			}
		}
	}
	xo := x.off
	return func(f *frame) {
		w := get[unsafe.Pointer](f.base, xo)
		if w == nil {
			nilPanic()
		}
		cl := closureOf(w)
		if cl == nil {
			native(f, valueAt(ft, unsafe.Add(f.base, xo)))
			return
		}
		fn := cl.fn.ready()
		to := fn.enter(f.g, f)
		cl.bind(to)
		fn.finish(to, f, args, rs)
	}
}

// target is the method that an interface call found for one type.
type target struct {
	box    *symbols.BoxType
	fn     *function
	unpack func(unsafe.Pointer, any)
}

// invoke compiles a call of an interface's method.
func (c *compiler) invoke(cc *ssa.CallCommon, args, rs []place) op {
	m := c.m
	x := c.place(cc.Value)
	load := loadInterface(x.t)
	name, pkg := cc.Method.Name(), cc.Method.Pkg()
	var last atomic.Pointer[target]
	natives := c.nativeMethods(name, cc.Signature(), args, rs)
	return func(f *frame) {
		v := load(unsafe.Add(f.base, x.off))
		if v == nil {
			nilPanic()
		}
		b, ok := unbox(v)
		if !ok {
			natives(f, v)
			return
		}
		t := last.Load()
		if t == nil || t.box != b.T {
			t = m.target(b, pkg, name)
			last.Store(t)
		}
		fn := t.fn.ready()
		to := fn.enter(f.g, f)
		t.unpack(fn.params[0].addr(to), b.V)
		for i := range args {
			argument(to, &fn.params[i+1], f, &args[i])
		}
		fn.run(to)
		for i := range rs {
			argument(f, &rs[i], to, &fn.results[i])
		}
		fn.leave(to)
	}
}

func (m *Machine) target(b symbols.Boxed, pkg *types.Package, name string) *target {
	info := infoOf(b)
	fn := m.method(info.t, pkg, name)
	if fn == nil {
		panic("BUG: exec: no method " + name + " on " + info.t.String())
	}
	return &target{b.T, fn, info.unpack}
}

// nativeMethods returns how to call a method of a value of compiled type.
func (c *compiler) nativeMethods(name string, sig *types.Signature, args, rs []place) func(f *frame, v any) {
	var callers sync.Map // reflect.Type to func(*frame, any)
	return func(f *frame, v any) {
		t := reflect.TypeOf(v)
		if x, ok := callers.Load(t); ok {
			x.(func(*frame, any))(f, v)
			return
		}
		if own := c.m.reflect.methodOf(t, name); own != nil {
			do := own(c, args, rs)
			callers.Store(t, do)
			do(f, v)
			return
		}
		method, ok := t.MethodByName(name)
		if !ok {
			panic("BUG: exec: no method " + name + " on " + t.String())
		}
		call := c.nativeCaller(reflect.ValueOf(v).Method(method.Index).Type(), asCompiled, args, rs)
		do := func(f *frame, v any) { call(f, reflect.ValueOf(v).Method(method.Index)) }
		callers.Store(t, do)
		do(f, v)
	}
}
