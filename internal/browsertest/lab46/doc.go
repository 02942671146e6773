// Package lab46 plays the scenes of live outputs in JupyterLab 4.6.
package lab46
