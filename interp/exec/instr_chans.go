package exec

import (
	"go/types"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

func (c *compiler) makeChan(in *ssa.MakeChan) op {
	d := c.place(in)
	n := c.index(in.Size)
	t := reflect.ChanOf(reflect.BothDir, c.m.types.of(in.Type().Underlying().(*types.Chan).Elem()))
	return func(f *frame) {
		k := n(f)
		if k < 0 || t.Elem().Size() > 0 && uint64(k) > maxAlloc/uint64(t.Elem().Size()) {
			panic(runtimeError("makechan: size out of range"))
		}
		put(f.base, d.off, reflect.MakeChan(t, k).UnsafePointer())
	}
}

// channel returns how to read a channel from its place.
func (c *compiler) channel(v ssa.Value) func(f *frame) reflect.Value {
	p := c.place(v)
	t := p.t
	if t.Kind() != reflect.Chan { // of a type that contains itself
		u := v.Type().Underlying().(*types.Chan)
		t = reflect.ChanOf(chanDir(u.Dir()), c.m.types.of(u.Elem()))
	}
	return func(f *frame) reflect.Value { return valueAt(t, unsafe.Add(f.base, p.off)) }
}

func (c *compiler) receive(in *ssa.UnOp) op {
	ch := c.channel(in.X)
	var ds []place
	if in.CommaOk {
		ds = c.places(in)
	} else {
		ds = []place{c.place(in)}
	}
	d := ds[0]
	set := storeValue(d.t)
	return func(f *frame) {
		v, ok := receive(f, ch(f))
		set(d.addr(f), v)
		if in.CommaOk {
			put(f.base, ds[1].off, ok)
		}
	}
}

// storeValue returns how to write a value whose type lies in memory as t does.
func storeValue(t reflect.Type) func(dst unsafe.Pointer, v reflect.Value) {
	mv := mover(t)
	return func(dst unsafe.Pointer, v reflect.Value) {
		if v.Type() == t {
			valueAt(t, dst).Set(v)
			return
		}
		if t.Kind() == reflect.Interface { // t is any: an interface of interpreted code
			*(*any)(dst) = bare(v.Interface())
			return
		}
		tmp := reflect.New(v.Type())
		tmp.Elem().Set(v)
		mv(dst, tmp.UnsafePointer())
	}
}

// receive waits for a value or for the thread's end.
func receive(f *frame, ch reflect.Value) (reflect.Value, bool) {
	if !ch.IsNil() {
		if v, ok := ch.TryRecv(); ok || v.IsValid() {
			return v, ok
		}
	}
	i, v, ok := reflect.Select([]reflect.SelectCase{{Dir: reflect.SelectRecv, Chan: ch}, f.stopCase()})
	if i == 1 {
		panic(Stopped{})
	}
	return v, ok
}

// stopCase is ready when the thread is stopped, but for deferred functions that run because of that.
func (f *frame) stopCase() reflect.SelectCase {
	if f.g.unwinding > 0 {
		return reflect.SelectCase{Dir: reflect.SelectRecv}
	}
	return reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(f.g.thread.done)}
}

func (c *compiler) send(in *ssa.Send) op {
	ch, x := c.channel(in.Chan), c.place(in.X)
	return func(f *frame) {
		cv := ch(f)
		v := valueAt(cv.Type().Elem(), x.addr(f))
		if !cv.IsNil() && cv.TrySend(v) {
			return
		}
		i, _, _ := reflect.Select([]reflect.SelectCase{{Dir: reflect.SelectSend, Chan: cv, Send: v}, f.stopCase()})
		if i == 1 {
			panic(Stopped{})
		}
	}
}

func (c *compiler) selectStmt(in *ssa.Select) op {
	type state struct {
		ch   func(*frame) reflect.Value
		send bool
		x    place
		dst  place
		set  func(unsafe.Pointer, reflect.Value)
	}
	ds := c.places(in)
	var states []state
	k := 2
	for _, s := range in.States {
		st := state{ch: c.channel(s.Chan), send: s.Dir == types.SendOnly}
		if st.send {
			st.x = c.place(s.Send)
		} else {
			st.dst = ds[k]
			st.set = storeValue(st.dst.t)
			k++
		}
		states = append(states, st)
	}
	return func(f *frame) {
		cases := make([]reflect.SelectCase, 0, len(states)+1)
		for _, s := range states {
			ch := s.ch(f)
			if s.send {
				cases = append(cases, reflect.SelectCase{Dir: reflect.SelectSend, Chan: ch, Send: valueAt(ch.Type().Elem(), s.x.addr(f))})
			} else {
				cases = append(cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: ch})
			}
		}
		if in.Blocking {
			cases = append(cases, f.stopCase())
		} else {
			cases = append(cases, reflect.SelectCase{Dir: reflect.SelectDefault})
		}
		i, v, ok := reflect.Select(cases)
		if i == len(states) {
			if in.Blocking {
				panic(Stopped{})
			}
			i = -1
		}
		put(f.base, ds[0].off, i)
		put(f.base, ds[1].off, ok)
		for j, s := range states {
			if s.send {
				continue
			}
			if j == i {
				s.set(s.dst.addr(f), v)
			} else {
				valueAt(s.dst.t, s.dst.addr(f)).SetZero()
			}
		}
	}
}
