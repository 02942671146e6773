package browsertest_test

import "testing"

// TestJumps scrolls a ticking table a hundred times by its bar: a frame that comes before the event of the scroll doesn't undo it.
func TestJumps(t *testing.T) {
	n, _, _ := viewLab(t, "table 1000000")
	n.Run(0)
	n.Select(0)
	n.WaitLive(0)
	var undone [][]float64
	n.Grid(0, &undone, `await (async () => {
		const frame = () => new Promise(requestAnimationFrame);
		const undone = [];
		for (let i = 0; i < 100; i++) {
			const to = Math.round((0.1 + 0.8 * Math.random()) * (grid.scrollHeight - grid.clientHeight));
			grid.scrollTop = to;
			await new Promise(done => setTimeout(done, 7)); // a frame of the table may come here
			await frame();
			await frame();
			if (Math.abs(grid.scrollTop - to) > 2) undone.push([i, to, grid.scrollTop]);
		}
		return undone;
	})()`)
	for _, u := range undone {
		t.Errorf("scroll %v to %v was undone: the table is at %v", u[0], u[1], u[2])
	}
}
