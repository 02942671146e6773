package exec

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// compiler compiles one function.
type compiler struct {
	fn *function
	m  *Machine
	l  *layout

	literals map[*ssa.Function]*function         // in this one
	atomic   bool                                // the instruction at hand and the next defer are not to be torn apart: see beforeDefer
	fused    map[ssa.Instruction]ssa.Instruction // what another instruction does along with its own work, and that
}

// compile makes blocks of the SSA. What it cannot compile becomes a panic of each call.
func (fn *function) compile() {
	fn.body.Lock()
	defer fn.body.Unlock()
	defer fn.compiled.Store(true)
	c := &compiler{fn: fn, m: fn.m, l: &layout{m: fn.m, regs: map[ssa.Value]*register{}}}
	fn.layout = c.l
	defer func() {
		if r := recover(); r != nil {
			fn.fault = fmt.Sprint(r)
			text := fmt.Sprintf("exec: cannot compile %s: %v", fn.ssa, r)
			fn.blocks = []block{{next: func(*frame) int { panic(text) }, pos: []token.Pos{fn.ssa.Pos()}}}
			if c.l.size == nil {
				c.l.seal()
			}
		}
	}()
	if fn.ssa.Blocks == nil {
		c.callCompiled()
		return
	}
	if fn.literals == nil && len(fn.ssa.AnonFuncs) > 0 {
		fn.literals = map[*ssa.Function]string{}
		nameLiterals(fn.ssa, fn.id().Name, fn.literals)
	}
	c.fuse()
	c.layOut()
	blocks := make([]block, len(fn.ssa.Blocks))
	for i, b := range fn.ssa.Blocks {
		c.block(b, &blocks[i])
	}
	thread(blocks)
	if fn.ssa.Recover != nil {
		fn.recoverBlock = fn.ssa.Recover.Index
	}
	fn.blocks, fn.globals = blocks, nil
	fn.release()
}

// callCompiled makes blocks for compiled code that is called as interpreted code is: a method of sync/atomic.Pointer by an interface.
func (c *compiler) callCompiled() {
	fn, sig := c.fn, c.fn.ssa.Signature
	var vars []*types.Var
	if sig.Recv() != nil {
		vars = append(vars, sig.Recv())
	}
	vars = slices.AppendSeq(vars, sig.Params().Variables())
	add := func(vars []*types.Var) (rs []*register) {
		for _, v := range vars {
			rs = append(rs, c.l.add(c.m.types.of(v.Type()), 0))
		}
		return rs
	}
	params, results := add(vars), add(slices.Collect(sig.Results().Variables()))
	c.l.seal()
	for _, r := range params {
		fn.params = append(fn.params, c.l.place(r))
	}
	for _, r := range results {
		fn.results = append(fn.results, c.l.place(r))
	}
	fn.blocks = []block{{next: jump([]op{c.native(fn.ssa, fn.params, fn.results)}, -1), to: -1, pos: []token.Pos{fn.ssa.Pos()}}}
}

// release lets the SSA of a compiled function go, which the program would keep for good.
func (fn *function) release() {
	fn.interpreted.Store(true)
	Clear(fn.ssa)
	fn.layout.regs = nil
}

// Clear empties an SSA function that is not compiled any more.
func Clear(f *ssa.Function) {
	f.Blocks, f.Locals, f.Recover, f.Params, f.FreeVars, f.AnonFuncs = nil, nil, nil, nil, nil, nil
}

// function returns the compiled form of a function that this one refers to. Function literals belong to the one around them.
func (c *compiler) function(f *ssa.Function) *function {
	if f.Parent() != c.fn.ssa {
		return c.m.function(f)
	}
	x := c.literals[f]
	if x == nil {
		x = &function{m: c.m, ssa: f, text: c.fn.text, globals: c.fn.globals, literals: c.fn.literals, recoverBlock: -1, slot: nextSlot(), hasBody: f.Blocks != nil}
		if c.literals == nil {
			c.literals = map[*ssa.Function]*function{}
		}
		c.literals[f] = x
	}
	return x
}

