"""A kernel that speaks the messages of live views with any number of rows, for tests of the page. Cells:

    table ROWS [COLUMNS]   a table that changes ten times a second; its first column is the row's key
    figure                 a figure
    quiet                  the kernel forgets all comms without a word, as after a broken connection
    log                    what the page has asked for so far, as text
"""
import asyncio, base64, html, json, struct, time, uuid, zlib
from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel

MIME, SESSION, START, HZ = "application/vnd.tickbook.view+json", uuid.uuid4().hex[:12], time.time(), 10


def step():
    return int((time.time() - START) * HZ)


def packed(cells):
    texts = [(c or "").encode() for c in cells]
    offsets, nulls = [0], bytearray((len(cells) + 7) // 8)
    for i, t in enumerate(texts):
        offsets.append(offsets[-1] + len(t))
        if cells[i] is None:
            nulls[i >> 3] |= 1 << (i & 7)
    return struct.pack(f"<{len(offsets)}I", *offsets) + b"".join(texts) + bytes(nulls)


class Table:
    kind = "table"

    def __init__(self, rows, columns):
        self.id, self.rows, self.log = uuid.uuid4().hex[:12], rows, []
        self.columns = [("Key", "int64"), ("Sym", "string"), ("Tick", "int64"), ("<i>X</i>", "string"), ("Time", "instant")]
        self.columns += [(f"C{i}", "float64") for i in range(len(self.columns), columns)]

    def cell(self, c, key, s):
        name = self.columns[c][0]
        if name == "Key":
            return str(key)
        if name == "Sym":
            return ["AAPL", "MSFT", "GOOG", "ÄÖ"][key % 4]
        if name == "Tick":
            return str(s if key % 3 == 0 else 0)  # every third row changes
        if name == "<i>X</i>":
            return None if key % 5 == 0 else "<img src=x onerror=window.evil=1>"
        if name == "Time":
            return "2026-01-23 15:21:48.123"
        return f"{key * c / 100:.2f}"

    def schema(self):
        return {"columns": [{"name": n, "type": t, **({"label": "instant (UTC)"} if t == "instant" else {})} for n, t in self.columns]}

    def frame(self, q):
        s = step()
        first = max(0, min(q["first"], self.rows - 1))
        count = max(0, min(q["count"], self.rows - first, 1000))
        order = q.get("order") or []
        keys = [self.rows - 1 - i if order and order[0][1] else i for i in range(first, first + count)]
        span = q.get("span") or {"first": 0, "end": len(self.columns)}
        span = {"first": span["first"], "end": min(span["end"], span["first"] + 200, len(self.columns))}
        data = {"first": first, "count": count, "rows": self.rows, "span": span, "step": s, "live": True, "rate": 1234.5,
                "status": {"code": "ok", "message": "", "bad": 3}}
        return data, [struct.pack(f"<{count}d", *keys)] + [packed([self.cell(c, k, s) for k in keys]) for c in range(span["first"], span["end"])]

    def snapshot(self):
        s, rows = step(), range(min(10, self.rows))
        tr = lambda tag, cells: "<tr>" + "".join(f"<{tag}>{html.escape(c or '∅')}</{tag}>" for c in cells) + "</tr>"
        lines = [[self.cell(c, r, s) for c in range(min(9, len(self.columns)))] for r in rows]
        names = [n for n, _ in self.columns[:9]]
        return {"text/html": f"<table>{tr('th', names)}{''.join(tr('td', x) for x in lines)}</table><p>step {s}</p>",
                "text/plain": f"{self.rows} rows, step {s}"}


class Figure:
    kind = "figure"

    def __init__(self):
        self.id, self.log = uuid.uuid4().hex[:12], []

    def schema(self):
        return {"width": 640, "height": 300}

    def image(self, q, s):
        w, h = q["width"], q["height"]
        r = q["range"] or {"x0": 0, "x1": 100}
        text = f"step {s} x {r['x0']:.1f} to {r['x1']:.1f}"
        return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}"><rect width="{w}" height="{h}" fill="#fff"/>'
                f'<rect x="50" y="10" width="{w - 60}" height="{h - 50}" fill="none" stroke="#888"/><text x="60" y="30">{text}</text></svg>').encode()

    def frame(self, q):
        s, r = step(), q["range"] or {"x0": 0, "x1": 100}
        plot = {"left": 50, "top": 10, "width": q["width"] - 60, "height": q["height"] - 50, "y0": 0, "y1": 10, "xtime": False, **r}
        return {"step": s, "mime": "image/svg+xml", "plot": plot}, [self.image(q, s)]

    def at(self, q):
        return {"x": q["x"], "label": f"x = {q['x']:.1f}", "values": [{"name": "<b>one</b>", "text": "5.00", "y": 5}, {"name": "two", "text": "∅", "y": None}]}

    def snapshot(self):
        s = step()
        return {"image/svg+xml": self.image({"width": 640, "height": 300, "range": None}, s).decode(), "text/plain": f"figure, step {s}"}


