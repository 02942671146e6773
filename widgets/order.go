package widgets

import (
	"encoding/json"
	"fmt"
	"sync"
	"time"
	"weak"

	"tickbook/engine"
)

const (
	orderLease = 30 * time.Second // after which an order that no frame was asked in is dropped
	maxOrders  = 8                // of a view
)

// orders are the orders in which pages look at a table. The engine keeps each sorted while the table ticks, so each is shared by all who ask for it, and
// dropped when none has for a while.
type orders struct {
	t    *engine.Table
	mu   sync.Mutex
	held map[string]*ordered
}

// ordered is the table in one order.
type ordered struct {
	made  sync.Once
	table *engine.Table // nil if it could not be sorted
	err   error
	used  time.Time   // guarded by orders.mu
	lease *time.Timer // guarded by orders.mu
}

func keyOf(by []engine.SortColumn) string { return fmt.Sprintf("%#v", by) }

// by is the table in an order. The first call sorts; others wait for it.
func (o *orders) by(cols []engine.SortColumn) (*engine.Table, error) {
	key := keyOf(cols)
	o.mu.Lock()
	e := o.held[key]
	if e == nil {
		if o.held == nil {
			o.held = map[string]*ordered{}
		}
		for len(o.held) >= maxOrders {
			o.dropOldest()
		}
		e = &ordered{}
		e.lease = expiry(o, key, e)
		o.held[key] = e
	}
	o.renew(e)
	o.mu.Unlock()
	e.made.Do(func() {
		defer func() {
			if x := recover(); x != nil {
				e.err = fmt.Errorf("sort: %v", x)
			}
		}()
		e.table = o.t.SortBy(cols...)
	})
	if e.err != nil {
		o.drop(key, e)
		return nil, e.err
	}
	o.keep(cols) // sorting may have taken long
	return e.table, nil
}

// expiry drops e after its lease. A timer, even one that is stopped, may live longer than all else, so it holds nothing.
func expiry(o *orders, key string, e *ordered) *time.Timer {
	wo, we := weak.Make(o), weak.Make(e)
	return time.AfterFunc(orderLease, func() {
		if o, e := wo.Value(), we.Value(); o != nil && e != nil {
			o.drop(key, e)
		}
	})
}

// keep renews the lease of an order, if it is held.
func (o *orders) keep(cols []engine.SortColumn) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if e := o.held[keyOf(cols)]; e != nil {
		o.renew(e)
	}
}

// renew starts e's lease anew. o.mu is held.
func (o *orders) renew(e *ordered) {
	e.used = time.Now()
	e.lease.Reset(orderLease)
}

// drop forgets an order. Whoever reads it goes on reading.
func (o *orders) drop(key string, e *ordered) {
	o.mu.Lock()
	defer o.mu.Unlock()
	e.lease.Stop()
	if o.held[key] == e {
		delete(o.held, key)
	}
}

// dropOldest makes room for another order. o.mu is held.
func (o *orders) dropOldest() {
	oldest := ""
	for key, e := range o.held {
		if oldest == "" || e.used.Before(o.held[oldest].used) {
			oldest = key
		}
	}
	o.held[oldest].lease.Stop()
	delete(o.held, oldest)
}

// release forgets all orders.
func (o *orders) release() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, e := range o.held {
		e.lease.Stop()
	}
	o.held = nil
}

// sortColumns reads an order as pages write it: [column, descending] each, the column by position or by name.
func sortColumns(order []json.RawMessage, defs []engine.ColumnDef) (by []engine.SortColumn, err error) {
	for _, text := range order {
		var pair []any
		if err := json.Unmarshal(text, &pair); err != nil || len(pair) != 2 {
			return nil, fmt.Errorf("order: %.100s is no [column, descending]", text)
		}
		i := -1
		switch c := pair[0].(type) {
		case float64:
			if c >= 0 && c < float64(len(defs)) && c == float64(int(c)) {
				i = int(c)
			}
		case string:
			i = columnIndex(defs, c)
		}
		descending, ok := pair[1].(bool)
		if i < 0 || !ok {
			return nil, fmt.Errorf("order: %.100s is no [column, descending] of this table", text)
		}
		by = append(by, engine.SortColumn{Name: defs[i].Name, Descending: descending})
	}
	return by, nil
}
