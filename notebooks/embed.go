package notebooks

import _ "embed"

//go:embed guide.ipynb
var guide []byte

// GuideName is the file name of the guide.
const GuideName = "guide.ipynb"

// Guide returns the guide notebook's file, with nothing run: live market data from Kafka, step by step. (The file in this folder keeps the outputs of
// a run, so that it can be read where no kernel is.)
func Guide() []byte {
	nb, err := Parse(guide)
	if err != nil {
		panic("BUG: the embedded guide: " + err.Error())
	}
	nb.ClearOutputs()
	text, err := nb.Bytes()
	if err != nil {
		panic("BUG: the embedded guide: " + err.Error())
	}
	return text
}
