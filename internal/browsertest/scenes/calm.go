package scenes

import (
	"fmt"
	"testing"
)

// calm shows an output anew fifty times in five seconds, as refreshes by display id do, and by running its cell: no frame lacks the table, and it
// stays where it was.
func calm(t *testing.T, s *stage) {
	n := s.open(t, "calm.ipynb", thousands, "input.Table")
	runAll(t, n)
	n.Select(1)
	n.WaitLive(1)
	g := grid{t, n, 1}
	n.Grid(1, nil, `grid.scrollTop = 22 * 300`)
	n.Wait("row 300", func() bool { return g.first() == "300" })
	for what, again := range map[string]string{
		"shown anew": `(o => o.setData({data: {...o.data, 'text/plain': 'again ' + i}}))(nb.content.widgets[1].model.outputs.get(0))`,
		"run again":  `app.commands.execute('notebook:run-cell')`,
	} {
		stop := n.Watch()
		n.Eval(nil, `(async () => {
			for (let i = 0; i < 50; i++) {
				const next = new Promise(done => setTimeout(done, 100));
				await %s;
				await next;
			}
		})()`, again)
		seen := stop()
		if len(seen.Blank) > 0 || seen.Frames == 0 {
			t.Errorf("%s: of %d frames these lacked the table: %d, such as %.100q", what, seen.Frames, len(seen.Blank), seen.Blank)
		}
		t.Logf("%s: %d frames, %d of them blank", what, seen.Frames, len(seen.Blank))
		n.WaitLive(1)
		n.Wait(what+": the place of before", func() bool { return g.first() == "300" })
		changes(n, "ticks", 1, func() string { return fmt.Sprint(n.Table(1)) })
	}
	s.quiet(t, n)
}
