"""What a client does besides what the protocol's own suite tests. The kernel's name and its cells are given by a subclass."""
import time
import unittest

from jupyter_client.manager import start_new_kernel
from jupyter_kernel_test.msgspec_v5 import schema_fragments, validate_message


class Client(unittest.TestCase):
    """A kernel and a client of it for the tests of a class."""

    kernel = ""

    @classmethod
    def setUpClass(cls):
        if not cls.kernel:
            raise AssertionError("no kernel: " + cls.__name__)
        cls.km, cls.kc = start_new_kernel(kernel_name=cls.kernel)

    @classmethod
    def tearDownClass(cls):
        cls.kc.stop_channels()
        cls.km.shutdown_kernel()

    def setUp(self):
        self.replies = {}  # not yet asked for, by the request's id

    def until_idle(self, msg_id, timeout=20):
        """All iopub messages of a request."""
        out = []
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            m = self.kc.get_iopub_msg(timeout=timeout)
            if m["parent_header"].get("msg_id") != msg_id:
                continue
            if m["msg_type"] in schema_fragments:
                validate_message(m)
            out.append(m)
            if m["msg_type"] == "status" and m["content"]["execution_state"] == "idle":
                return out
        raise AssertionError("no idle for " + msg_id)

    def reply(self, msg_id, channel="shell", timeout=20):
        get = self.kc.get_shell_msg if channel == "shell" else self.kc.get_control_msg
        while msg_id not in self.replies:
            m = get(timeout=timeout)
            if m["msg_type"] in schema_fragments and m["content"]["status"] != "aborted":  # the validator's word for it is older than the specification's
                validate_message(m)
            self.replies[m["parent_header"]["msg_id"]] = m["content"]
        return self.replies.pop(msg_id)

    def request(self, kind, content=None, channel="shell", **header):
        m = self.kc.session.msg(kind, content or {})
        m["header"].update(header)
        (self.kc.shell_channel if channel == "shell" else self.kc.control_channel).send(m)
        return m["header"]["msg_id"]

    def control(self, kind, content=None):
        return self.reply(self.request(kind, content, "control"), "control")

    def run_cell(self, code, **options):
        """A cell's reply and what it showed, but for busy, execute_input and idle."""
        msg_id = self.kc.execute(code, **options)
        reply = self.reply(msg_id)
        return reply, [m for m in self.until_idle(msg_id) if m["msg_type"] not in ("status", "execute_input")]

    def start_waiting(self, **options):
        """Runs the cell that waits, and returns once it does."""
        msg_id = self.kc.execute(self.wait, **options)
        self.addCleanup(self.control, "interrupt_request")  # of a test that failed
        while True:
            m = self.kc.get_iopub_msg(timeout=20)
            if m["msg_type"] == "stream" and m["parent_header"]["msg_id"] == msg_id:
                return msg_id


