package live

import (
	"crypto/rand"
	"sync"

	"tickbook/display"
)

// MIME is the media type by which a page's extension finds a view. Its value is a [Ref].
const MIME = "application/vnd.tickbook.view+json"

const version = 1 // of MIME and of the messages

// Ref says in a bundle which view of which kernel's life it is of. Elsewhere it does no harm: it stays in the file.
type Ref struct {
	Version int    `json:"version"`
	Session string `json:"session"`
	View    string `json:"view"`
	Kind    string `json:"kind"`
}

// Hub knows the views that are on display. It holds a view, and so its table, no longer than a display does.
type Hub struct {
	session string // drawn by each process: a page tells another kernel's views by it

	mu    sync.Mutex
	views map[string]*View // those on display, by id
}

// NewHub returns a hub without views. Tests make their own.
func NewHub() *Hub { return &Hub{session: newID(), views: map[string]*View{}} }

// defaultHub is the process's.
var defaultHub = NewHub()

// newID draws 60 random bits.
func newID() string { return rand.Text()[:12] }

// view is the view of an id, nil if no display shows it.
func (h *Hub) view(id string) *View {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.views[id]
}

// View is a source under an id. It is one for the source's whole life, however often the source is shown.
type View struct {
	hub *Hub
	id  string
	src Source

	claims *claims // apart: what holds it does not hold the source

	shown int           // displays; guarded by hub.mu
	gone  chan struct{} // closed when the last display ended; guarded by hub.mu

	mu      sync.Mutex // guards what follows; held while src.Version is called
	version any
	step    int64
}

// New returns the view of src among those of the process.
func New(src Source) *View { return defaultHub.New(src) }

// New returns the view of src.
func (h *Hub) New(src Source) *View { return &View{hub: h, id: newID(), src: src, claims: &claims{}} }

// Ref is what src's bundles carry under [MIME].
func (v *View) Ref() Ref {
	return Ref{Version: version, Session: v.hub.session, View: v.id, Kind: v.src.Kind()}
}

// Watch is the source's Watch for a display: until stop, pages can ask for the view.
func (v *View) Watch(changed chan<- struct{}) (stop func()) {
	stopWatch := v.src.Watch(changed)
	v.hub.mu.Lock()
	if v.shown++; v.shown == 1 {
		v.gone = make(chan struct{})
		v.hub.views[v.id] = v
	}
	v.hub.mu.Unlock()
	return sync.OnceFunc(func() {
		stopWatch()
		v.hub.mu.Lock()
		last := v.shown == 1
		if v.shown--; last {
			delete(v.hub.views, v.id)
			close(v.gone)
		}
		v.hub.mu.Unlock()
		if last {
			v.src.Release()
		}
	})
}

// end is closed when no display shows v any more.
func (v *View) end() <-chan struct{} {
	v.hub.mu.Lock()
	defer v.hub.mu.Unlock()
	return v.gone
}

// now is the step that v is at: it grows with each change that was looked at.
func (v *View) now() int64 {
	v.mu.Lock()
	defer v.mu.Unlock()
	if version := v.src.Version(); v.step == 0 || version != v.version {
		v.version = version
		v.step++
	}
	return v.step
}

// Claims implements [display.Claimable] for the source.
func (v *View) Claims(claim func() (release func())) (stop func()) { return v.claims.add(claim) }

// bundle is the source as messages carry it.
func (v *View) bundle() map[string]any { return wire(v.src.Render()) }

// wire leaves out the reference, which the page has, and writes binary data in base64, as a notebook does.
func wire(b display.MIMEBundle) map[string]any {
	data := map[string]any{}
	for mime, x := range b {
		if mime != MIME {
			data[mime] = x // a []byte becomes base64
		}
	}
	return data
}
