package jscan

import "math/bits"

// Limits of what a record may be; what exceeds them is a bad record.
const (
	MaxDepth = 128      // of nested arrays and objects below the record's own
	MaxSize  = 64 << 20 // bytes of one record
)

// Decoder decodes records into the columns it is bound to. One goroutine uses it.
type Decoder struct {
	fields []Field
	keys   []key
	caches []*cache // of String columns, else nil
	byName map[string]int
	order  []int    // the field met at each place of the last records: a guess for the next
	seen   []uint64 // fields that the current record gave a value, a bit each
	tmp    []byte   // text without its escapes

	Cols []Column // one for each field; set by the caller before Decode
}

// maxOrder bounds the places of a record whose field is remembered.
const maxOrder = 256

// NewDecoder returns a decoder of the fields, whose names are distinct.
func NewDecoder(fields []Field) *Decoder {
	d := &Decoder{
		fields: fields, byName: make(map[string]int, len(fields)), caches: make([]*cache, len(fields)),
		Cols: make([]Column, len(fields)), seen: make([]uint64, (len(fields)+63)/64),
	}
	for i, f := range fields {
		d.keys = append(d.keys, newKey(f.Name))
		d.byName[f.Name] = i
		if i < maxOrder {
			d.order = append(d.order, i)
		}
		if f.Kind == String {
			d.caches[i] = newCache(f.Dict)
		}
	}
	return d
}

// Null makes the row null in every column.
func (d *Decoder) Null(row int) {
	for i := range d.Cols {
		d.setNull(i, row)
	}
}

// Decode decodes the object in b into the row. A fault leaves the row as if it had never been decoded: its null bits are clear, and its values
// count for nothing until the row is decoded again.
func (d *Decoder) Decode(b []byte, row int) *Fault {
	if len(b) > MaxSize {
		return &Fault{Field: -1, Reason: TooBig}
	}
	clear(d.seen)
	i := space(b, 0)
	if i >= len(b) || b[i] != '{' {
		return d.notObject(b, i)
	}
	i = space(b, i+1)
	if i < len(b) && b[i] == '}' {
		return d.finish(b, i+1, row)
	}
	for place := 0; ; place++ {
		f := -1
		if place < len(d.order) {
			guess := d.order[place]
			if n := d.keys[guess].at(b, i); n > 0 {
				f = guess
				i += n
			}
		}
		if f < 0 {
			var ok bool
			if f, i, ok = d.key(b, i, place); !ok {
				return &Fault{Field: -1, Reason: Syntax, Pos: i}
			}
		}
		if i < len(b) && b[i] <= ' ' {
			i = space(b, i)
		}
		if i >= len(b) {
			return &Fault{Field: f, Reason: Syntax, Pos: i}
		}
		var reason Reason
		if f < 0 {
			i, reason = skip(b, i, 1)
		} else if b[i] == 'n' {
			if i, reason = literal(b, i, "null"); reason == OK {
				d.seen[f>>6] &^= 1 << (f & 63)
			}
		} else {
			d.seen[f>>6] |= 1 << (f & 63)
			start := i
			if i, reason = d.value(b, i, f, row); reason == NoFit {
				i = start
			}
		}
		if reason != OK {
			return &Fault{Field: f, Reason: reason, Pos: i}
		}
		if i < len(b) && b[i] <= ' ' {
			i = space(b, i)
		}
		if i >= len(b) {
			return &Fault{Field: f, Reason: Syntax, Pos: i}
		}
		c := b[i]
		i++
		if c == ',' {
			if i < len(b) && b[i] <= ' ' {
				i = space(b, i)
			}
			continue
		}
		if c == '}' {
			return d.finish(b, i, row)
		}
		return &Fault{Field: f, Reason: Syntax, Pos: i - 1}
	}
}

// finish checks that nothing follows the object and makes null what it did not give.
func (d *Decoder) finish(b []byte, i, row int) *Fault {
	if i = space(b, i); i != len(b) {
		return &Fault{Field: -1, Reason: Syntax, Pos: i}
	}
	for w, s := range d.seen {
		n := min(64, len(d.Cols)-w*64)
		for miss := ^s & (^uint64(0) >> (64 - n)); miss != 0; miss &= miss - 1 {
			d.setNull(w*64+bits.TrailingZeros64(miss), row)
		}
	}
	return nil
}

func (d *Decoder) setNull(col, row int) {
	c := &d.Cols[col]
	c.Nulls[row>>6] |= 1 << (row & 63)
	c.HasNulls = true
}

// value decodes the value at i, which is not null, into field f.
func (d *Decoder) value(b []byte, i, f, row int) (int, Reason) {
	c := &d.Cols[f]
	switch kind := d.fields[f].Kind; kind {
	case Float64:
		v, e, r := float(b, i)
		c.F64[row] = v
		return e, r
	case Int64:
		v, e, r := integer(b, i)
		c.I64[row] = v
		return e, r
	case Int32:
		v, e, r := integer(b, i)
		if r == OK && v != int64(int32(v)) {
			r = NoFit
		}
		c.I32[row] = int32(v)
		return e, r
	case Int16:
		v, e, r := integer(b, i)
		if r == OK && v != int64(int16(v)) {
			r = NoFit
		}
		c.I16[row] = int16(v)
		return e, r
	case Int8:
		v, e, r := integer(b, i)
		if r == OK && v != int64(int8(v)) {
			r = NoFit
		}
		c.I8[row] = int8(v)
		return e, r
	case String:
		if key, e := shortText(b, i); e > 0 {
			c.Codes[row] = d.caches[f].short(key, b[i+1:e-1])
			return e, OK
		}
		t, e, r := d.text(b, i)
		if r == OK {
			c.Codes[row] = d.caches[f].code(t)
		}
		return e, r
	case Bool:
		switch b[i] {
		case 't':
			c.Bools[row] = true
			return literal(b, i, "true")
		case 'f':
			c.Bools[row] = false
			return literal(b, i, "false")
		}
		return i, wrongKind(b, i)
	case Float32:
		v, e, r := float32At(b, i)
		c.F32[row] = v
		return e, r
	case Instant:
		v, e, r := d.instant(b, i)
		c.I64[row] = v
		return e, r
	case Duration:
		v, e, r := d.duration(b, i)
		c.I64[row] = v
		return e, r
	}
	panic("BUG: jscan: column without a kind")
}