class Further(Client):
    order = ""  # prints a, prints b to stderr, shows c, prints d by compiled code, and its value is e
    wait = ""  # prints a line and waits until it is interrupted
    failing = ""
    fail_name = ""  # the error's name
    value = "%s"  # a cell of that value
    say = "%s"  # a cell that prints a word
    show = "%d"  # a statement that shows a number
    ask, ask_hidden = "", ""  # cells that ask, and print the answer
    complete, completed = "", ""
    inspect = ""

    def test_order_of_outputs(self):
        reply, shown = self.run_cell(self.order)
        self.assertEqual(reply["status"], "ok")
        kinds = [m["content"].get("text", m["msg_type"]) for m in shown]
        self.assertEqual(kinds.index("display_data") + 1, kinds.index("d\n"))
        self.assertIn("a\n", kinds)
        self.assertIn("b\n", kinds)
        self.assertEqual(kinds[-1], "execute_result")

    def test_interrupt_and_abort(self):
        first = self.start_waiting()
        second = self.kc.execute(self.say % "never")
        third = self.request("complete_request", {"code": self.complete, "cursor_pos": len(self.complete)})
        self.assertIn(self.completed, self.reply(third)["matches"])  # while the first waits
        self.assertEqual(self.control("interrupt_request")["status"], "ok")
        self.assertEqual(self.reply(first)["ename"], "Interrupted")
        aborted = self.reply(second)
        self.assertEqual(aborted["status"], "aborted")
        self.assertNotIn("execution_count", aborted)  # it would stand beside a cell that did not run
        self.until_idle(second)
        self.assertEqual(self.run_cell(self.say % "again")[0]["status"], "ok")

    def test_stop_on_error(self):
        for stop, status in ((True, "aborted"), (False, "ok")):
            waiting = self.start_waiting(stop_on_error=False)  # so that all are queued before the first of them fails
            cells = [self.kc.execute(self.failing, stop_on_error=stop)] + [self.kc.execute(self.value % i) for i in range(5)]
            self.control("interrupt_request")
            self.assertEqual(self.reply(waiting)["ename"], "Interrupted")
            self.assertEqual(self.reply(cells[0])["status"], "error")
            self.assertEqual([self.reply(c)["status"] for c in cells[1:]], [status] * 5)
            self.until_idle(cells[-1])

    def test_interrupt_by_signal(self):
        msg_id = self.start_waiting()
        self.km.provisioner.process.send_signal(2)
        self.assertEqual(self.reply(msg_id)["ename"], "Interrupted")
        self.until_idle(msg_id)

    def test_input(self):
        self.addCleanup(self.control, "interrupt_request")
        for code, prompt, hidden in ((self.ask, "name?", False), (self.ask_hidden, "secret?", True)):
            msg_id = self.kc.execute(code, allow_stdin=True)
            question = self.kc.get_stdin_msg(timeout=20)
            self.assertEqual((question["msg_type"], question["parent_header"]["msg_id"]), ("input_request", msg_id))
            self.assertEqual(question["content"], {"prompt": prompt, "password": hidden})
            self.kc.input("an answer")
            self.assertEqual(self.reply(msg_id)["status"], "ok")
            self.assertIn("an answer\n", [m["content"].get("text") for m in self.until_idle(msg_id)])
        reply, _ = self.run_cell(self.ask, allow_stdin=False)
        self.assertEqual(reply["status"], "error")
        self.assertIn("allow_stdin", reply["evalue"])

    def answer(self, question, value):
        self.kc.stdin_channel.send(self.kc.session.msg("input_reply", {"status": "ok", "value": value}, parent=question["header"]))

    def test_input_interrupted(self):
        self.addCleanup(self.control, "interrupt_request")
        msg_id = self.kc.execute(self.ask, allow_stdin=True)
        first = self.kc.get_stdin_msg(timeout=20)
        self.control("interrupt_request")
        self.assertEqual(self.reply(msg_id)["status"], "error")
        msg_id = self.kc.execute(self.ask, allow_stdin=True)
        second = self.kc.get_stdin_msg(timeout=20)
        self.answer(first, "too late")
        self.answer(second, "in time")
        self.assertEqual(self.reply(msg_id)["status"], "ok")
        self.assertIn("in time\n", [m["content"].get("text") for m in self.until_idle(msg_id)])

    def test_user_expressions(self):
        reply, shown = self.run_cell(self.say % "x", user_expressions={"a": self.value % 5, "b": self.failing, "c": self.say % "aside"})
        a, b, c = (reply["user_expressions"][k] for k in "abc")
        self.assertEqual((a["status"], a["data"], a["metadata"]), ("ok", {"text/plain": "5"}, {}))
        self.assertEqual((b["status"], b["ename"]), ("error", self.fail_name))
        self.assertTrue(b["traceback"])
        self.assertEqual(c["status"], "ok")
        self.assertNotIn("error", [m["msg_type"] for m in shown])
        reply, _ = self.run_cell(self.failing, user_expressions={"a": self.value % 5})
        self.assertEqual(reply["user_expressions"], {})  # not evaluated after an error

    def test_user_expressions_of_a_silent_cell(self):
        reply, shown = self.run_cell(self.value % 1, silent=True, user_expressions={"a": self.value % 5})
        self.assertEqual(reply["user_expressions"]["a"]["data"]["text/plain"], "5")
        self.assertEqual(shown, [])

    def test_silent_and_store_history(self):
        before = self.run_cell(self.value % 1)[0]["execution_count"]
        msg_id = self.kc.execute(self.value % 2, silent=True)
        self.assertEqual(self.reply(msg_id)["execution_count"], before)
        self.assertEqual([m["msg_type"] for m in self.until_idle(msg_id)], ["status", "status"])
        reply, shown = self.run_cell(self.value % 3, store_history=False)
        self.assertEqual(reply["execution_count"], before)
        self.assertEqual(shown[0]["msg_type"], "execute_result")
        reply = self.reply(self.kc.history(raw=True, output=False, hist_access_type="tail", n=1))
        self.assertEqual(reply["history"][0][2], self.value % 1)
        reply, shown = self.run_cell(self.failing, silent=True)
        self.assertEqual((reply["status"], shown), ("error", []))

    def test_code_points(self):
        code = "\U0001f600\n" + self.complete
        r = self.reply(self.kc.complete(code, len(code)))
        self.assertLessEqual(r["cursor_start"], r["cursor_end"])
        self.assertEqual(r["cursor_end"], len(code))

    def test_offsets_out_of_range(self):
        for pos in (-1, 10**6):
            for kind in ("complete_request", "inspect_request"):
                self.assertEqual(self.reply(self.request(kind, {"code": self.complete, "cursor_pos": pos}))["status"], "ok")

    def test_subshells(self):
        sub = self.control("create_subshell_request")["subshell_id"]
        self.assertIn(sub, self.control("list_subshell_request")["subshell_id"])
        busy = self.start_waiting()
        for kind, content in (
            ("kernel_info_request", {}),
            ("complete_request", {"code": self.complete, "cursor_pos": len(self.complete)}),
            ("inspect_request", {"code": self.inspect, "cursor_pos": len(self.inspect)}),
        ):
            msg_id = self.request(kind, content, subshell_id=sub)
            self.assertEqual(self.reply(msg_id)["status"], "ok")
            self.assertEqual(self.until_idle(msg_id)[0]["parent_header"]["subshell_id"], sub)
        queued = self.request("execute_request", {"code": self.say % "later"}, subshell_id=sub)
        self.control("interrupt_request")
        self.assertEqual(self.reply(busy)["status"], "error")
        self.assertEqual(self.reply(queued)["status"], "ok")  # a subshell's cell waits for the running one, and is not aborted with it
        self.assertEqual(self.control("delete_subshell_request", {"subshell_id": sub})["status"], "ok")
        self.assertNotIn(sub, self.control("list_subshell_request")["subshell_id"])
        self.assertEqual(self.control("delete_subshell_request", {"subshell_id": sub})["status"], "error")
        self.assertEqual(self.reply(self.request("kernel_info_request", subshell_id=sub))["status"], "error")

    def test_comms_of_unknown_targets_while_a_cell_runs(self):
        busy = self.start_waiting()
        msg_id = self.request("comm_open", {"comm_id": "c2", "target_name": "test.nobody", "data": {}})
        got = [m["content"] for m in self.until_idle(msg_id) if m["msg_type"] == "comm_close"]
        self.assertEqual(got, [{"comm_id": "c2", "data": {}}])
        self.assertNotIn("c2", self.reply(self.request("comm_info_request"))["comms"])
        self.control("interrupt_request")
        self.reply(busy)
        self.until_idle(busy)

    def test_unknown_requests_are_answered(self):
        self.assertEqual(self.reply(self.request("no_such_request"))["status"], "error")
        self.assertEqual(self.control("debug_request")["status"], "error")

    def test_shell_and_control_answer_alike(self):
        on_shell = self.reply(self.request("kernel_info_request"))
        self.assertEqual(self.control("kernel_info_request"), on_shell)
        self.assertEqual(on_shell["protocol_version"], "5.5")
        self.assertIn("kernel subshells", on_shell["supported_features"])

    def test_a_burst_of_outputs(self):
        msg_id = self.kc.execute("\n".join(self.show % i for i in range(1000)))
        self.reply(msg_id, timeout=60)
        shown = [m for m in self.until_idle(msg_id, 60) if m["msg_type"] == "display_data"]
        self.assertEqual([m["content"]["data"]["text/plain"] for m in shown], [str(i) for i in range(1000)])

    def test_restart_and_history_of_sessions(self):
        self.run_cell(self.value % 41)
        here = self.reply(self.kc.history(raw=True, output=False, hist_access_type="tail", n=1))["history"][0][0]
        self.km.restart_kernel(now=False)
        self.kc.wait_for_ready(timeout=30)
        self.assertEqual(self.run_cell(self.value % 42)[0]["execution_count"], 1)
        history = lambda **q: self.reply(self.kc.history(raw=True, **q))["history"]
        self.assertEqual(history(output=False, hist_access_type="tail", n=2), [[here, history(hist_access_type="range", session=-1)[-1][1], self.value % 41], [here + 1, 1, self.value % 42]])
        self.assertEqual(history(output=True, hist_access_type="range", session=-1, start=1)[-1][2], [self.value % 41, "41"])
        self.assertEqual(history(output=False, hist_access_type="range", session=here)[-1][2], self.value % 41)
        self.assertEqual(history(output=False, hist_access_type="range", session=0), [[here + 1, 1, self.value % 42]])
        self.assertEqual(history(output=False, hist_access_type="range", session=-1000), [])
        found = history(output=False, hist_access_type="search", pattern=self.value % "4?", unique=True)
        self.assertEqual([h[2] for h in found][-2:], [self.value % 41, self.value % 42])
