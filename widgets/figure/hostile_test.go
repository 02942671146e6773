package figure

import (
	"encoding/json"
	"strings"
	"testing"

	"tickbook/display"
	"tickbook/engine"
	"tickbook/internal/hostile"
	"tickbook/widgets/live"
)

// What a figure's snapshot, its frames and its values under the pointer hold of hostile names is text.
func TestHostileFigure(t *testing.T) {
	table := engine.NewTable(engine.Col("X", []float64{1, 2}), engine.Col("Y", []float64{1, 2}))
	for _, s := range hostile.Texts {
		f := New().Title(s).XLabel(s).YLabel(s).PlotXY(s, table, "X", "Y")
		b := f.Render()
		onlyShapes(t, s, b[display.SVG].(string))
		if strings.ContainsAny(b[display.Text].(string), "\x00\x1b\r\u202e\u2028") {
			t.Errorf("%q: the text holds %q", s, b[display.Text])
		}
		fr, err := (&source{f}).Frame(&live.Request{})
		if err != nil {
			t.Fatal(err)
		}
		if fr.Message["mime"] == display.SVG {
			onlyShapes(t, s, string(fr.Buffers[0]))
		}
		at := 1.5
		m, err := (&source{f}).Ask(&live.Request{T: "at", X: &at})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range []live.Message{m, fr.Message} {
			text, err := json.Marshal(m)
			if err != nil || strings.ContainsAny(string(text), "<>\u2028\u2029\x00\x1b") {
				t.Errorf("%q: the answer is %s, %v", s, text, err)
			}
		}
	}
}
