package interp

import "reflect"

// Channel operations of cells come here, since yaegi's cannot be interrupted without harm, and its select mixes up goroutines that run the
// same statement. Values pass through pointers, so that their types stay exactly yaegi's.

// recv receives from ch into *into and says whether ch was open.
func (rt *runtimeSupport) recv(ch, into any) bool {
	c := reflect.ValueOf(ch)
	v, ok := reflect.Value{}, false
	if c.IsValid() && !c.IsNil() {
		v, ok = c.TryRecv()
	}
	if !v.IsValid() {
		_, v, ok = rt.wait([]reflect.SelectCase{{Dir: reflect.SelectRecv, Chan: c}})
	}
	reflect.ValueOf(into).Elem().Set(v)
	return ok
}

// send sends *value to ch.
func (rt *runtimeSupport) send(ch, value any) {
	c, v := reflect.ValueOf(ch), reflect.ValueOf(value).Elem()
	if c.IsValid() && !c.IsNil() && c.TrySend(v) {
		return
	}
	rt.wait([]reflect.SelectCase{{Dir: reflect.SelectSend, Chan: c, Send: v}})
}

// choose is select. args are, for each case in order, 's' or 'r' for its direction, the channel, and a pointer to the value. It returns the
// number of the case, -1 for the default, and whether the channel received from was open.
func (rt *runtimeSupport) choose(hasDefault bool, args ...any) (int, bool) {
	var cases []reflect.SelectCase
	for i := 0; i < len(args); i += 3 {
		p := reflect.ValueOf(args[i+2]).Elem()
		if args[i].(bool) {
			cases = append(cases, reflect.SelectCase{Dir: reflect.SelectSend, Chan: reflect.ValueOf(args[i+1]), Send: p})
		} else {
			cases = append(cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(args[i+1])})
		}
	}
	var n int
	var v reflect.Value
	var ok bool
	if hasDefault {
		if n, v, ok = reflect.Select(append(cases, reflect.SelectCase{Dir: reflect.SelectDefault})); n == len(cases) {
			return -1, false
		}
	} else {
		n, v, ok = rt.wait(cases)
	}
	if v.IsValid() {
		reflect.ValueOf(args[3*n+2]).Elem().Set(v)
	}
	return n, ok
}

// wait is reflect.Select that an interrupt ends.
func (rt *runtimeSupport) wait(cases []reflect.SelectCase) (int, reflect.Value, bool) {
	last := len(cases)
	cases = append(cases, reflect.SelectCase{Dir: reflect.SelectRecv})
	for {
		cases[last].Chan = reflect.ValueOf(rt.waker())
		if rt.raised() {
			rt.check()
		}
		if n, v, ok := reflect.Select(cases); n != last {
			return n, v, ok
		}
	}
}

// raised says whether some run is being stopped.
func (rt *runtimeSupport) raised() bool {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	return len(rt.halting) > 0
}

func clearAny(v any) {
	if r := reflect.ValueOf(v); r.IsValid() {
		r.Clear()
	}
}
