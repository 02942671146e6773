// Probes of what a page shows, for the benchmarks of pages: window.probe(system, output node). A system says where its table's rows
// are; cells are Key, Stamp and others, Stamp being the microsecond in which the kernel changed the row.
(() => {
  /** deep is querySelector that looks into shadow roots too. */
  const deep = (root, selector) => {
    const found = root.querySelector(selector);
    if (found) return found;
    for (const e of root.querySelectorAll('*')) {
      const inner = e.shadowRoot && deep(e.shadowRoot, selector);
      if (inner) return inner;
    }
    return null;
  };
  const texts = (row) => [...row.cells ?? row.children].map((c) => c.textContent.trim());
  const number = (text) => Number((text ?? '').replaceAll(',', ''));
  /** inside are the rows that show whole in a box. */
  const inside = (rows, top, bottom) => rows.filter((r) => {
    const b = r.getBoundingClientRect();
    return b.height > 0 && b.top >= top - 1 && b.bottom <= bottom + 1;
  });

  const systems = {
    tickbook: (output) => {
      const grid = output.querySelector('.tickbook-live:not([hidden]):not(.tickbook-unseen) .tickbook-grid');
      return grid && {
        root: grid,
        scroller: grid,
        rows: () => inside([...grid.querySelectorAll('.tickbook-body > .tickbook-row')], grid.querySelector('.tickbook-head').getBoundingClientRect().bottom,
          grid.getBoundingClientRect().top + grid.clientHeight).sort((a, b) => a.dataset.row - b.dataset.row).map(texts),
      };
    },
    html: (output) => output.querySelector('table') && {
      root: output, // its content is replaced at each refresh
      scroller: null,
      rows: () => [...output.querySelectorAll('tr')].filter((r) => r.querySelector('td')).map(texts),
    },
    perspective: (output) => {
      const table = deep(output, 'regular-table');
      const body = table && deep(table, 'tbody');
      return body && {
        root: body.getRootNode(), // the table may be replaced
        scroller: table,
        rows: () => inside([...deep(table, 'tbody').rows], deep(table, 'thead').getBoundingClientRect().bottom, table.getBoundingClientRect().bottom).map(
          (r) => [...r.cells].filter((c) => c.nodeName === 'TD').map((c) => c.textContent.trim())),
      };
    },
    // A canvas in a frame, which tells what texts it draws: see spy in page_test.go.
    deephaven: (output) => output.querySelector('iframe') && { root: output, scroller: null, rows: () => [] },
  };

  let inFrame = false; // while callbacks of this frame run: what they change is painted with it
  const request = window.requestAnimationFrame.bind(window);
  const soon = (f) => {
    const c = new MessageChannel();
    c.port1.onmessage = f;
    c.port2.postMessage(0);
  };
  window.requestAnimationFrame = (f) => request((t) => {
    if (!inFrame) {
      inFrame = true;
      soon(() => (inFrame = false));
    }
    f(t);
  });
  /** painted calls f when what was changed just now has been painted. */
  const painted = (f) => (inFrame ? soon(f) : request(() => soon(f)));
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));

  window.probe = (name, output) => {
    const at = () => systems[name](output);
    const stamp = () => number(at()?.rows()[0]?.[1]);
    return {
      rows: () => at()?.rows() ?? [],
      stamp,

      /** latencies watches the first row's stamp: ms from the change in the kernel until it is painted, one for each change seen. */
      async latencies(ms) {
        const found = [];
        const note = (s) => painted(() => found.push(Date.now() - s / 1000));
        if (name === 'deephaven') {
          let last = 0;
          const listen = (e) => {
            if (e.data?.stamp > last) note((last = e.data.stamp));
          };
          window.addEventListener('message', listen);
          await wait(ms);
          window.removeEventListener('message', listen);
          return found;
        }
        let last = stamp();
        const observer = new MutationObserver(() => {
          const s = stamp();
          if (!s || s === last) return;
          last = s;
          note(s);
        });
        observer.observe(at().root, { subtree: true, childList: true, characterData: true });
        await wait(ms);
        observer.disconnect();
        return found;
      },

      /** frames counts what the page could paint: frames a second, and the longest time between two, in ms. */
      frames: (ms) => new Promise((done) => {
        const start = performance.now();
        let last = start, count = 0, longest = 0;
        const next = () => {
          const now = performance.now();
          longest = Math.max(longest, now - last);
          last = now;
          count++;
          if (now - start < ms) request(next);
          else done({ second: (1000 * count) / (now - start), longest });
        };
        request(next);
      }),

      /** jumps scrolls to places far apart, and measures in ms how long it takes until the rows that belong there are painted. */
      async jumps(count, total) {
        const found = [];
        let was = 0;
        for (let i = 0; i < count; i++) {
          let to;
          do to = Math.random();
          while (Math.abs(to - was) < 0.1);
          was = to;
          const { scroller } = at();
          const isThere = () => {
            const keys = at().rows().map((r) => number(r[0]));
            return keys.length > 5 && Math.abs(keys[0] - to * (total - keys.length)) < total / 500 && keys.every((k, j) => k === keys[0] + j);
          };
          const start = performance.now();
          scroller.scrollTop = to * (scroller.scrollHeight - scroller.clientHeight);
          await new Promise((done, fail) => {
            const look = () => {
              if (isThere()) painted(() => done(found.push(performance.now() - start)));
              else if (performance.now() - start > 20_000) fail(new Error(`no rows of ${to}: ${JSON.stringify(at().rows())}`));
              else request(look);
            };
            look();
          });
          await wait(150);
        }
        at().scroller.scrollTop = 0;
        await wait(500);
        return found;
      },
    };
  };
})();
