// Package widgets shows tables in a notebook: as HTML that stands alone and as aligned text, refreshed while the table ticks.
//
// [Renderer] is what the kernel asks for a value's view; [Table] is the same view with choices. What both writers draw is a view, one
// frame of a table as text (view.go); html.go and text.go write it. Text from data, such as a symbol or a column's name, is never
// markup: it goes through package safetext and is then escaped.
//
// A page that has our extension shows a table by itself: source.go is what it asks for, window.go how rows are sent, order.go the orders that
// it looks at them in, rate.go how fast the table grows. Package live speaks with pages.
package widgets
