package lab40

import (
	"testing"

	"tickbook/internal/browsertest/scenes"
)

func TestScenes(t *testing.T) { scenes.Play(t, scenes.JupyterLab40) }
