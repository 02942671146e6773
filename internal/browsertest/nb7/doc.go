// Package nb7 plays the scenes of live outputs in Notebook 7.
package nb7
