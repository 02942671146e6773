// Package exec runs Go programs in go/ssa form: each function is compiled to closures over a frame of typed memory, without generating
// machine code and without touching the runtime's internals.
//
// # Values
//
// A value lies in memory as compiled Go lays it out: an int in 8 bytes, a string as pointer and length, a struct field by field. Interpreted
// and compiled code share values without conversion. reflect makes the memory layouts ([Machine.rtype]); what it can't express, a named type
// or an interface type of a cell, is kept beside the value: in an interface such a value travels as a [symbols.Boxed], which carries its type.
//
// # Frames
//
// Each value of a function has a place in its frame: an offset in a block of memory whose words are grouped by what the garbage collector has
// to know of them (interfaces, slices, strings, pointers, plain words). Structs and arrays lie outside of the block, the frame has their
// address. Frames are pooled by function. See layout.go.
//
// # Calls
//
// Function values are real Go functions, so that compiled code can call them; they are recognised when interpreted code calls them, and then
// run without the detour. See thunk.go and native.go.
//
// # Files
//
//	machine.go    packages, globals, functions; text.go: where they came from; source.go: generic packages of the standard library, from source
//	types.go      go/types to reflect; hidden.go: unexported types of compiled packages; typestring.go, localtypes.go: their names
//	layout.go     the places of a function's values; memory.go, blank.go: reading, copying and clearing them
//	frame.go      running: blocks, calls, depth, stopping; run.go: a cell; trace.go: where a panic came from
//	compile.go    a function to blocks of closures; fuse.go, arith2.go: instructions done as one; coalesce.go, edges.go: phis, jumps;
//	              operands.go, instructions.go, arith.go, convert.go, slices.go, maps.go, chans.go, iface.go, builtins.go: what they do
//	              unevaluated.go: what SSA computes and the language does not
//	calls.go      static, dynamic and interface calls; defers.go: defer, go, panic and recover
//	native.go     calls into compiled code; funcvalue.go: its functions as values; generic.go, instances.go: generic functions there;
//	              thunk.go, thunk_types.go: calls out of it; detached.go: those on goroutines of compiled code
//	box.go        values of interpreted types in interfaces; format.go, json.go: how fmt and encoding/json see them
//	carrier.go    package reflect for interpreted code: how it knows the types of values; rtype.go, reverse.go: types; reflect.go,
//	              reflect_calls.go, reflect_iter.go, reflect_make.go, deepequal.go: its functions; boundary.go: what compiled code gets of them
//	shadow.go     packages that work by reflection, from source; diversions.go: which calls go there; json_errors.go: names in errors
//	callers.go    package runtime for interpreted code: what calls what; pcs.go: program counters; funcnames.go: the names of functions
//	library.go    compiled functions that must know of boxes; verbs.go, scan.go: those of fmt
package exec
