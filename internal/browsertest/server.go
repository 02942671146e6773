package browsertest

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// Server is a JupyterLab server, as [tickbook/install.StartLab] starts it.
type Server struct {
	Base  string // http://127.0.0.1:PORT/
	Token string
	Tree  string // path of the pages that show a notebook; "" is JupyterLab's, lab/tree/
}

// Session is a notebook with its kernel, as the server lists them.
type Session struct {
	ID     string `json:"id"`
	Path   string `json:"path"`
	Kernel struct {
		ID    string `json:"id"`
		Name  string `json:"name"`
		State string `json:"execution_state"`
	} `json:"kernel"`
}

// Sessions lists the notebooks that have a kernel.
func (s Server) Sessions(t testing.TB) []Session {
	t.Helper()
	var found []Session
	s.call(t, http.MethodGet, "api/sessions", &found)
	return found
}

// EndSessions ends all kernels of notebooks: JupyterLab would give a notebook the kernel that its path had before.
func (s Server) EndSessions(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for _, x := range s.Sessions(t) {
		err := s.try(ctx, http.MethodDelete, "api/sessions/"+x.ID, nil)
		if err != nil && !strings.Contains(err.Error(), "404 Not Found") { // it may have ended by itself
			t.Fatal(err)
		}
	}
}

// address opens a notebook, with the layout of earlier tests forgotten.
func (s Server) address(notebook string) string {
	tree := cmp.Or(s.Tree, "lab/tree/")
	parts := strings.Split(notebook, "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return s.Base + tree + strings.Join(parts, "/") + "?reset&token=" + s.Token
}

func (s Server) call(t testing.TB, method, path string, into any) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := s.try(ctx, method, path, into); err != nil {
		t.Fatal(err)
	}
}

func (s Server) try(ctx context.Context, method, path string, into any) error {
	req, err := http.NewRequestWithContext(ctx, method, s.Base+path, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "token "+s.Token)
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, 500))
		return fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, text)
	}
	if into == nil {
		return nil
	}
	return json.NewDecoder(resp.Body).Decode(into)
}
