// Package live serves pages that show tables and figures by themselves: the kernel's side of the comm target [Target].
//
// A [View] is what pages may ask for: a [Source], such as a table's view, under an id that its bundle carries ([MIME], [Ref]). A [Hub] knows
// the views that are on display just now. A page opens one comm a notebook panel (conn.go) and asks for what it shows (source.go has what it may): each
// of its viewers asks for frames of one view (viewer.go), and a frame waits until there is something new. Nobody asks, nothing is sent. What a page hears
// within a moment is one message (outbox.go). All that a page asked for is dropped when it falls silent (lease.go), and a request carries all the state it
// needs, so that a page that reloads finds its views again. Cells do not see this package.
package live
