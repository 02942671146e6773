package exec

import (
	"reflect"
	"runtime"
	"testing"
	"unsafe"
)

// TestFuncLayout: interpreted functions are known as such. Without that everything runs, but calls of func values take many times as long, and
// nothing else would tell.
func TestFuncLayout(t *testing.T) {
	if runtime.Compiler != "gc" {
		t.Log("only gc lays functions out so")
		return
	}
	if !funcLayout.known {
		t.Fatal("function values lie in memory otherwise than was found out so far")
	}
	cl := &closure{}
	for ft := range typedThunks {
		if closureOf(newThunk(ft, cl)) != cl {
			t.Errorf("a thunk of type %s is not known", ft)
		}
	}
	made := reflect.TypeFor[func([3]int, map[string]bool) (complex128, error)]()
	if closureOf(newThunk(made, cl)) != cl {
		t.Error("a function made by reflect is not known")
	}
	n := 0
	for name, f := range map[string]any{
		"a function": TestFuncLayout, "a closure": func() { n++ }, "a method value": t.Name,
		"another made function": reflect.MakeFunc(made, func([]reflect.Value) []reflect.Value { return nil }).Interface(),
	} {
		v := reflect.New(reflect.TypeOf(f))
		v.Elem().Set(reflect.ValueOf(f))
		if closureOf(*(*unsafe.Pointer)(v.UnsafePointer())) != nil {
			t.Errorf("%s passes for an interpreted function", name)
		}
	}
}

// TestFrameTypes: reflect keeps the type of each block of memory for good, so there must be few.
func TestFrameTypes(t *testing.T) {
	seen := map[int]bool{}
	for n := range 10_000 {
		r := roundUp(n)
		if r < n || r > max(2*n, 8) {
			t.Fatalf("%d is rounded to %d", n, r)
		}
		seen[r] = true
	}
	if len(seen) > 30 {
		t.Errorf("%d sizes up to 10,000", len(seen))
	}
}
