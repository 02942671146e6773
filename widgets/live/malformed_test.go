package live

import (
	"fmt"
	"strings"
	"testing"

	"tickbook/display"
)

func TestMalformed(t *testing.T) {
	run(t, func(t *testing.T, s *number, v *View, p *page) {
		for _, text := range malformed {
			p.h.Message(display.CommMessage{Data: []byte(strings.ReplaceAll(text, "VIEW", v.id))})
			m := p.wait()
			if len(m) != 1 || m[0]["t"] != "error" || m[0]["message"] == "" {
				t.Errorf("%.200s: got %v", text, m)
			}
		}
		if len(p.h.(*conn).viewers) != 0 {
			t.Errorf("viewers of malformed requests")
		}
		p.ask(v, 1, -1)
		p.want("frame seq=1 n=1 step=1")
	})
}

var malformed = []string{
	``, `{`, `null`, `[]`, `7`, `"open"`, `{}`, `{"t":7}`, `{"t":"close"}`,
	`{"t":"open"}`, `{"t":"open","view":"VIEW"}`, `{"t":"open","view":"VIEW","viewer":null}`, `{"t":"open","view":"VIEW","viewer":{}}`,
	`{"t":"open","view":"VIEW","viewer":[1]}`, `{"t":"open","view":7,"viewer":1}`, `{"t":"open","view":"","viewer":1}`,
	`{"t":"open","view":"VIEW","viewer":"` + strings.Repeat("x", 200) + `"}`, `{"t":"open","viewer":1,"view":"` + strings.Repeat("x", 200) + `"}`,
	`{"t":"frame","view":"VIEW","viewer":1,"seq":"1"}`, `{"t":"frame","view":"VIEW","viewer":1,"seq":1e99}`, `{"t":"frame","view":"VIEW","viewer":1,"first":1.5}`,
	`{"t":"frame","view":"VIEW","viewer":1,"count":-1}`, `{"t":"frame","view":"VIEW","viewer":1,"count":1e30}`, `{"t":"frame","view":"VIEW","viewer":1,"order":{}}`,
	`{"t":"frame","view":"VIEW","viewer":1,"order":[` + strings.Repeat("1,", 20) + `1]}`, `{"t":"frame","view":"VIEW","viewer":1,"since":"x"}`,
	`{"t":"frame","view":"VIEW","viewer":1,"range":{"x0":2,"x1":1}}`, `{"t":"frame","view":"VIEW","viewer":1,"range":{}}`, `{"t":"frame","view":"VIEW","viewer":1,"range":[1,2]}`,
	`{"t":"frame","view":"VIEW","viewer":1,"range":{"x0":1,"x1":1e999}}`, `{"t":"at","view":"VIEW","viewer":1}`, `{"t":"at","view":"VIEW","viewer":1,"x":"1"}`,
	`{"t":"frame","view":"VIEW","viewer":1,"span":{"first":-1,"end":3}}`, `{"t":"frame","view":"VIEW","viewer":1,"span":{"first":4,"end":3}}`,
	`{"t":"frame","view":"VIEW","viewer":1,"span":[1,2]}`, `{"t":"frame","view":"VIEW","viewer":1,"span":{"first":0,"end":1e20}}`,
	`{"t":"frame","view":"VIEW","viewer":1,"theme":{"paper":[1,2,300]}}`, `{"t":"frame","view":"VIEW","viewer":1,"theme":"dark"}`, `{"t":"frame","view":"VIEW","viewer":1,"ratio":"2"}`,
	`{"t":"copy","view":"VIEW","viewer":1,"columns":["a"]}`, `{"t":"snapshot","views":"VIEW"}`, `{"t":"snapshot","views":[1]}`, `{"t":"hold","views":"VIEW"}`,
	`{"t":"snapshot","views":[` + strings.Repeat(`"x",`, 1001) + `"x"]}`, `{"t":"open","pad":"` + strings.Repeat("x", maxRequest) + `"}`, "\xff\xfe", `{"t":"open"}x`,
}

func FuzzRequest(f *testing.F) {
	for _, text := range malformed {
		if len(text) < 2000 {
			f.Add([]byte(text))
		}
	}
	f.Add([]byte(`{"t":"frame","view":"VIEW","viewer":"a","seq":1,"since":-1,"first":-5,"count":7,"order":[[0,true],["N",false]],"range":{"x0":1,"x1":2}}`))
	f.Add([]byte(`{"t":"at","view":"VIEW","viewer":1,"seq":1,"x":1e300}`))
	f.Add([]byte(`{"t":"snapshot","views":["VIEW"]}`))
	h := NewHub()
	_, v, stop := shown(h)
	f.Cleanup(stop)
	f.Fuzz(func(t *testing.T, data []byte) {
		p := open(t, h)
		p.h.Message(display.CommMessage{Data: []byte(strings.ReplaceAll(string(data), "VIEW", v.id))})
		p.h.Closed()
		for _, m := range p.take() {
			if m["t"] == nil || fmt.Sprint(m["t"]) == "" {
				t.Errorf("an answer without a type: %v", m)
			}
		}
	})
}
