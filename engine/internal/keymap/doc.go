// Package keymap numbers the distinct keys of rows: what groups and exact join keys are inside an operator. map.go has the hash tables, pack.go
// turns key columns into the words that they take.
package keymap
