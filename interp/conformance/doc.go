// Package conformance holds the tests that every evaluator of Go cells is measured with.
//
// The language suite (testdata/language, one file for a part of the Go specification) is a list of cases: cells and what they print, show or
// fail with. The compiler itself is asked whether what the cases want is right. The programs are the runnable files of the Go
// installation's own test folder, each run as one cell.
//
// Reading order: evaluators_test.go (what is measured, and with which known failures), cases_test.go (the format of cases), worker_test.go
// (cells run in processes of their own, so that a crash is a result), language_test.go, compiler_test.go, programs_test.go and supported_test.go
// (docs/supported-go.md).
package conformance
