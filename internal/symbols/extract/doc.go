// Package extract takes out of packages what package symbols offers of them: list.go lists packages and reads their export data, table.go writes a
// package's table, docs.go reads its documentation, zip.go writes archives.
package extract
