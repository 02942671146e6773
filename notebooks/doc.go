// Package notebooks holds the notebooks that come with Tickbook and runs notebook files without Jupyter.
//
// Read file.go (nbformat 4 in and out), outputs.go (what cells say, as a notebook keeps it), params.go (overriding the parameters cell), run.go
// (executing a notebook through the kernel's session), embed.go (the notebooks that come along).
package notebooks
