// Package lab40 plays the scenes of live outputs in JupyterLab 4.0.
package lab40
