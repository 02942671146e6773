// Package supervise lets a kernel's user hear why its process died. What a cell does can end a process in ways that no Go program survives: a panic in
// a goroutine that compiled code started (time.AfterFunc), two goroutines that write one map, no memory left. So the process that Jupyter starts is a
// supervisor, which runs the kernel proper as its child ([Run]), reads what the Go runtime says when it dies, and starts another on the same ports. That
// one gets a [Report], by which it answers the requests that the dead one left ([Parent.Report]).
package supervise
