package gomod

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Module is a module of a set.
type Module struct {
	Path    string
	Version string // "" for a folder
	Dir     string // of a module that is read where it is; else ""
}

// String is the module as a request for it is written.
func (m Module) String() string {
	if m.Dir != "" {
		return m.Path + " in " + m.Dir
	}
	return m.Path + " " + m.Version
}

// Set is a set of modules: a folder with a go.mod that requires them. It does not change; [Set.With] makes another. Folders are called by what is in
// their go.mod when they are made, so that sessions with the same modules share one.
type Set struct {
	tool    *Tool
	dir     string // "" for the set without modules
	flags   flags
	modules []Module
}

// NewSet is the set without modules.
func NewSet(t *Tool) *Set { return &Set{tool: t} }

// Modules lists what was asked for, in order of the first request.
func (s *Set) Modules() []Module { return slices.Clone(s.modules) }

// setModule is the name of a set's own module.
const setModule = "tickbook.invalid/get"

// With adds a module of a version, "" or "latest" for the newest, or replaces its version. path may be that of a package in it. The module that has
// it is returned with its version. Others of the set may get newer versions, which the new one requires.
func (s *Set) With(ctx context.Context, path, version string, progress io.Writer) (*Set, Module, error) {
	if version == "" {
		version = "latest"
	}
	return s.change(ctx, progress, func(dir string, run func(string, ...string) error) (Module, error) {
		if err := run(dir, "get", path+"@"+version); err != nil {
			return Module{}, err
		}
		return Module{Path: path}, nil
	})
}

// WithFolder adds the module that a folder belongs to, which is read where it is, with what its go.mod requires and replaces.
func (s *Set) WithFolder(ctx context.Context, folder string, progress io.Writer) (*Set, Module, error) {
	mod, edits, err := s.tool.Folder(ctx, folder)
	if err != nil {
		return nil, Module{}, err
	}
	return s.change(ctx, progress, func(dir string, run func(string, ...string) error) (Module, error) {
		if err := run(dir, append([]string{"mod", "edit"}, edits...)...); err != nil {
			return Module{}, err
		}
		if err := addSums(filepath.Join(dir, "go.sum"), filepath.Join(mod.Dir, "go.sum")); err != nil {
			return Module{}, err
		}
		// What its packages need is fetched, and the go.mod says so.
		return mod, run(dir, "get", mod.Path+"/...")
	})
}