// layOut gives all values of the function places.
func (c *compiler) layOut() {
	fn, l := c.fn, c.l
	var params, free, results []*register
	for _, p := range fn.ssa.Params {
		params = append(params, l.value(p))
	}
	for _, v := range fn.ssa.FreeVars {
		free = append(free, l.value(v))
	}
	for v := range fn.ssa.Signature.Results().Variables() {
		results = append(results, l.add(c.m.types.of(v.Type()), 0))
	}
	for _, b := range fn.ssa.Blocks {
		for _, in := range b.Instrs {
			c.operands(in)
			switch in := in.(type) {
			case *ssa.Alloc:
				if !in.Heap || isAppended(in) {
					c.local(in)
					continue
				}
			case *ssa.Extract:
				l.regs[in] = l.value(in.Tuple).parts[in.Index]
				continue
			case *ssa.Defer, *ssa.RunDefers:
				fn.hasDefers = true
			case *ssa.Call:
				if b, ok := in.Call.Value.(*ssa.Builtin); ok && b.Name() == "ssa:deferstack" {
					fn.hasDefers = true // on behalf of the body of a range over a function
				}
			}
			if v, ok := in.(ssa.Value); ok && !isVoid(v) {
				l.value(v)
			}
		}
	}
	c.coalesce()
	for i, p := range fn.ssa.Params {
		params[i] = l.regs[p]
	}
	l.seal()
	for _, r := range params {
		fn.params = append(fn.params, l.place(r))
	}
	for _, r := range free {
		fn.free = append(fn.free, l.place(r))
	}
	for _, r := range results {
		fn.results = append(fn.results, l.place(r))
	}
}

func isVoid(v ssa.Value) bool {
	tu, ok := v.Type().(*types.Tuple)
	return ok && tu.Len() == 0
}

// local gives a variable that does not outlive the call memory that belongs to the frame.
func (c *compiler) local(in *ssa.Alloc) {
	l := c.l
	t := c.m.types.of(in.Type().Underlying().(*types.Pointer).Elem())
	r := l.add(holePointer, 1)
	l.regs[in] = r
	l.mems = append(l.mems, memory{r, t, hasPointers(t)})
}

// isAppended says whether an array holds the values to append in one call of append, which copies them.
func isAppended(in *ssa.Alloc) bool {
	if in.Comment != "varargs" {
		return false
	}
	for _, r := range *in.Referrers() {
		switch r := r.(type) {
		case *ssa.IndexAddr, *ssa.DebugRef:
		case *ssa.Slice:
			for _, u := range *r.Referrers() {
				call, ok := u.(*ssa.Call)
				if !ok {
					return false
				}
				b, ok := call.Call.Value.(*ssa.Builtin)
				if !ok || b.Name() != "append" || call.Call.Args[0] == r {
					return false
				}
			}
		default:
			return false
		}
	}
	return true
}

// place returns where a value is.
func (c *compiler) place(v ssa.Value) place {
	r := c.l.regs[v]
	if r == nil {
		panic(fmt.Sprintf("BUG: exec: no place for %s (%T) in %s", v, v, c.fn.ssa))
	}
	return c.l.place(r)
}

// places returns where a call's results go: one place, or those of a tuple.
func (c *compiler) places(v ssa.Value) []place {
	r := c.l.regs[v]
	if r == nil {
		return nil
	}
	if r.parts == nil {
		return []place{c.l.place(r)}
	}
	var ps []place
	for _, p := range r.parts {
		ps = append(ps, c.l.place(p))
	}
	return ps
}

