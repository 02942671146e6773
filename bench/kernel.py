"""Times kernels as a client sees them, turn by turn, and prints JSON.

usage: kernel.py start ROUNDS | roundtrip CELLS | cells RUNS WORK SLOWRUNS | session CELLS WORK, with kernels on stdin:
{"name": ["argv", …, "{connection_file}"], …}

start: ms from starting the process until the first kernel_info reply, and until the reply to the first cell, sent after that. The client adds no wait of
its own: it tries to connect every millisecond.
roundtrip: ms from sending the cell 1+1 until its reply, and until idle.
cells: ms from sending a cell until its reply. WORK is {"setup": {kernel: cell}, "cell": {kernel: cell}}; all kernels must show one value. A kernel
that takes longer than a second does it SLOWRUNS times only.
session: the same for many cells, and what the memory of the process grew by per cell after the first thousand, in kB; %d in the cell is its number.
"""

import json
import os
import subprocess
import sys
import tempfile
import time

import zmq
from jupyter_client.connect import write_connection_file
from jupyter_client.session import Session

LIMIT = 60_000  # ms for one answer
CELL = "1+1"
TURN = 10  # cells of one kernel before it is another's turn


class Kernel:
    running = []

    def __init__(self, argv, directory):
        file = os.path.join(directory, f"kernel-{time.monotonic_ns()}.json")
        file, conf = write_connection_file(file, ip="127.0.0.1", key=os.urandom(16).hex().encode())
        self.session = Session(key=conf["key"].encode())
        self.context = zmq.Context()
        self.sockets = {}
        self.start = time.perf_counter()
        self.process = subprocess.Popen(
            [a.replace("{connection_file}", file) for a in argv], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        Kernel.running.append(self)
        for name, kind in ("shell", zmq.DEALER), ("control", zmq.DEALER), ("iopub", zmq.SUB):
            s = self.context.socket(kind)
            s.linger = 0
            s.setsockopt(zmq.RECONNECT_IVL, 1)
            if kind == zmq.SUB:
                s.subscribe(b"")
            else:
                s.identity = self.session.bsession
            s.connect(f"tcp://127.0.0.1:{conf[name + '_port']}")
            self.sockets[name] = s
        self.poller = zmq.Poller()
        self.poller.register(self.sockets["shell"], zmq.POLLIN)
        self.poller.register(self.sockets["iopub"], zmq.POLLIN)
        self.shown = ""  # what the cell that ran last showed as its value or printed

    def send(self, kind, content, channel="shell"):
        return self.session.send(self.sockets[channel], kind, content)["header"]["msg_id"]

    def await_all(self, wanted):
        """Reads until all of wanted, {(channel, message type, parent id)}, have come; returns when each did."""
        came = {}
        while len(came) < len(wanted):
            events = self.poller.poll(LIMIT)
            now = time.perf_counter()
            if not events or self.process.poll() is not None:
                raise SystemExit(f"kernel {self.process.args}: no {wanted - came.keys()} (exit status {self.process.poll()})")
            for s, _ in events:
                channel = "shell" if s is self.sockets["shell"] else "iopub"
                _, parts = self.session.feed_identities(s.recv_multipart())
                m = self.session.deserialize(parts)
                kind = m["msg_type"]
                if kind == "status":
                    kind = m["content"]["execution_state"]
                if kind == "execute_reply" and m["content"]["status"] != "ok":
                    raise SystemExit(f"kernel {self.process.args}: {m['content']}")
                if kind == "execute_result":
                    self.shown = m["content"]["data"]["text/plain"]
                elif kind == "stream" and m["content"]["name"] == "stdout":
                    self.shown = m["content"]["text"]
                key = channel, kind, m["parent_header"].get("msg_id")
                if key in wanted:
                    came.setdefault(key, now)
        return came

    def until_info(self):
        key = "shell", "kernel_info_reply", self.send("kernel_info_request", {})
        return (self.await_all({key})[key] - self.start) * 1e3

    def until_subscribed(self):
        """A subscription takes a moment: asks until a status arrives."""
        deadline = time.monotonic() + LIMIT / 1e3
        while time.monotonic() < deadline:
            self.send("kernel_info_request", {})
            if self.sockets["iopub"].poll(100):
                return
        raise SystemExit(f"kernel {self.process.args}: nothing on iopub")

    def run(self, until_idle=True, code=CELL):
        start = time.perf_counter()
        parent = self.send("execute_request", {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False, "stop_on_error": True})
        reply, idle = ("shell", "execute_reply", parent), ("iopub", "idle", parent)
        if not until_idle:
            return (self.await_all({reply})[reply] - start) * 1e3, None
        came = self.await_all({reply, idle})
        return (came[reply] - start) * 1e3, (came[idle] - start) * 1e3

    def close(self):
        self.send("shutdown_request", {"restart": False}, "control")
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            pass
        self.end()

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.context.destroy(linger=0)
        Kernel.running.remove(self)


def measure_start(kernels, rounds, directory):
    out = {name: {"info": [], "cell": []} for name in kernels}
    for i in range(rounds + 1):
        for name, argv in kernels.items():
            k = Kernel(argv, directory)
            info = k.until_info()
            k.run(until_idle=False)  # the subscription may not be there yet
            cell = (time.perf_counter() - k.start) * 1e3
            k.close()
            if i > 0:  # the first fills caches
                out[name]["info"].append(info)
                out[name]["cell"].append(cell)
    return out


def measure_roundtrip(kernels, cells, directory):
    running = {name: Kernel(argv, directory) for name, argv in kernels.items()}
    out = {name: {"reply": [], "idle": []} for name in kernels}
    for k in running.values():
        k.until_info()
        k.until_subscribed()
        for _ in range(20):
            k.run()
    while any(len(o["reply"]) < cells for o in out.values()):
        for name, k in running.items():
            for _ in range(TURN):
                reply, idle = k.run()
                out[name]["reply"].append(reply)
                out[name]["idle"].append(idle)
    for k in running.values():
        k.close()
    return out


def measure_cells(kernels, runs, directory):
    work, slow_runs = json.loads(sys.argv[3]), int(sys.argv[4])
    running = {name: Kernel(argv, directory) for name, argv in kernels.items()}
    out = {name: {"reply": []} for name in kernels}
    shown = {}
    for name, k in running.items():
        k.until_info()
        k.until_subscribed()
        k.run(code=work["setup"][name])
        k.run(code=work["cell"][name])  # a first time that counts for nobody
        shown[name] = k.shown.strip()
    if len(set(shown.values())) != 1 or "" in shown.values():
        raise SystemExit(f"kernels differ: {shown}")
    for i in range(runs):
        for name, k in running.items():
            if i < slow_runs or out[name]["reply"][0] < 1000:
                out[name]["reply"].append(k.run(code=work["cell"][name])[0])
    for k in running.values():
        k.close()
    return out


def resident(pid):
    """kB of memory that a process holds, 0 where nothing says so."""
    try:
        with open(f"/proc/{pid}/status") as f:
            return next(int(line.split()[1]) for line in f if line.startswith("VmRSS"))
    except OSError:
        return 0


def measure_session(kernels, cells, directory):
    work = json.loads(sys.argv[3])
    out = {}
    for name, argv in kernels.items():
        k = Kernel(argv, directory)
        k.until_info()
        k.until_subscribed()
        reply = []
        for i in range(cells):
            reply.append(k.run(code=work["cell"][name].replace("%d", str(i)))[0])
            if i == 999:
                before = resident(k.process.pid)
        out[name] = {"reply": reply, "kB": [(resident(k.process.pid) - before) / (cells - 1000)]}
        k.close()
    return out


def main():
    kernels = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as directory:
        os.environ.update(IPYTHONDIR=directory, JUPYTER_RUNTIME_DIR=directory, JUPYTER_CONFIG_DIR=directory, JPY_PARENT_PID=str(os.getpid()))
        measure = {"start": measure_start, "roundtrip": measure_roundtrip, "cells": measure_cells, "session": measure_session}[sys.argv[1]]
        try:
            json.dump(measure(kernels, int(sys.argv[2]), directory), sys.stdout)
        finally:
            for k in list(Kernel.running):
                k.end()


if __name__ == "__main__":
    main()
