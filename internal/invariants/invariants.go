// Package invariants says whether a build checks its own invariants as it runs.
//
// Enabled never chooses an algorithm: what a check-free build runs must be what the tests ran.
package invariants
