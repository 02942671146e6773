package kernel

import "testing"

func TestHelp(t *testing.T) {
	f := newFixture(t, nil)
	defer f.Close()
	for _, code := range []string{"?print", "print?", " print?? "} {
		if r := f.cell(code); len(r.Payload) != 1 || r.Payload[0]["source"] != "page" {
			t.Errorf("%q: got %+v", code, r)
		}
	}
	if r := f.cell("nothing?"); r.Status != "error" {
		t.Errorf("got %+v", r)
	}
	for code, want := range map[string]bool{"a.B?": true, "?": false, "a b?": false, "a.?": false, "a???": false, "%time?": true, "%%sh??": true, "%a.b?": false, "%%%a?": false, "x := 1": false, `"a"?`: false} {
		if _, _, got := helpCell(code); got != want {
			t.Errorf("helpCell(%q) = %t, want %t", code, got, want)
		}
	}
}
