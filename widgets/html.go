package widgets

import (
	"html"
	"strings"
)

// Styles stand inline: JupyterLab drops <style> and ids from outputs that it does not trust, GitHub drops style too (there the align
// attributes, <b>, <i> and <small> carry the view). Grey and faint are made by opacity, which suits light and dark themes alike; the
// colours are the theme's where it has them. JupyterLab keeps a var() only when a colour in rgb() stands within.
const (
	styleRoot = "color:var(--jp-ui-font-color1, inherit)"
	styleTab  = "border-collapse:collapse;border:none;margin:0;table-layout:auto;width:auto;font-variant-numeric:tabular-nums"
	styleTop  = "background:none;border-bottom:1px solid rgba(128, 128, 128, 0.5)"
	styleHead = "padding:4px 10px;vertical-align:bottom;white-space:nowrap;text-align:"
	styleRow  = "border-bottom:1px solid rgba(128, 128, 128, 0.15)"
	styleCell = "padding:3px 10px;white-space:pre;text-align:" // short: there are up to a thousand, several times a second
	styleKind = "font-weight:normal;opacity:0.6"
	styleNull = "opacity:0.45"
	styleFoot = "padding:5px 10px;font-size:90%"
	styleNote = "opacity:0.7"
	styleWarn = "color:var(--jp-warn-color1, rgb(191, 105, 0))"
	styleBad  = "color:var(--jp-error-color1, rgb(211, 47, 47))"
)

// html writes v as a table that stands alone: escaped, no script, at most maxRows rows, nothing that scrolls.
func (v *view) html() string {
	w := &htmlWriter{}
	w.raw(`<div class="tickbook-table" style="` + styleRoot + `">`)
	if len(v.columns) > 0 {
		w.raw(`<table style="` + styleTab + `"><thead><tr style="` + styleTop + `">`)
		for _, c := range v.columns {
			w.raw(`<th align="` + align(c) + `" style="` + styleHead + align(c) + `">`)
			w.text(c.name)
			w.raw(`<br><small style="` + styleKind + `">`)
			w.text(c.kind)
			w.raw(`</small></th>`)
		}
		w.raw("</tr></thead>\n<tbody>\n")
		for _, row := range v.rows {
			w.raw(`<tr style="` + styleRow + `">`)
			for i, c := range v.columns {
				w.raw(`<td align="` + align(c) + `" style="` + styleCell + align(c) + `">`)
				if row[i].null {
					w.raw(`<i style="` + styleNull + `">`)
					w.text(row[i].text)
					w.raw(`</i>`)
				} else {
					w.text(row[i].text)
				}
				w.raw(`</td>`)
			}
			w.raw("</tr>\n")
		}
		w.raw(`</tbody></table>`)
	}
	w.raw(`<div style="` + styleFoot + `">`)
	w.span(v.moodStyle(), v.badge())
	w.span(styleNote, " · "+v.window())
	if bad := v.badRecords(); bad != "" {
		w.span(styleNote, " · ")
		w.span(styleWarn, bad)
	}
	if omitted := v.omitted(); omitted != "" {
		w.span(styleNote, " · "+omitted)
	}
	if v.message != "" {
		w.raw(`<br>`)
		w.span(v.moodStyle(), v.message)
	}
	w.raw(`</div></div>`)
	return w.b.String()
}

func (v *view) moodStyle() string {
	switch v.mood {
	case starting, down:
		return styleWarn
	case failed:
		return styleBad
	default:
		return styleNote
	}
}

func align(c column) string {
	if c.right {
		return "right"
	}
	return "left"
}

// htmlWriter keeps markup, which is ours, apart from text, which may be anyone's.
type htmlWriter struct{ b strings.Builder }

func (w *htmlWriter) raw(markup string) { w.b.WriteString(markup) }

func (w *htmlWriter) text(s string) { w.b.WriteString(html.EscapeString(s)) }

func (w *htmlWriter) span(style, s string) {
	w.raw(`<span style="` + style + `">`)
	w.text(s)
	w.raw(`</span>`)
}
