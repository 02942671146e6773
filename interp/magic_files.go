package interp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"unicode/utf8"

	"tickbook/display"
)

// maxLoad bounds what %load puts into a cell, in bytes.
const maxLoad = 4 << 20

func loadMagic(m *magicCall) ([]any, error) {
	if len(m.all) > 1 {
		return nil, m.errorf("must stand alone in its cell, since the text takes its place")
	}
	from := m.arg()
	if from == "" {
		return nil, m.errorf("which file or URL?")
	}
	data, err := read(m.ctx, from)
	switch {
	case m.ctx.Err() != nil:
		return nil, interrupted(m.ctx)
	case err != nil:
		return nil, m.failf("Error", "%w", err)
	case len(data) > maxLoad:
		return nil, m.failf("Error", "%s is larger than %d MiB", from, maxLoad>>20)
	case !utf8.Valid(data):
		return nil, m.failf("Error", "%s is no text in UTF-8", from)
	}
	return []any{display.NextInput{Text: "// %load " + from + "\n" + string(data), Replace: true}}, nil
}

// read reads a file or a page, and no more than a little over maxLoad.
func read(ctx context.Context, from string) ([]byte, error) {
	var body io.ReadCloser
	if strings.HasPrefix(from, "http://") || strings.HasPrefix(from, "https://") {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, from, nil)
		if err != nil {
			return nil, err
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return nil, err
		}
		body = resp.Body
		if resp.StatusCode != http.StatusOK {
			_ = body.Close()
			return nil, fmt.Errorf("%s: %s", from, resp.Status)
		}
	} else {
		f, err := os.Open(expandHome(from))
		if err != nil {
			return nil, err
		}
		body = f
	}
	defer body.Close()
	return io.ReadAll(io.LimitReader(body, maxLoad+1))
}

func writefileMagic(m *magicCall) (_ []any, err error) {
	name, mode := m.arg(), os.O_TRUNC
	if rest, ok := strings.CutPrefix(name, "-a "); ok {
		name, mode = strings.TrimSpace(rest), os.O_APPEND
	}
	if name == "" {
		return nil, m.errorf("which file?")
	}
	f, err := os.OpenFile(expandHome(name), os.O_WRONLY|os.O_CREATE|mode, 0o666)
	if err != nil {
		return nil, m.failf("Error", "%w", err)
	}
	_, err = f.WriteString(m.body())
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, m.failf("Error", "%w", err)
	}
	return nil, m.print(fmt.Sprintf("wrote %s to %s\n", count(len(m.body()), "byte"), name))
}

func fmtMagic(m *magicCall) ([]any, error) {
	if a := m.arg(); a != "" {
		return nil, m.errorf("takes no argument, got %q", a)
	}
	blank := strings.Repeat("\n", strings.Count(m.src[:m.piece.body], "\n")) // so that lines are counted from the cell's start
	text, err := formatCell(m.name, blank+m.body())
	if err != nil {
		return nil, err
	}
	return []any{display.NextInput{Text: text, Replace: true}}, nil
}
