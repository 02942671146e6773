// Package arch holds the rules of the house that are tests: which package may import which, how long a file may be, which calls have no place
// where. It has no code of its own.
package arch
