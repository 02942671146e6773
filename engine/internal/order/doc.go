// Package order holds what sorting needs: a persistent counted tree of entries (tree.go, writer.go), the words that order values of each kind
// (words.go), labels that order strings by their codes (labels.go), and a radix sort of entries (radix.go).
//
// An entry is a run of words, compared from first to last. Its last word is a row key, which makes entries distinct.
package order
