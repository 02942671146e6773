package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"strings"

	"golang.org/x/tools/go/gcexportdata"
)

// pkg is what `go list` tells of a package.
type pkg struct {
	ImportPath, Name, Dir, Export string
	GoFiles                       []string
	Error                         *struct{ Err string }
}

func list(args ...string) ([]pkg, error) {
	cmd := exec.Command("go", append([]string{"list", "-trimpath", "-json=ImportPath,Name,Dir,Export,GoFiles,Error"}, args...)...)
	// One platform and no C, so that the output is the same wherever this runs.
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list %s: %w\n%s", strings.Join(args, " "), err, stderr.Bytes())
	}
	var ps []pkg
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return ps, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		if p.Error != nil {
			return nil, fmt.Errorf("package %s: %s", p.ImportPath, p.Error.Err)
		}
		ps = append(ps, p)
	}
}

// listExport compiles the packages and lists them with their export data.
func listExport(paths []string) ([]pkg, error) { return list(append([]string{"-export"}, paths...)...) }

func readExport(p pkg, fset *token.FileSet, imports map[string]*types.Package) ([]byte, *types.Package, error) {
	if p.Export == "" {
		return nil, nil, fmt.Errorf("package %s has no export data", p.ImportPath)
	}
	f, err := os.Open(p.Export)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	r, err := gcexportdata.NewReader(f)
	if err != nil {
		return nil, nil, fmt.Errorf("package %s: %w", p.ImportPath, err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, nil, fmt.Errorf("package %s: %w", p.ImportPath, err)
	}
	tp, err := gcexportdata.Read(bytes.NewReader(data), fset, imports, p.ImportPath)
	if err != nil {
		return nil, nil, fmt.Errorf("package %s: %w", p.ImportPath, err)
	}
	return data, tp, nil
}
