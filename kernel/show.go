package kernel

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"strings"

	"tickbook/display"
)

// renderer finds who shows v, or nil when only its text can be shown.
func (s *Session) renderer(v any) (r display.Renderer) {
	defer func() {
		if e := recover(); e != nil {
			s.log.Printf("show %T: panic: %v\n%s", v, e, debug.Stack())
			r = broken{fmt.Sprintf("%T can't be shown: panic: %v", v, e)}
		}
	}()
	if r, ok := v.(display.Renderer); ok {
		return r
	}
	if s.cfg.Render != nil {
		if r, ok := s.cfg.Render(v); ok {
			return r
		}
	}
	return nil
}

// broken stands for a value that could not be shown.
type broken struct{ text string }

func (b broken) Render() display.MIMEBundle { return display.MIMEBundle{display.Text: b.text} }

// render is r as it is now. A panic is shown in its place.
func (s *Session) render(r display.Renderer) (b display.MIMEBundle) {
	defer func() {
		if e := recover(); e != nil {
			s.log.Printf("render %T: panic: %v\n%s", r, e, debug.Stack())
			b = broken{fmt.Sprintf("%T can't be shown: panic: %v", r, e)}.Render()
		}
	}()
	return r.Render()
}

// renderValue is v as it is now.
func (s *Session) renderValue(v any) display.MIMEBundle {
	if b, ok := v.(display.MIMEBundle); ok {
		return b
	}
	if r := s.renderer(v); r != nil {
		return s.render(r)
	}
	return display.MIMEBundle{display.Text: formatValue(v)}
}

// renderAll is several values as one bundle: the only value's own, else the texts of all.
func (s *Session) renderAll(values []any) display.MIMEBundle {
	switch len(values) {
	case 0:
		return display.MIMEBundle{}
	case 1:
		return s.renderValue(values[0])
	}
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i], _ = s.renderValue(v)[display.Text].(string)
	}
	return display.MIMEBundle{display.Text: joinTexts(texts)}
}

// joinTexts puts short texts on one line.
func joinTexts(texts []string) string {
	line := strings.Join(texts, " ")
	if len(line) <= 100 && !strings.Contains(line, "\n") {
		return line
	}
	return strings.Join(texts, "\n")
}

// showResult shows the values of a cell's last expression: those that are text as the cell's result, the others as displays. It returns the text.
func (s *Session) showResult(c *cell, values []any, count int) string {
	if len(values) == 0 {
		return ""
	}
	plain := true
	for _, v := range values {
		if _, ok := v.(display.MIMEBundle); ok || s.renderer(v) != nil {
			plain = false
		}
	}
	if plain {
		b := s.renderAll(values)
		s.result(c, b, count)
		return b[display.Text].(string)
	}
	texts := make([]string, 0, len(values))
	for i, v := range values {
		r := s.renderer(v)
		live, isLive := r.(display.Live)
		if isLive {
			// Pages give a display id to display_data only, so what goes on changing is never an execute_result.
			texts = append(texts, bundleText(s.showLive(c, live)))
			continue
		}
		b := s.renderValue(v)
		texts = append(texts, bundleText(b))
		if i == len(values)-1 {
			s.result(c, b, count)
		} else {
			s.displayData(c, b, "")
		}
	}
	return strings.Join(texts, "\n")
}

func bundleText(b display.MIMEBundle) string {
	text, _ := b[display.Text].(string)
	return text
}

func (s *Session) result(c *cell, b display.MIMEBundle, count int) {
	s.emit(Output{Type: "execute_result", Parent: c.Parent, Content: map[string]any{
		"data": wireData(b), "metadata": map[string]any{}, "execution_count": count,
	}})
}

func (s *Session) displayData(c *cell, b display.MIMEBundle, id string) {
	s.emitBehind(Output{Type: "display_data", Parent: c.Parent, Content: displayContent(wireData(b), id)})
}

func displayContent(data map[string]any, id string) map[string]any {
	transient := map[string]any{}
	if id != "" {
		transient["display_id"] = id
	}
	return map[string]any{"data": data, "metadata": map[string]any{}, "transient": transient}
}

// Show implements [display.Publisher].
func (s *Session) Show(v any) string {
	c := s.current()
	if live, ok := s.renderer(v).(display.Live); ok {
		id, _ := s.live.show(c, live)
		return id
	}
	id := s.live.add(c)
	s.displayData(c, s.renderValue(v), id)
	return id
}

// showLive displays l under c and keeps it changing.
func (s *Session) showLive(c *cell, l display.Live) display.MIMEBundle {
	_, b := s.live.show(c, l)
	return b
}

// Update implements [display.Publisher].
func (s *Session) Update(id string, b display.MIMEBundle) { s.live.update(id, b) }

// Clear implements [display.Publisher].
func (s *Session) Clear(wait bool) {
	s.emitBehind(Output{Type: "clear_output", Parent: s.current().Parent, Content: map[string]any{"wait": wait}})
}

// wireData is b as messages and notebooks carry it: text as it is, binary in base64, JSON as values. What can't be written is left out, and
// something to read is always there.
func wireData(b display.MIMEBundle) map[string]any {
	data := make(map[string]any, len(b)+1)
	for mime, v := range b {
		switch v := v.(type) {
		case string:
			data[mime] = strings.ToValidUTF8(v, "\uFFFD")
		case []byte:
			if isTextType(mime) {
				data[mime] = strings.ToValidUTF8(string(v), "\uFFFD")
			} else {
				data[mime] = base64.StdEncoding.EncodeToString(v)
			}
		default:
			if text, err := json.Marshal(v); err == nil {
				data[mime] = json.RawMessage(text)
			} else if mime == display.Text {
				data[mime] = formatValue(v)
			}
		}
	}
	if _, ok := data[display.Text]; !ok && len(b) > 0 {
		data[display.Text] = "(no text)"
	}
	return data
}

func isTextType(mime string) bool {
	return strings.HasPrefix(mime, "text/") || mime == display.SVG
}
