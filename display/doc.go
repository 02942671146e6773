// Package display is the meeting place of the parts that do not know each other: the kernel shows values without knowing a table, and a
// table shows itself without knowing a message.
//
// Read bundle.go (what is shown), renderer.go (who shows itself), publish.go (how cells show), errors.go (errors with a place),
// complete.go, comm.go. It imports nothing of the project.
package display
