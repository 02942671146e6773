package extract

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

// Package is what `go list` tells of a package.
type Package struct {
	ImportPath, Name, Dir, Export string
	Standard                      bool
	GoFiles, CgoFiles, SFiles     []string
	Module                        *struct {
		Path, Version string
		Replace       *struct{ Version string }
	}
	Error *struct{ Err string }
}

// Fields are those of `go list -json` that [Decode] reads.
const Fields = "-json=ImportPath,Name,Dir,Export,Standard,GoFiles,CgoFiles,SFiles,Module,Error"

// List lists packages for one platform and without C, so that the output is the same wherever this runs. Any package with an error is one.
func List(args ...string) ([]Package, error) {
	cmd := exec.Command("go", append([]string{"list", "-trimpath", Fields}, args...)...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list %s: %w\n%s", strings.Join(args, " "), err, stderr.Bytes())
	}
	ps, err := Decode(out)
	if err != nil {
		return nil, err
	}
	for _, p := range ps {
		if p.Error != nil {
			return nil, fmt.Errorf("package %s: %s", p.ImportPath, p.Error.Err)
		}
	}
	return ps, nil
}

// Decode reads what `go list -json` printed.
func Decode(out []byte) ([]Package, error) {
	var ps []Package
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p Package
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return ps, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		ps = append(ps, p)
	}
}

// Read returns a compiled package's export data and what it says. imports keeps the packages that were met.
func Read(p Package, fset *token.FileSet, imports map[string]*types.Package) ([]byte, *types.Package, error) {
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
