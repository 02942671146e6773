// Package conformance holds the tests that every evaluator of Go cells is measured with.
//
// The language suite (testdata/language, one file for a part of the Go specification) is a list of cases: cells and what they print, show or
// fail with. The compiler itself is asked whether what the cases want is right. The programs are the runnable files of the Go
// installation's own test folder, each run as one cell.
//
// Reading order: evaluators_test.go (what is measured, and with which known failures), language_cases_test.go (the format of cases), worker_test.go
// (cells run in processes of their own, so that a crash is a result), language_test.go; language_compiler_test.go and language_refused_test.go (what
// the compiler says of the cases); programs_test.go, programs_cell_test.go (one as a cell) and programs_compiled_test.go; supported_test.go
// (docs/supported-go.md).
package conformance
