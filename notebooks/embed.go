package notebooks

import (
	_ "embed"
	"slices"
)

//go:embed guide.ipynb
var guide []byte

// GuideName is the file name of the guide.
const GuideName = "guide.ipynb"

// Guide returns the guide notebook's file: live market data from Kafka, step by step.
func Guide() []byte { return slices.Clone(guide) }
