"""The protocol's own test suite (jupyter_kernel_test) on the test kernel, and what it leaves out: see echo_test.go for the cells."""
import queue
import time
import unittest

import jupyter_kernel_test as jkt
from jupyter_client.manager import start_new_kernel

NAME = "tickbook-test"


class Protocol(jkt.KernelTests):
    kernel_name = NAME
    language_name = "go"
    file_extension = ".go"
    code_hello_world = "print hello, world"
    code_stderr = "stderr oops"
    completion_samples = [{"text": "pri", "matches": {"print"}}, {"text": "print s", "matches": {"stderr", "show"}}]
    complete_code_samples = ["print 1", ""]
    incomplete_code_samples = ["print \\"]
    invalid_code_samples = [")"]
    code_page_something = "?print"
    code_generate_error = "fail on purpose"
    code_execute_result = [{"code": "value 6", "result": "6"}, {"code": "value 7", "result": "7"}]
    code_display_data = [{"code": "show me", "mime": "text/html"}]
    code_history_pattern = "value 6*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "print"
    code_clear_output = "clear"


class Welcome(jkt.IopubWelcomeTests):
    kernel_name = NAME
    support_iopub_welcome = True


class Beyond(unittest.TestCase):
    """What a client does besides."""

    @classmethod
    def setUpClass(cls):
        cls.km, cls.kc = start_new_kernel(kernel_name=NAME)

    @classmethod
    def tearDownClass(cls):
        cls.kc.stop_channels()
        cls.km.shutdown_kernel()

    def until_idle(self, msg_id, timeout=10):
        """All iopub messages of a request."""
        out = []
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            m = self.kc.get_iopub_msg(timeout=timeout)
            if m["parent_header"].get("msg_id") != msg_id:
                continue
            out.append(m)
            if m["msg_type"] == "status" and m["content"]["execution_state"] == "idle":
                return out
        raise AssertionError("no idle for " + msg_id)

    def reply(self, msg_id, channel="shell", timeout=10):
        get = self.kc.get_shell_msg if channel == "shell" else self.kc.get_control_msg
        while True:
            m = get(timeout=timeout)
            if m["parent_header"]["msg_id"] == msg_id:
                return m["content"]

    def request(self, kind, content=None, channel="shell", **header):
        m = self.kc.session.msg(kind, content or {})
        m["header"].update(header)
        (self.kc.shell_channel if channel == "shell" else self.kc.control_channel).send(m)
        return m["header"]["msg_id"]

    def test_order_of_outputs(self):
        msg_id = self.kc.execute("print a\noserror b\nshow c\nosprint d\nvalue e")
        self.assertEqual(self.reply(msg_id)["status"], "ok")
        kinds = [m["content"].get("text", m["msg_type"]) for m in self.until_idle(msg_id)]
        self.assertEqual(kinds.index("display_data") + 1, kinds.index("d\n"))
        self.assertLess(kinds.index("b\n"), len(kinds) - 1)
        self.assertEqual(kinds[-2:], ["execute_result", "status"])

    def test_interrupt_and_abort(self):
        first = self.kc.execute("wait")
        second = self.kc.execute("print never")
        third = self.request("complete_request", {"code": "pri", "cursor_pos": 3})
        self.assertEqual(self.reply(third)["matches"], ["print"])  # while the first waits
        self.reply(self.request("interrupt_request", channel="control"), "control")
        self.assertEqual(self.reply(first)["ename"], "Interrupted")
        self.assertEqual(self.reply(second)["status"], "aborted")
        self.until_idle(second)
        self.assertEqual(self.reply(self.kc.execute("print again"))["status"], "ok")

    def test_stop_on_error(self):
        for stop, status in ((True, "aborted"), (False, "ok")):
            cells = [self.kc.execute("fail now", stop_on_error=stop)] + [self.kc.execute("value %d" % i) for i in range(5)]
            self.assertEqual(self.reply(cells[0])["status"], "error")
            self.assertEqual([self.reply(c)["status"] for c in cells[1:]], [status] * 5)
            self.until_idle(cells[-1])

    def test_interrupt_by_signal(self):
        msg_id = self.kc.execute("print ready\nwait")
        while True:
            m = self.kc.get_iopub_msg(timeout=10)
            if m["msg_type"] == "stream" and m["parent_header"]["msg_id"] == msg_id:
                break
        self.km.provisioner.process.send_signal(2)
        self.assertEqual(self.reply(msg_id)["ename"], "Interrupted")

    def test_input(self):
        for code, hidden in (("input name? ", False), ("password secret? ", True)):
            msg_id = self.kc.execute(code, allow_stdin=True)
            question = self.kc.get_stdin_msg(timeout=10)
            self.assertEqual(question["content"]["password"], hidden)
            self.kc.input("an answer")
            self.assertEqual(self.reply(msg_id)["status"], "ok")
            self.assertIn("an answer\n", [m["content"].get("text") for m in self.until_idle(msg_id)])
        self.assertEqual(self.reply(self.kc.execute("input x", allow_stdin=False))["status"], "error")

    def test_user_expressions(self):
        r = self.reply(self.kc.execute("print x", user_expressions={"a": "value 5", "b": "fail no"}))
        self.assertEqual(r["user_expressions"]["a"]["data"]["text/plain"], "5")
        self.assertEqual(r["user_expressions"]["b"]["ename"], "EchoError")

    def test_silent(self):
        before = self.reply(self.kc.execute("value 1"))["execution_count"]
        msg_id = self.kc.execute("value 2", silent=True)
        self.assertEqual(self.reply(msg_id)["execution_count"], before)
        self.assertEqual([m["msg_type"] for m in self.until_idle(msg_id)], ["status", "status"])

    def test_code_points(self):
        r = self.reply(self.kc.complete("print \U0001f600 pri", 11))
        self.assertEqual((r["cursor_start"], r["cursor_end"]), (8, 11))

    def test_subshells(self):
        sub = self.reply(self.request("create_subshell_request", channel="control"), "control")["subshell_id"]
        listed = self.reply(self.request("list_subshell_request", channel="control"), "control")["subshell_id"]
        self.assertIn(sub, listed)
        busy = self.kc.execute("wait")
        for kind, content in (
            ("kernel_info_request", {}),
            ("complete_request", {"code": "pri", "cursor_pos": 3}),
            ("inspect_request", {"code": "print", "cursor_pos": 5}),
        ):
            self.assertEqual(self.reply(self.request(kind, content, subshell_id=sub))["status"], "ok")
        self.reply(self.request("interrupt_request", channel="control"), "control")
        self.assertEqual(self.reply(busy)["status"], "error")
        self.assertEqual(self.reply(self.request("delete_subshell_request", {"subshell_id": sub}, "control"), "control")["status"], "ok")
        self.assertEqual(self.reply(self.request("kernel_info_request", subshell_id=sub))["status"], "error")

    def test_comms_while_a_cell_runs(self):
        busy = self.kc.execute("wait")
        self.request("comm_open", {"comm_id": "c1", "target_name": "test.echo", "data": {"n": 1}})
        self.request("comm_msg", {"comm_id": "c1", "data": {"n": 2}})
        self.request("comm_open", {"comm_id": "c2", "target_name": "test.nobody", "data": {}})
        got = []
        while len(got) < 3:
            m = self.kc.get_iopub_msg(timeout=10)
            if m["msg_type"].startswith("comm_"):
                got.append((m["msg_type"], m["content"]["comm_id"], m["content"]["data"]))
        self.assertIn(("comm_msg", "c1", {"got": {"n": 1}}), got)
        self.assertIn(("comm_msg", "c1", {"got": {"n": 2}}), got)
        self.assertIn(("comm_close", "c2", {}), got)
        comms = self.reply(self.request("comm_info_request", {}))["comms"]
        self.assertEqual(comms, {"c1": {"target_name": "test.echo"}})
        self.reply(self.request("interrupt_request", channel="control"), "control")
        self.reply(busy)

    def test_unknown_requests_are_answered(self):
        self.assertEqual(self.reply(self.request("no_such_request"))["status"], "error")
        self.assertEqual(self.reply(self.request("debug_request", channel="control"), "control")["status"], "error")

    def test_live_display(self):
        msg_id = self.kc.execute("ticks")
        self.reply(msg_id)
        shown = [m for m in self.until_idle(msg_id) if m["msg_type"] == "display_data"]
        ident = shown[0]["content"]["transient"]["display_id"]
        for _ in range(3):
            while True:
                m = self.kc.get_iopub_msg(timeout=10)
                if m["msg_type"] == "update_display_data":
                    break
            self.assertEqual(m["content"]["transient"]["display_id"], ident)

    def test_restart(self):
        self.km.restart_kernel(now=False)
        self.kc.wait_for_ready(timeout=20)
        self.assertEqual(self.reply(self.kc.execute("value 1"))["execution_count"], 1)

    def test_a_burst_of_outputs(self):
        msg_id = self.kc.execute("\n".join("show %d" % i for i in range(3000)))
        self.reply(msg_id, timeout=30)
        shown = [m for m in self.until_idle(msg_id, 30) if m["msg_type"] == "display_data"]
        self.assertEqual(len(shown), 3000)


if __name__ == "__main__":
    unittest.main()
