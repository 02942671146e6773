package exec

import (
	"fmt"
	"go/types"
	"reflect"

	"tickbook/internal/symbols"
)

var scanMethod = reflect.TypeFor[func(any, fmt.ScanState, rune) error]()

// scanned returns the targets of fmt's scanning functions: those of cells' types that are a [fmt.Scanner] as such, what is in others.
func (m *Machine) scanned(a []any) []any {
	out := unboxedAll(a)
	for i, x := range a {
		b, ok := unbox(x)
		if !ok || types.NewMethodSet(infoOf(b).t).Lookup(nil, "Scan") == nil || infoOf(b).Method("Scan", scanMethod) == nil {
			continue
		}
		if wrap, ok := m.symbol(types.NewPackage("fmt", "fmt"), "~Scanner").Interface().(func(symbols.Boxed) any); ok {
			out[i] = wrap(b)
		}
	}
	return out
}
