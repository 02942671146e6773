package display

// The media types that the project writes.
const (
	Text = "text/plain"
	HTML = "text/html"
	SVG  = "image/svg+xml"
	PNG  = "image/png"
)

// Modules is the media type of the modules that a cell fetched, as JSON: versions by path. A page writes them into the metadata of its notebook, as
// the value of "get" in that of "tickbook".
const Modules = "application/vnd.tickbook.get+json"

// MIMEBundle is one value in several media types. A value is a string (text), a []byte (binary: written base64 on the wire), or what
// encoding/json can marshal (media types that end in +json or are application/json). A bundle that is shown has text/plain.
type MIMEBundle map[string]any