class ViewKernel(Kernel):
    implementation, implementation_version, banner = "tickbook", "0", ""
    language_info = {"name": "text", "mimetype": "text/plain", "file_extension": ".txt"}
    views, comms, newest, last, asked = {}, set(), {}, None, []

    def __init__(self, **kw):
        super().__init__(**kw)
        for t in ("comm_open", "comm_msg", "comm_close"):
            self.shell_handlers[t] = getattr(self, t)

    def do_execute(self, code, silent, store_history=True, user_expressions=None, allow_stdin=False, **kw):
        word, *args = code.split()
        if word in ("table", "figure"):
            v = self.__class__.last = Table(int(args[0]), int((args + [6])[1])) if word == "table" else Figure()
            self.views[v.id] = v
            self.send_response(self.iopub_socket, "display_data", {
                "metadata": {}, "transient": {"display_id": v.id},
                "data": {MIME: {"version": 1, "session": SESSION, "view": v.id, "kind": v.kind}, **v.snapshot()}})
        elif word == "quiet":
            self.comms.clear()
        elif word == "log":
            self.send_response(self.iopub_socket, "stream", {"name": "stdout", "text": json.dumps(self.asked)})
        return {"status": "ok", "execution_count": self.execution_count, "payload": [], "user_expressions": {}}

    def say(self, msg, data, buffers=None):
        self.session.send(self.iopub_socket, "comm_msg", {"comm_id": msg["content"]["comm_id"], "data": data},
                          parent=msg, ident=self._topic("comm_msg"), buffers=buffers)

    async def comm_open(self, stream, ident, msg):
        self.comms.add(msg["content"]["comm_id"])
        self.asked.append({"t": "comm_open"})
        self.say(msg, {"t": "hello", "session": SESSION, "version": 1})

    async def comm_close(self, stream, ident, msg):
        self.comms.discard(msg["content"]["comm_id"])

    async def comm_msg(self, stream, ident, msg):
        q = msg["content"]["data"]
        if msg["content"]["comm_id"] not in self.comms:
            return
        self.asked.append(q)
        if q["t"] == "hold":
            return
        if q["t"] == "snapshot":
            for v in q["views"]:
                if v in self.views:
                    self.say(msg, {"t": "snapshot", "view": v, "data": self.views[v].snapshot()})
            if q.get("seq"):
                self.say(msg, {"t": "snapshots", "seq": q["seq"]})
            return
        v, to = self.views.get(q["view"]), {"view": q["view"], "viewer": q["viewer"]}
        if v is None:
            self.say(msg, {"t": "gone", **to})
        elif q["t"] == "open":
            self.say(msg, {"t": "schema", "kind": v.kind, **to, **v.schema()})
        elif q["t"] == "frame":
            asyncio.ensure_future(self.frame(msg, v, q, to))
        elif q["t"] == "at":
            self.say(msg, {"t": "at", "seq": q["seq"], **to, **v.at(q)})
        elif q["t"] == "copy":
            lines = ["\t".join(v.cell(c, r, 0) or "" for c in q["columns"]) for r in range(q["first"], q["first"] + q["count"])]
            self.say(msg, {"t": "copy", "seq": q["seq"], "count": q["count"], "columns": q["columns"], "text": "".join(x + "\n" for x in lines), **to})

    async def frame(self, msg, v, q, to):
        self.newest[q["viewer"]] = q["seq"]
        while step() <= q["since"]:
            await asyncio.sleep(0.01)
            if self.newest[q["viewer"]] != q["seq"]:
                return
        data, buffers = v.frame(q)
        self.say(msg, {"t": "frame", "seq": q["seq"], **to, **data}, buffers)

    def _publish_status(self, status, channel, parent=None):  # no busy and idle around comm messages
        p = parent or self.get_parent(channel)
        if not (p and p.get("header", {}).get("msg_type", "").startswith("comm_")):
            super()._publish_status(status, channel, parent)


if __name__ == "__main__":
    IPKernelApp.launch_instance(kernel_class=ViewKernel)
