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
// address. Frames are pooled by function. See memory_layout.go.
//
// # Calls
//
// Function values are real Go functions, so that compiled code can call them; they are recognised when interpreted code calls them, and then
// run without the detour. See thunk.go and native.go.
//
// # Files
//
// In reading order; what a name begins with is the concern.
//
//	machine*.go   packages, globals, functions; _text: where functions came from; _run: a cell; _packages: packages from source;
//	              _source: generic packages of the standard library, from source
//	types*.go     go/types to reflect; _hidden: unexported types of compiled packages; _names, _local: how types are called
//	memory*.go    reading, copying and clearing values; _layout: the places of a function's values; _blank: blank fields; _room: large pieces
//	frame*.go     running: blocks, calls, depth, stopping; _trace: where a panic came from
//	compile*.go   a function to blocks of closures; _operands: where instructions find what they read; _edges: jumps and phis; _coalesce: phis that
//	              share a place with their operands; _fuse, _pairs: instructions done as one; _unevaluated: what SSA computes and the language does not
//	instr*.go     what each instruction does: instr.go lists them; _arith, _convert, _slices, _maps, _chans, _iface, _builtins; _calls: static, dynamic
//	              and interface calls; _defers: defer, go, panic and recover
//	native*.go    calls into compiled code; _funcvalue: its functions as values; _generic: generic functions there, _unique: package unique;
//	              _instances: those that have compiled code here, and sorts
//	thunk*.go     calls out of compiled code; _types: of the usual signatures; _detached: on goroutines that compiled code started
//	box*.go       values of interpreted types in interfaces; _format, _json: how fmt and encoding/json see them
//	library*.go   compiled functions that must know of boxes; _verbs, _scan: those of fmt
//	reflect*.go   package reflect for interpreted code; _carrier: how it knows the types of values; _rtype, _checked: types, from the checker's and
//	              back; reflect.go lists the functions, with those on values; _calls, _iter, _make, _deepequal: more of them; _boundary: what
//	              compiled code gets of them
//	shadow*.go    packages that work by reflection, from source; _diversions: which calls go there; _json_errors: names in errors
//	runtime*.go   package runtime for interpreted code; _callers: what calls what; _names: the names of functions; package pcs: their
//	              program counters
package exec
