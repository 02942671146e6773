package engine_test

import (
	"testing"

	"tickbook/engine/enginetest"
)

func TestTableScripts(t *testing.T) { enginetest.RunScripts(t, "testdata") }
