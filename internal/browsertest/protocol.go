package browsertest

import "context"

// Context is the tab's, for calls of the browser's own protocol that the harness has no method for.
func (n *Notebook) Context() context.Context { return n.ctx }
