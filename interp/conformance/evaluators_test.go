package conformance

import "tickbook/interp"

// evaluator is a back end to be measured.
type evaluator struct {
	name string
	make func(interp.Options) (interp.Evaluator, error)
}

// evaluators lists what is measured. What one is known to fail is in testdata: the cases in NAME.txt, the programs in programs/NAME.txt.
var evaluators = []evaluator{
	{"yaegi", interp.NewYaegi},
	{"exec", interp.NewExec},
}

// evaluatorNamed returns the evaluator called name.
func evaluatorNamed(name string) (evaluator, bool) {
	for _, e := range evaluators {
		if e.name == name {
			return e, true
		}
	}
	return evaluator{}, false
}

// The lists of programs are of this version of Go. Another one may have others.
const (
	programsVersion = "go1.26.8"
	programsCount   = 1022
)