func (c *compiler) block(b *ssa.BasicBlock, out *block) {
	last := len(b.Instrs) - 1
	before := beforeDefer(b.Instrs)
	out.to = -1
	for i, in := range b.Instrs {
		if i == last {
			if j, ok := in.(*ssa.Jump); ok {
				moves := c.edge(b, 0)
				out.to = b.Succs[0].Index
				out.ops = append(out.ops, moves...)
				out.pos = append(out.pos, slices.Repeat([]token.Pos{j.Pos()}, len(moves))...)
			}
			out.next = c.terminator(b, in)
			out.pos = append(out.pos, c.pos(b, in))
			break
		}
		if c.fused[in] != nil {
			continue
		}
		c.atomic = before[i]
		if o := c.instruction(in); o != nil {
			out.ops = append(out.ops, o)
			out.pos = append(out.pos, c.pos(b, in))
		}
	}
}

// pos returns where an instruction of a block is. Deferred calls run where the function returns.
func (c *compiler) pos(b *ssa.BasicBlock, in ssa.Instruction) token.Pos {
	switch in.(type) {
	case *ssa.RunDefers, *ssa.Return:
		r := b.Instrs[len(b.Instrs)-1]
		if _, ok := r.(*ssa.Return); ok && !r.Pos().IsValid() {
			return end(c.fn.ssa)
		}
		return r.Pos()
	}
	return in.Pos()
}

// beforeDefer says of each instruction whether a defer follows before any other call: an interrupt between mu.Lock() and defer mu.Unlock() would leave
// the mutex locked for good.
func beforeDefer(ins []ssa.Instruction) []bool {
	out := make([]bool, len(ins))
	follows := false
	for i, in := range slices.Backward(ins) {
		out[i] = follows
		switch in.(type) {
		case *ssa.Defer:
			follows = true
		case *ssa.Call, *ssa.Go:
			follows = false
		}
	}
	return out
}

func (c *compiler) terminator(b *ssa.BasicBlock, in ssa.Instruction) func(*frame) int {
	switch in := in.(type) {
	case *ssa.Jump:
		to := b.Succs[0].Index // its phis have got their values
		return func(*frame) int { return to }
	case *ssa.If:
		then, els := b.Succs[0].Index, b.Succs[1].Index
		to, eo := c.edge(b, 0), c.edge(b, 1)
		var cond func(*frame) bool
		if cmp, ok := in.Cond.(*ssa.BinOp); ok && c.isFused(cmp, in) {
			if len(to)+len(eo) == 0 {
				if br := c.branch(cmp, then, els); br != nil {
					return br
				}
			}
			cond = c.compare(cmp)
		} else {
			off := c.place(in.Cond).off
			cond = func(f *frame) bool { return get[bool](f.base, off) }
		}
		t, e := jump(to, then), jump(eo, els)
		return func(f *frame) int {
			if cond(f) {
				return t(f)
			}
			return e(f)
		}
	case *ssa.Return:
		var ops []op
		for i, r := range in.Results {
			ops = append(ops, moveOp(c.fn.results[i], c.place(r)))
		}
		return jump(ops, -1)
	case *ssa.Panic:
		if err, ok := rangePanic(in.X); ok {
			return func(*frame) int { panic(err) }
		}
		off := c.place(in.X).off
		return func(f *frame) int { panic(get[any](f.base, off)) }
	}
	panic(fmt.Sprintf("BUG: exec: a block ends with %T", in))
}

// rangePanic tells the panics that SSA itself has for iterators that break the rules, and words them as the runtime does.
func rangePanic(x ssa.Value) (runtimeError, bool) {
	mi, ok := x.(*ssa.MakeInterface)
	if !ok || mi.Pos().IsValid() {
		return "", false
	}
	k, ok := mi.X.(*ssa.Const)
	if !ok || k.Value == nil || k.Value.Kind() != constant.String {
		return "", false
	}
	switch constant.StringVal(k.Value) {
	case "yield function called after range loop exit":
		return "range function continued iteration after function for loop body returned false", true
	case "iterator call did not preserve panic":
		return "range function recovered a loop body panic and did not resume panicking", true
	}
	return "", false
}
