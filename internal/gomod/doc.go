// Package gomod asks the user's go command for modules and for the files of their packages.
//
// Reading order: tool.go (the command), set.go (a set of modules with versions), packages.go (what is in them).
package gomod
