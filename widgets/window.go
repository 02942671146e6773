package widgets

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"tickbook/engine"
	"tickbook/widgets/internal/safetext"
	"tickbook/widgets/live"
)

// The limits of a frame, of a schema and of a copy. A page sees a few thousand cells; one that asks for more gets fewer rows of shorter texts, so
// that no request makes the kernel write more than about frameBytes.
const (
	frameRows     = 1000
	frameColumns  = 200
	frameCells    = 20_000
	frameBytes    = 4 << 20
	frameCell     = 1000 // bytes of a cell's text
	frameShort    = 60   // bytes that a cell's text has at least, however many cells there are
	schemaColumns = 10_000
	copyCells     = 100_000
)

// bounds are the rows and columns that a page gets of those that it asks for.
func bounds(q *live.Request, rows, columns int) (first, count int, span live.Span) {
	span = live.Span{End: columns}
	if q.Span != nil {
		span.First = min(q.Span.First, columns)
		span.End = max(span.First, min(q.Span.End, columns))
	}
	span.End = min(span.End, span.First+frameColumns)
	most := frameRows
	if n := span.End - span.First; n > 0 {
		most = min(most, frameCells/n)
	}
	first, count = clip(q.First, min(q.Count, most), rows)
	return first, count, span
}

// encode writes the columns of a window in buffers: the rows' keys as float64, which tell a page the row whose cell changed, then the columns. A
// column of n rows is n+1 offsets as uint32, the UTF-8 text of all its cells, and a bit a row for the nulls, whose text is empty. All is little-endian.
func encode(w *engine.Snapshot, span live.Span) [][]byte {
	n, columns := w.Len(), span.End-span.First
	limit := max(frameShort, min(frameCell, frameBytes/max(1, n*columns)))
	keys := make([]byte, 0, 8*n)
	for _, k := range w.RowKeys() {
		keys = binary.LittleEndian.AppendUint64(keys, math.Float64bits(float64(k)))
	}
	buffers := append(make([][]byte, 0, columns+1), keys)
	head, tail := 4*(n+1), (n+7)/8
	size := 12 * n // a guess for the first column; the last one's size for the next
	for c := span.First; c < span.End; c++ {
		b := make([]byte, head, head+size+tail)
		nulls := make([]byte, tail)
		for r := range n {
			text, null := w.Text(r, c)
			if null {
				nulls[r/8] |= 1 << (r % 8)
			} else {
				b = append(b, frameText(text, limit)...)
			}
			binary.LittleEndian.PutUint32(b[4*(r+1):], uint32(len(b)-head))
		}
		size = len(b) - head + n
		buffers = append(buffers, append(b, nulls...))
	}
	return buffers
}

// frameText is a cell's text as it may stand on a page, at most limit bytes of it. Markup is the page's to leave alone.
func frameText(s string, limit int) string {
	if len(s) <= limit {
		if s = safetext.Line(s, 0); len(s) <= limit {
			return s
		}
	}
	s = safetext.Line(cutText(s, limit), 0)
	return cutText(s, limit-len("…")) + "…"
}

// cutText is the first bytes of s, at most n, without half a character.
func cutText(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// tsv is a part of a snapshot as a spreadsheet takes it: a line a row, tabs between cells. A null is empty.
func tsv(snap *engine.Snapshot, q *live.Request) (string, error) {
	defs := snap.Schema()
	columns := q.Columns
	if len(columns) == 0 {
		for i := range defs[:min(len(defs), frameColumns)] {
			columns = append(columns, i)
		}
	}
	if len(columns) > len(defs) {
		return "", fmt.Errorf("copy: %d columns of a table that has %d", len(columns), len(defs))
	}
	for _, c := range columns {
		if c < 0 || c >= len(defs) {
			return "", fmt.Errorf("copy: there is no column number %d; the table has %d", c, len(defs))
		}
	}
	first := max(0, min(q.First, snap.Len()))
	count := min(q.Count, snap.Len()-first)
	if cells := count * len(columns); cells > copyCells {
		return "", fmt.Errorf("copy: %s are selected; at most %s can be copied", safetext.Count(int64(cells), "cell"), safetext.Thousands(copyCells))
	}
	w := snap.Window(first, count)
	var b strings.Builder
	for r := range w.Len() {
		for i, c := range columns {
			if i > 0 {
				b.WriteByte('\t')
			}
			text, _ := w.Text(r, c)
			b.WriteString(safetext.Line(text, 0))
		}
		b.WriteByte('\n')
	}
	return b.String(), nil
}
