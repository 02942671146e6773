// Package hostile holds texts that would be markup, script or control on a page or a terminal if anything took them for it: one corpus for the
// tests of all that shows what came from data, in Go and in a browser.
package hostile

import "strings"

// Flag is the property of a page's window that each script of the corpus sets. A page on which it is set has run text that came from data.
const Flag = "tickbookPwned"

// run is what each script does.
const run = "window." + Flag + "=1"

// Texts are for any place that data reaches: cells, names of tables, titles, symbols, messages of brokers and of errors. Each is harmless as text.
var Texts = list(
	// Elements that run, and attributes that do.
	`<script>RUN</script>`,
	`<SCRIPT SRC="data:text/javascript,RUN"></SCRIPT>`,
	`<img src=x onerror=RUN>`,
	`<img src=x onerror="RUN" `,
	`<svg onload=RUN>`,
	`<svg><script>RUN</script></svg>`,
	`<svg><a xlink:href="javascript:RUN"><text y="9">x</text></a></svg>`,
	`<svg><animate onbegin=RUN attributeName=x dur=1s>`,
	`<svg><foreignObject><body xmlns="http://www.w3.org/1999/xhtml" onload="RUN"/></foreignObject></svg>`,
	`<body onload=RUN>`,
	`<details open ontoggle=RUN>`,
	`<input autofocus onfocus=RUN>`,
	`<video><source onerror=RUN></video>`,
	`<iframe srcdoc="<script>parent.RUN</script>"></iframe>`,
	`<iframe src="javascript:parent.RUN"></iframe>`,
	`<object data="data:text/html,<script>parent.RUN</script>"></object>`,
	`<a href="javascript:RUN">x</a>`,
	`<form action="javascript:RUN"><button>x</button></form>`,
	`<math><mtext><table><mglyph><style><img src=x onerror=RUN>`,
	`<noscript><p title="</noscript><img src=x onerror=RUN>">`,
	`<style>@import 'javascript:RUN';*{background:url("javascript:RUN")}</style>`,
	`<link rel=stylesheet href="data:text/css,*{display:none}">`,
	`<meta http-equiv=refresh content="0;url=javascript:RUN">`,
	`<base href="javascript:RUN//">`,
	`<template><script>RUN</script></template>`,

	// Ways out of where a writer puts it: an attribute, an element, a comment, a script, an attribute of SVG, JSON.
	`"><svg/onload=RUN>`,
	`'><img src=x onerror=RUN>`,
	"`><img src=x onerror=RUN>",
	`" onmouseover="RUN`,
	`' onmouseover='RUN`,
	`" style="position:fixed;inset:0" x="`,
	`</td></tr></table><h1>out</h1><img src=x onerror=RUN>`,
	`</text></svg><script>RUN</script>`,
	`</style><style>*{display:none}</style>`,
	`</script><script>RUN</script>`,
	`</title></textarea></pre><img src=x onerror=RUN>`,
	`--><img src=x onerror=RUN><!--`,
	`<!-- `, `-->`, `<![CDATA[ x ]]>`, `]]>`, `<?xml version="1.0"?>`, `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;`,
	`style="font-family:Liberation Sans;`,
	`"}],"data":{"text/html":"<script>RUN</script>"}`, `\u003cscript\u003eRUN\u003c/script\u003e`, `\"><script>RUN</script>`,

	// What escaping once too often or too seldom makes of entities.
	`&lt;script&gt;RUN&lt;/script&gt;`, `&#60;script&#62;RUN&#60;/script&#62;`, `&amp;lt;img src=x onerror=RUN&amp;gt;`, `&lt`, `&`, `&#0;`, `&#x202e;`,

	// Templates, Markdown and LaTeX, which a page may render.
	`{{constructor.constructor('RUN')()}}`, `${RUN}`, "`RUN`", `[x](javascript:RUN)`, `![x](x"onerror="RUN)`, `$\href{javascript:RUN}{x}$`, `<%= RUN %>`,

	// Bytes and characters that parsers pass over, take for others, or turn around.
	"\x00<script>RUN</script>\x00", "<scr\x00ipt>RUN</scr\x00ipt>", "<script\x0c>RUN</script>", "java\tscript:RUN", "java\nscript:RUN",
	"\xc0\xbcscript\xc0\xbeRUN", "\xff\xfe<\x00s\x00>\x00", "+ADw-script+AD4-RUN+ADw-/script+AD4-", "＜script＞RUN＜/script＞", "<ſcript>RUN</ſcript>",
	"\u2028</script>", "\u202e<tpircs>", "a\u200bb\u2060c\ufeffd", "\ufeff<script>RUN</script>", "e\u0301\u0302\u0303\u0304\u0305\u0306",

	// Control of a terminal, and of a spreadsheet.
	"\x1b]0;title\x07", "\x1b[2J", "\x1b]8;;javascript:RUN\x07x\x1b]8;;\x07", "\x9b31m", "a\rb", "a\x08\x08b", `=HYPERLINK("javascript:RUN","x")`, `=cmd|' /C calc'!A0`,
)

func list(texts ...string) []string {
	for i, s := range texts {
		texts[i] = strings.ReplaceAll(s, "RUN", run)
	}
	return texts
}
