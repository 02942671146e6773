package kernel

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
)

// sortedKeys are the keys of map m in an order that does not change from one time to the next.
func sortedKeys(m reflect.Value) []reflect.Value {
	keys := m.MapKeys()
	slices.SortFunc(keys, compareKeys)
	return keys
}

func compareKeys(a, b reflect.Value) int {
	if a.Kind() == reflect.Interface {
		a, b = a.Elem(), b.Elem()
	}
	switch {
	case !a.IsValid() || !b.IsValid():
		return cmp.Compare(boolInt(a.IsValid()), boolInt(b.IsValid()))
	case a.Kind() != b.Kind():
		return cmp.Compare(a.Kind(), b.Kind())
	case a.CanInt():
		return cmp.Compare(a.Int(), b.Int())
	case a.CanUint():
		return cmp.Compare(a.Uint(), b.Uint())
	case a.CanFloat():
		return cmp.Compare(a.Float(), b.Float())
	case a.Kind() == reflect.String:
		return cmp.Compare(a.String(), b.String())
	default:
		return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
