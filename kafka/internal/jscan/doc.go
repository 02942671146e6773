// Package jscan decodes JSON objects by a schema: the fields that a table wants go straight into typed column buffers, the others are stepped
// over, and every byte is checked.
//
// Strings follow encoding/json (version 1): invalid UTF-8 and lone surrogates become U+FFFD. Field names match exactly. Each of several fields
// with one name must fit, and the last one wins. A missing field and a null are null.
//
// Read columns.go and decode.go first, then key.go, number.go, text.go and instant.go; skip.go steps over what no column wants.
package jscan
