package gomod

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Package is what `go list` tells of a package. Its files are those for this platform, without C and, where the package leaves the choice, without
// assembly.
type Package struct {
	ImportPath     string
	Name           string
	Dir            string
	Standard       bool
	GoFiles        []string
	IgnoredGoFiles []string
	SFiles         []string // assembly
	EmbedPatterns  []string
	EmbedFiles     []string
	Imports        []string
	ImportMap      map[string]string // where an import line means another path
	Module         *struct {
		Path, Version, GoVersion string
		Main                     bool
		Replace                  *struct{ Path, Version string }
	}
	Error *struct{ Err string }
}

const listed = "-json=ImportPath,Name,Dir,Standard,GoFiles,IgnoredGoFiles,SFiles,EmbedPatterns,EmbedFiles,Imports,ImportMap,Module,Error"

// Tags are the build tags by which packages choose Go over assembly, and over what relies on how the compiler lays things out.
const Tags = "purego,noasm,safe"

// flags are the user's GOFLAGS.
type flags struct {
	others string // but for tags, and -mod, which is about a module of the user's
	tags   string // with ours
}

func (f flags) env() []string { return []string{"GOFLAGS=" + f.others} }

func (t *Tool) flags(ctx context.Context, dir string) (flags, error) {
	v, err := t.env(ctx, dir, "GOFLAGS")
	if err != nil {
		return flags{}, err
	}
	out := flags{tags: Tags}
	for _, f := range strings.Fields(v[0]) {
		name, value, _ := strings.Cut(strings.TrimLeft(f, "-"), "=")
		switch name {
		case "mod", "modfile":
		case "tags":
			out.tags += "," + value
		default:
			out.others = strings.TrimSpace(out.others + " " + f)
		}
	}
	return out, nil
}

// plainArch is an architecture like the common ones, of 64 bits and little-endian, for which hardly anybody writes assembly: packages have Go for it.
const plainArch = "mips64le"

// Names lists the packages of a module by path and name, and the one at path, if there is one. Of the others, those without a file for this platform
// are left out.
func (s *Set) Names(ctx context.Context, module, path string) ([]*Package, error) {
	ps, err := s.list(ctx, nil, nil, "-e", "-find", module+"/...", path)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(ps, func(p *Package) bool {
		inside := slices.Contains(strings.Split(p.ImportPath, "/"), "internal") || strings.HasPrefix(p.ImportPath, "vendor/")
		return p.Name == "" || p.Name == "main" || inside || len(p.GoFiles) == 0 && len(p.IgnoredGoFiles) == 0
	}), nil
}

// Packages lists packages and all that they import, what is imported first. Modules that are not on this machine yet are fetched, unless offline.
// What is wrong with a package stands in it.
func (s *Set) Packages(ctx context.Context, paths []string, offline bool, progress io.Writer) ([]*Package, error) {
	if s.dir == "" || len(paths) == 0 {
		return nil, nil
	}
	var env []string
	if offline {
		env = []string{"GOPROXY=off"}
	}
	args := append([]string{"-e", "-deps"}, paths...)
	ps, err := s.list(ctx, env, progress, args...)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(ps, (*Package).hasAssembly) {
		plain, err := s.list(ctx, append(env, "GOARCH="+plainArch), progress, args...)
		if err != nil {
			return nil, err
		}
		ps = replaceAssembly(ps, plain)
	}
	return ps, nil
}

func (p *Package) hasAssembly() bool { return len(p.SFiles) > 0 && !p.Standard }

// replaceAssembly takes packages with assembly in the form for an architecture without it, if they have one.
func replaceAssembly(ps, plain []*Package) (out []*Package) {
	byPath := map[string]*Package{}
	for _, p := range plain {
		byPath[p.ImportPath] = p
	}
	done := map[string]bool{}
	original := map[string]*Package{}
	for _, p := range ps {
		original[p.ImportPath] = p
	}
	var add func(path string)
	add = func(path string) {
		if done[path] {
			return
		}
		done[path] = true
		p := original[path]
		if q := byPath[path]; q != nil && (p == nil || p.hasAssembly() && !q.hasAssembly() && q.Error == nil && !slices.Contains(q.Imports, "syscall")) {
			p = q
		}
		if p == nil {
			return
		}
		for _, i := range p.Imports {
			if m, ok := p.ImportMap[i]; ok {
				i = m
			}
			add(i)
		}
		out = append(out, p)
	}
	for _, p := range ps {
		add(p.ImportPath)
	}
	return out
}

func (s *Set) list(ctx context.Context, env []string, progress io.Writer, args ...string) ([]*Package, error) {
	out, err := s.tool.Run(ctx, s.dir, append(s.flags.env(), env...), progress, append([]string{"list", "-mod=mod", "-tags=" + s.flags.tags, listed}, args...)...)
	if err != nil {
		return nil, err
	}
	var ps []*Package
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		p := &Package{}
		if err := d.Decode(p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		ps = append(ps, p)
	}
	return ps, nil
}