// IsFolder says whether a request is for a folder and not for a module.
func IsFolder(arg string) bool {
	return arg == "." || arg == ".." || arg == "~" || strings.HasPrefix(arg, "./") || strings.HasPrefix(arg, "../") || strings.HasPrefix(arg, "~/") ||
		filepath.IsAbs(arg) || strings.HasPrefix(arg, `.\`) || strings.HasPrefix(arg, `..\`)
}

// Folder returns the module that a folder belongs to, and the arguments by which go mod edit makes another module require it where it is, with what its
// own go.mod replaces and excludes.
func (t *Tool) Folder(ctx context.Context, folder string) (mod Module, edits []string, err error) {
	if folder, err = filepath.Abs(folder); err != nil {
		return mod, nil, err
	}
	if st, err := os.Stat(folder); err != nil {
		return mod, nil, err
	} else if !st.IsDir() {
		return mod, nil, fmt.Errorf("%s is no folder", folder)
	}
	v, err := t.env(ctx, folder, "GOMOD")
	if err != nil {
		return mod, nil, err
	}
	if v[0] == "" || v[0] == os.DevNull {
		return mod, nil, fmt.Errorf("%s is in no module: there is no go.mod; make one by !cd %s && go mod init NAME", folder, folder)
	}
	root := filepath.Dir(v[0])
	f, err := t.modFile(ctx, v[0])
	if err != nil {
		return mod, nil, err
	}
	edits = []string{"-require=" + f.Module.Path + "@v0.0.0", "-replace=" + f.Module.Path + "=" + root}
	for _, r := range f.Replace {
		to := r.New.Path
		if r.New.Version != "" {
			to += "@" + r.New.Version
		} else if !filepath.IsAbs(to) {
			to = filepath.Join(root, to)
		}
		from := r.Old.Path
		if r.Old.Version != "" {
			from += "@" + r.Old.Version
		}
		edits = append(edits, "-replace="+from+"="+to)
	}
	for _, x := range f.Exclude {
		edits = append(edits, "-exclude="+x.Path+"@"+x.Version)
	}
	return Module{Path: f.Module.Path, Dir: root}, edits, nil
}

// change makes a new set of a copy of this one's folder that edit changes. edit returns what was asked for.
func (s *Set) change(ctx context.Context, progress io.Writer, edit func(dir string, run func(dir string, args ...string) error) (Module, error)) (_ *Set, got Module, err error) {
	if err := os.MkdirAll(s.tool.Root, 0o777); err != nil {
		return nil, Module{}, err
	}
	dir, err := os.MkdirTemp(s.tool.Root, "new-")
	if err != nil {
		return nil, Module{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := s.copyTo(ctx, dir); err != nil {
		return nil, Module{}, err
	}
	next := &Set{tool: s.tool}
	if next.flags, err = s.tool.flags(ctx, dir); err != nil {
		return nil, Module{}, err
	}
	asked, err := edit(dir, func(dir string, args ...string) error {
		_, err := s.tool.Run(ctx, dir, next.flags.env(), progress, args...)
		return err
	})
	if err != nil {
		return nil, Module{}, err
	}
	mod, err := s.tool.modFile(ctx, filepath.Join(dir, "go.mod"))
	if err != nil {
		return nil, Module{}, err
	}
	if got, err = mod.find(asked); err != nil {
		return nil, Module{}, err
	}
	for _, m := range s.modules {
		if m.Path != got.Path {
			if m, err = mod.find(m); err != nil {
				return nil, Module{}, err
			}
			next.modules = append(next.modules, m)
		}
	}
	i := slices.IndexFunc(s.modules, func(m Module) bool { return m.Path == got.Path })
	if i < 0 {
		i = len(next.modules)
	}
	next.modules = slices.Insert(next.modules, i, got)
	if err := addSums(filepath.Join(s.tool.Root, "go.sum"), filepath.Join(dir, "go.sum")); err != nil {
		return nil, Module{}, err
	}
	next.dir, err = s.tool.settle(dir)
	return next, got, err
}

// copyTo begins a new set's folder.
func (s *Set) copyTo(ctx context.Context, dir string) error {
	if err := addSums(filepath.Join(dir, "go.sum"), filepath.Join(s.tool.Root, "go.sum")); err != nil {
		return err
	}
	if s.dir == "" {
		_, err := s.tool.Run(ctx, dir, nil, nil, "mod", "init", setModule)
		return err
	}
	data, err := os.ReadFile(filepath.Join(s.dir, "go.mod"))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), data, 0o666); err != nil {
		return err
	}
	return addSums(filepath.Join(dir, "go.sum"), filepath.Join(s.dir, "go.sum"))
}

// settle gives a folder the name that its go.mod makes. A folder that has the name already has the same in it.
func (t *Tool) settle(dir string) (string, error) {
	data, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	name := filepath.Join(t.Root, "set-"+hex.EncodeToString(sum[:10]))
	err = os.Rename(dir, name)
	if _, there := os.Stat(filepath.Join(name, "go.mod")); err != nil && there == nil {
		return name, addSums(filepath.Join(name, "go.sum"), filepath.Join(dir, "go.sum"))
	}
	return name, err
}

// addSums adds the lines of a go.sum to another one.
func addSums(to, from string) error {
	add, err := os.ReadFile(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	have, err := os.ReadFile(to)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	lines := strings.Split(string(have)+"\n"+string(add), "\n")
	slices.Sort(lines)
	lines = slices.DeleteFunc(slices.Compact(lines), func(l string) bool { return strings.TrimSpace(l) == "" })
	text := strings.Join(lines, "\n") + "\n"
	if text == string(have) {
		return nil
	}
	// Another session may read the file at this moment: it is replaced as a whole.
	f, err := os.CreateTemp(filepath.Dir(to), "sum-")
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), to)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// modFile is what `go mod edit -json` tells of a go.mod.
type modFile struct {
	Module  struct{ Path string }
	Require []struct{ Path, Version string }
	Exclude []struct{ Path, Version string }
	Replace []struct {
		Old, New struct{ Path, Version string }
	}
}

func (t *Tool) modFile(ctx context.Context, path string) (*modFile, error) {
	out, err := t.Run(ctx, filepath.Dir(path), nil, nil, "mod", "edit", "-json", path)
	if err != nil {
		return nil, err
	}
	m := &modFile{}
	if err := json.Unmarshal(out, m); err != nil {
		return nil, fmt.Errorf("go mod edit: %w", err)
	}
	return m, nil
}

// find returns the required module that a path belongs to.
func (m *modFile) find(asked Module) (Module, error) {
	best := Module{}
	for _, r := range m.Require {
		if (r.Path == asked.Path || strings.HasPrefix(asked.Path, r.Path+"/")) && len(r.Path) > len(best.Path) {
			best = Module{Path: r.Path, Version: r.Version}
		}
	}
	if best.Path == "" {
		return Module{}, fmt.Errorf("BUG: gomod: go get added no module for %s", asked.Path)
	}
	if asked.Dir != "" {
		best.Version, best.Dir = "", asked.Dir
	}
	return best, nil
}
