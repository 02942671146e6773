package interp

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tickbook/display"
	"tickbook/internal/gomod"
	"tickbook/internal/symbols"
)

func getMagic(m *magicCall) ([]any, error) {
	words := strings.Fields(m.arg())
	if len(words) == 0 {
		return nil, m.listGot()
	}
	m.mu.Lock()
	possible := m.fe.pkgs.got != nil
	m.mu.Unlock()
	if !possible {
		return nil, m.failf("Error", "packages are read from source by the evaluator exec only; start the kernel without --evaluator and %s", evaluatorVariable)
	}
	for _, w := range words {
		if err := m.get(w); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

const evaluatorVariable = "TICKBOOK_EVALUATOR"

// listGot prints the modules of the session.
func (m *magicCall) listGot() error {
	m.mu.Lock()
	set := m.set
	m.mu.Unlock()
	var b strings.Builder
	if set != nil {
		for _, x := range set.Modules() {
			fmt.Fprintln(&b, x)
		}
	}
	if b.Len() == 0 {
		b.WriteString("no modules yet; %get example.com/module@v1.2.3 fetches one\n")
	}
	return m.print(b.String())
}

// get takes in one module, or the module of one package.
func (m *magicCall) get(word string) error {
	path, version, hasVersion := strings.Cut(word, "@")
	switch {
	case path == "" || hasVersion && version == "":
		return m.errorf("want module@version, module or ./folder, got %q", word)
	}
	if in, v := compiledIn(path); in != "" {
		if version != "" && version != v {
			return m.failf("Error", "%s is compiled into this kernel%s; tickbook build --with %s@%s makes another kernel", in, asVersion(v), in, version)
		}
		version, hasVersion = v, true
		if symbols.Has(path) {
			text := path + " is compiled into this kernel" + asVersion(v)
			if path != in {
				text += ", of " + in
			}
			text += "\n"
			return m.showGot(text, path, gomod.Module{Path: in, Version: v}, true)
		}
	} else if symbols.Has(path) {
		return m.print(path + " is compiled into this kernel\n")
	}
	set, err := m.modules()
	if err != nil {
		return m.getFailed(err)
	}
	var mod gomod.Module
	pinned := ""
	if gomod.IsFolder(path) {
		set, mod, err = set.WithFolder(m.ctx, expandHome(path), m.stdout)
		path = mod.Path
	} else {
		if !hasVersion {
			pinned = m.pinOf(path)
			version = pinned
		}
		set, mod, err = set.With(m.ctx, path, version, m.stdout)
	}
	if err != nil {
		return m.getFailed(err)
	}
	out, err := m.use(m.ctx, set, mod, path)
	if err != nil {
		return m.getFailed(err)
	}
	text := mod.String()
	if err := m.showGot(text+"\n"+out, path, mod, hasVersion || pinned != ""); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fe.pkgs.got.listed[path] != nil {
		_, err := m.fe.pkgs.Import(path)
		if errors.Is(err, errNotOffered) {
			err = fmt.Errorf("%w; %s", err, buildHint(m.fe.pkgs.got.listed[path]))
		}
		if err != nil {
			return m.failf("Error", "%w", err)
		}
	}
	return nil
}

// showGot tells what was fetched: the person, and the page, which writes the versions into the notebook. Where there is no page, the text says how to
// have a version again.
func (m *magicCall) showGot(text, path string, mod gomod.Module, hasVersion bool) error {
	m.mu.Lock()
	versions := map[string]string{}
	if mod.Version != "" {
		versions[mod.Path] = mod.Version
	}
	if m.set != nil { // others may have changed with it
		for _, x := range m.set.Modules() {
			if x.Version != "" {
				versions[x.Path] = x.Version
			}
		}
	}
	maps.Copy(m.pins, versions)
	m.mu.Unlock()
	b := display.MIMEBundle{display.Text: strings.TrimRight(text, "\n")}
	if len(versions) > 0 {
		b[display.Modules] = versions
	}
	if display.Show(b).ID() != "" {
		return nil
	}
	if mod.Version != "" && !hasVersion {
		text += fmt.Sprintf("to have this version again: %%get %s@%s\n", path, mod.Version)
	}
	return m.print(text)
}

// Pin says which versions %get takes of modules that it is asked for without one: those that the notebook has had so far.
func (s *Session) Pin(versions map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.Copy(s.pins, versions)
}

// getFailed words the failure of a request.
func (m *magicCall) getFailed(err error) error {
	if m.ctx.Err() != nil {
		return interrupted(m.ctx)
	}
	if errors.Is(err, gomod.ErrNoGo) {
		err = fmt.Errorf("%w: %%env PATH=… sets it", err)
	}
	return m.failf("Error", "%w", err)
}

// modules returns the session's set of modules.
func (s *Session) modules() (*gomod.Set, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.set == nil {
		root := s.opts.Modules
		if root == "" {
			cache, err := os.UserCacheDir()
			if err != nil {
				return nil, err
			}
			root = filepath.Join(cache, "tickbook", "get")
		}
		s.set = gomod.NewSet(&gomod.Tool{Root: root, Prepare: endGroup})
	}
	return s.set, nil
}

// use makes a set that the module mod was added to the session's, and lists the package at path if there is one. It returns what there is to say.
func (s *Session) use(ctx context.Context, set *gomod.Set, mod gomod.Module, path string) (string, error) {
	s.mu.Lock()
	before := s.set
	roots := slices.Clone(s.fe.pkgs.got.roots)
	s.mu.Unlock()
	var out strings.Builder
	var names []*gomod.Package
	for _, x := range set.Modules() {
		i := slices.IndexFunc(before.Modules(), func(o gomod.Module) bool { return o.Path == x.Path })
		if i >= 0 && before.Modules()[i] == x && x.Path != mod.Path {
			continue
		}
		if i >= 0 && x.Path != mod.Path {
			fmt.Fprintf(&out, "with it %s\n", x)
		}
		ps, err := set.Names(ctx, x.Path, path)
		if err != nil {
			return "", err
		}
		names = append(names, ps...)
	}
	if slices.ContainsFunc(names, func(p *gomod.Package) bool { return p.ImportPath == path }) {
		if !slices.Contains(roots, path) {
			roots = append(roots, path)
		}
	} else if n := namesIn(names, mod.Path); n != "" {
		fmt.Fprintf(&out, "packages: %s\n", n)
	} else {
		fmt.Fprintf(&out, "it has no packages that can be imported\n")
	}
	listed, err := set.Packages(ctx, roots, false, s.stdout)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.set = set
	p := s.fe.pkgs
	p.got.roots = roots
	p.offer(names)
	changed := p.take(listed)
	changed = slices.DeleteFunc(changed, func(ip string) bool { return !slices.Contains(roots, ip) })
	if len(changed) > 0 {
		fmt.Fprintf(&out, "changed: %s; run the cells again that use them\n", strings.Join(changed, ", "))
	}
	return out.String(), nil
}

const maxNames = 12

// namesIn lists packages of a module.
func namesIn(ps []*gomod.Package, module string) string {
	var out []string
	for _, p := range ps {
		if p.ImportPath == module || strings.HasPrefix(p.ImportPath, module+"/") {
			out = append(out, p.ImportPath)
		}
	}
	if n := len(out) - maxNames; n > 0 {
		out = append(out[:maxNames], fmt.Sprintf("and %d more", n))
	}
	return strings.Join(out, ", ")
}

// compiledIn returns the module of a path that this kernel was built with, and its version; "" when there is none.
func compiledIn(path string) (module, version string) {
	for m, v := range symbols.Modules() {
		if (m == path || strings.HasPrefix(path, m+"/")) && len(m) > len(module) {
			module, version = m, v
		}
	}
	return module, version
}

// asVersion says in which version a module is compiled in; one that was in a folder has none.
func asVersion(v string) string {
	if v == "" {
		return ""
	}
	return " as " + v
}

// pinOf returns the version that the notebook has pinned for the module of a path, "" when none.
func (s *Session) pinOf(path string) (version string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	best := ""
	for m, v := range s.pins {
		if (m == path || strings.HasPrefix(path, m+"/")) && len(m) > len(best) {
			best, version = m, v
		}
	}
	return version
}

// prepare lists the packages that a text uses and that were got and not used so far.
func (s *Session) prepare(ctx context.Context, text string, offline bool) error {
	s.mu.Lock()
	set := s.set
	var want []string
	if set != nil {
		want = s.fe.pkgs.wanted(text, func(name string) bool { return s.fe.objs[name] != nil || s.fe.imports[name] != "" })
	}
	s.mu.Unlock()
	if len(want) == 0 {
		return nil
	}
	listed, err := set.Packages(ctx, want, offline, s.stdout)
	if ctx.Err() != nil {
		return interrupted(ctx)
	}
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fe.pkgs.got.roots = append(s.fe.pkgs.got.roots, want...)
	s.fe.pkgs.take(listed)
	return nil
}

// typingLimit is how long help while typing may wait for packages to be listed.
const typingLimit = 3 * time.Second

// prepareTyping is prepare for help while typing: without fetching anything, and without saying what fails.
func (s *Session) prepareTyping(text string) {
	ctx, cancel := context.WithTimeoutCause(context.Background(), typingLimit, errors.New("it takes too long"))
	defer cancel()
	_ = s.prepare(ctx, text, true)
}
