package shots

import (
	"flag"
	"testing"

	"tickbook/internal/browsertest/scenes"
)

var images = flag.String("images", "", "the folder to write the pictures into")

func folder(t *testing.T) string {
	if *images != "" {
		return *images
	}
	return t.TempDir()
}

func TestJupyterLab(t *testing.T) { scenes.Shoot(t, scenes.JupyterLab, folder(t)) }

func TestNotebook7(t *testing.T) { scenes.ShootOne(t, scenes.Notebook7, folder(t)) }
