package live

import "sync"

// claims are the displays of one view that stand still while a page follows the view by itself. The zero value is ready.
type claims struct {
	mu       sync.Mutex // held while the displays are told, which is quick
	pages    int        // that follow the view
	displays map[*claimed]struct{}
}

// claimed is one display.
type claimed struct {
	claim   func() (release func())
	release func() // nil while no page follows
}

// add makes a display known; see [display.Claimable].
func (c *claims) add(claim func() (release func())) (stop func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := &claimed{claim: claim}
	if c.displays == nil {
		c.displays = map[*claimed]struct{}{}
	}
	c.displays[d] = struct{}{}
	if c.pages > 0 {
		d.release = claim()
	}
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.displays, d)
		d.free()
	}
}

// begin notes that one more page follows the view.
func (c *claims) begin() (end func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pages++; c.pages == 1 {
		for d := range c.displays {
			d.release = d.claim()
		}
	}
	return sync.OnceFunc(func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.pages--; c.pages == 0 {
			for d := range c.displays {
				d.free()
			}
		}
	})
}

func (d *claimed) free() {
	if d.release != nil {
		d.release()
		d.release = nil
	}
}
