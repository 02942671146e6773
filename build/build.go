package build

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tickbook/internal/gomod"
	"tickbook/internal/symbols/extract"
)

// Options say what to build.
type Options struct {
	// Source is the folder of Tickbook's own source; "" looks for it.
	Source string
	// With are what to compile in: module@version, package@version, or ./folder of a module; at least one.
	With []string
	// Output is the binary to write.
	Output string
	// Out is told of the progress.
	Out io.Writer
}

// Result is what was built.
type Result struct {
	Packages []string          // that cells may import now
	Left     []string          // of those asked for, the ones that are better read from source
	Modules  map[string]string // versions by path; that of a folder is ""
}

// Build builds a kernel. It takes the go command on PATH with the user's settings.
func Build(ctx context.Context, o Options) (r Result, err error) {
	if len(o.With) == 0 {
		return r, errors.New("build: nothing to compile in; say --with module@version")
	}
	b := &builder{tool: &gomod.Tool{C: true}, out: o.Out}
	if b.source, err = source(ctx, b.tool, o.Source); err != nil {
		return r, err
	}
	if b.dir, err = os.MkdirTemp("", "tickbook-build-"); err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	output, err := filepath.Abs(o.Output)
	if err != nil {
		return r, err
	}
	if err := b.copyModFile(); err != nil {
		return r, err
	}
	for _, w := range o.With {
		if err := b.add(ctx, w); err != nil {
			if !strings.HasPrefix(err.Error(), w+": ") { // as the go command begins
				err = fmt.Errorf("%s: %w", w, err)
			}
			return r, fmt.Errorf("build: %w", err)
		}
	}
	b.say("compiling %s", strings.Join(b.patterns, ", "))
	over, err := b.layer(ctx)
	if err != nil {
		return r, err
	}
	b.say("building a kernel with %d packages", len(over.packages))
	_, err = b.run(ctx, "build", "-overlay="+filepath.Join(b.dir, overlayFile), "-o", output, ".")
	return Result{over.packages, over.left, over.modules}, err
}

// layer compiles the packages and writes what lies over Tickbook's source.
func (b *builder) layer(ctx context.Context) (*layer, error) {
	pkgs, err := b.packages(ctx)
	if err != nil {
		return nil, err
	}
	l, err := overlay(pkgs, b.asked)
	if err != nil {
		return nil, err
	}
	return l, l.write(b.dir, b.source)
}

type builder struct {
	tool     *gomod.Tool
	source   string
	dir      string   // for the build alone
	patterns []string // of the packages asked for
	asked    []string // their paths, without dots
	out      io.Writer
}

func (b *builder) say(format string, args ...any) { fmt.Fprintf(b.out, format+"\n", args...) }

// run runs a go command in Tickbook's source with the go.mod of the build.
func (b *builder) run(ctx context.Context, args ...string) ([]byte, error) {
	args = slices.Insert(args, 1, "-modfile="+filepath.Join(b.dir, "go.mod"))
	return b.tool.Run(ctx, b.source, []string{"GOFLAGS=" + withoutMod(os.Getenv("GOFLAGS"))}, b.out, args...)
}

// withoutMod takes out of GOFLAGS what is about another go.mod.
func withoutMod(flags string) string {
	return strings.Join(slices.DeleteFunc(strings.Fields(flags), func(f string) bool {
		f = strings.TrimLeft(f, "-")
		return strings.HasPrefix(f, "mod=") || strings.HasPrefix(f, "modfile=")
	}), " ")
}

func (b *builder) copyModFile() error {
	for _, name := range []string{"go.mod", "go.sum"} {
		data, err := os.ReadFile(filepath.Join(b.source, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(b.dir, name), data, 0o666)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// add takes in what one --with says.
func (b *builder) add(ctx context.Context, with string) error {
	path, version, _ := strings.Cut(with, "@")
	if gomod.IsFolder(with) {
		m, edits, err := b.tool.Folder(ctx, with)
		if err != nil {
			return err
		}
		args := append([]string{"mod", "edit"}, edits...)
		if _, err := b.tool.Run(ctx, b.source, nil, b.out, append(args, filepath.Join(b.dir, "go.mod"))...); err != nil {
			return err
		}
		path = m.Path
	} else {
		if path == "" {
			return errors.New("want module@version or ./folder")
		}
		if version == "" {
			version = "latest"
		}
		if _, err := b.run(ctx, "get", path+"@"+version); err != nil {
			return err
		}
	}
	b.asked = append(b.asked, path)
	b.patterns = append(b.patterns, path+"/...")
	return nil
}

// packages lists the packages asked for and what they import, compiled.
func (b *builder) packages(ctx context.Context) ([]extract.Package, error) {
	out, err := b.run(ctx, append([]string{"list", "-mod=mod", "-e", "-deps", "-export", extract.Fields}, b.patterns...)...)
	if err != nil {
		return nil, err
	}
	return extract.Decode(out)
}

// overlayFile tells the go command which files lie over the source.
const overlayFile = "overlay.json"

// writeOverlay writes that file: names in the source to files.
func writeOverlay(dir string, files map[string]string) error {
	text, err := json.Marshal(map[string]any{"Replace": files})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, overlayFile), text, 0o666)
}
