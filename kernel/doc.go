// Package kernel speaks the Jupyter protocol for a session of cells. It knows no table: what it needs of a session is [Interpreter], and what it
// shows are the values of package display.
//
// Two halves meet in [Sink]. [Session] has no transport: it runs cells, keeps the order of what they show, paces live displays, and holds
// comms and history; a notebook runner uses it alone. [Serve] puts it on sockets.
//
// Read config.go (the words), session.go (a cell's run), streams.go and capture.go (what it prints), show.go and format.go (what it shows),
// refresh.go and shown.go (what goes on changing), comms.go; then wire.go (messages), transport.go, handshake.go, frames.go and peer.go (who is
// connected), server.go, worker.go, shell.go and control.go (who answers).
package kernel
