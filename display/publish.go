package display

import (
	"errors"
	"sync"
)

// Publisher shows values under the running cell. The kernel's session is one; so is the notebook runner's.
type Publisher interface {
	// Show displays v, live if it is a [Live], and returns the display's id.
	Show(v any) (id string)
	// Update replaces what display id shows. An unknown id does nothing.
	Update(id string, b MIMEBundle)
	// Clear removes the running cell's outputs, at once or when the next one comes.
	Clear(wait bool)
	// Input asks the person at the page for a line; hidden for passwords.
	Input(prompt string, hidden bool) (string, error)
}

var current struct {
	mu   sync.RWMutex
	p    Publisher
	uses int // calls of Use
}

// Use makes p the publisher of the functions Show, Clear, Input and Password. restore puts the one before back, unless another took p's place
// since.
func Use(p Publisher) (restore func()) {
	current.mu.Lock()
	defer current.mu.Unlock()
	old := current.p
	current.p = p
	current.uses++
	use := current.uses
	return func() {
		current.mu.Lock()
		defer current.mu.Unlock()
		if current.uses == use {
			current.p = old
			current.uses++
		}
	}
}

func publisher() Publisher {
	current.mu.RLock()
	defer current.mu.RUnlock()
	return current.p
}

// Display is one output of a cell and the name used to refresh it.
type Display struct{ id string }

// Show displays v under the running cell, as a cell's last value is displayed: a table or a figure goes on ticking. Outside a notebook it
// does nothing and returns a Display that ignores updates.
func Show(v any) *Display {
	if p := publisher(); p != nil {
		return &Display{id: p.Show(v)}
	}
	return &Display{}
}

// ID is the display's id, empty outside a notebook.
func (d *Display) ID() string { return d.id }

// Update replaces what the display shows.
func (d *Display) Update(b MIMEBundle) {
	if p := publisher(); p != nil && d.id != "" {
		p.Update(d.id, b)
	}
}

// Clear removes the running cell's outputs; with wait, when the next output comes.
func Clear(wait bool) {
	if p := publisher(); p != nil {
		p.Clear(wait)
	}
}

// Input asks for a line of text. It returns an error where nobody can be asked.
func Input(prompt string) (string, error) { return ask(prompt, false) }

// Password asks for a line without showing what is typed.
func Password(prompt string) (string, error) { return ask(prompt, true) }

func ask(prompt string, hidden bool) (string, error) {
	if p := publisher(); p != nil {
		return p.Input(prompt, hidden)
	}
	return "", errors.New("input: no notebook to ask in")
}
