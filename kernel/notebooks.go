package kernel

import "sync"

const maxClients = 10_000 // whose notebooks are known; those of further ones are not

// notebooks says of clients which notebook they show. Two notebooks on one kernel may have cells of the same ids: one is a copy of the other. Clients
// come and go with each load of a page while the notebook stays, so a client that left is not forgotten: what it made is still of its notebook.
type notebooks struct {
	mu sync.Mutex
	of map[string]string // by client
}

// note keeps the notebook that a client shows from now on. What the client made before is of that one too: a notebook is renamed, not changed.
func (n *notebooks) note(client, notebook string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.of == nil {
		n.of = map[string]string{}
	}
	if _, known := n.of[client]; known || client != "" && len(n.of) < maxClients {
		n.of[client] = notebook
	}
}

// differ says whether two clients show two notebooks. Of a client without our extension nobody knows: its cells count as any notebook's.
func (n *notebooks) differ(a, b string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.of[a] != "" && n.of[b] != "" && n.of[a] != n.of[b]
}
