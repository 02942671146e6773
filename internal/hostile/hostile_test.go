package hostile

import (
	"strings"
	"testing"
)

// The corpus has no text twice, and most of it would set the flag if it ran.
func TestTexts(t *testing.T) {
	seen, armed := map[string]bool{}, 0
	for _, s := range Texts {
		if s == "" || seen[s] {
			t.Errorf("%q is empty or there twice", s)
		}
		seen[s] = true
		if strings.Contains(s, Flag) {
			armed++
		}
	}
	if armed < 50 {
		t.Errorf("only %d texts do anything", armed)
	}
}
