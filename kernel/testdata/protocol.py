"""The protocol's own test suite (jupyter_kernel_test) on the test kernel, and what it leaves out: see echo_test.go for the cells."""
import unittest

import further
import jupyter_kernel_test as jkt

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


class Further(further.Further):
    kernel = NAME
    order = "print a\noserror b\nshow c\nosprint d\nvalue e"
    wait = "print ready\nwait"
    failing = "fail on purpose"
    fail_name = "EchoError"
    value = "value %s"
    say = "print %s"
    show = "show %d"
    ask, ask_hidden = "input name?", "password secret?"
    complete, completed = "pri", "print"
    inspect = "print"

    def test_comms_while_a_cell_runs(self):
        busy = self.start_waiting()
        self.request("comm_open", {"comm_id": "c1", "target_name": "test.echo", "data": {"n": 1}})
        self.request("comm_msg", {"comm_id": "c1", "data": {"n": 2}})
        got = []
        while len(got) < 2:
            m = self.kc.get_iopub_msg(timeout=10)
            if m["msg_type"].startswith("comm_"):
                got.append((m["msg_type"], m["content"]["comm_id"], m["content"]["data"]))
        self.assertEqual(got, [("comm_msg", "c1", {"got": {"n": 1}}), ("comm_msg", "c1", {"got": {"n": 2}})])
        for target, comms in (("", {"c1": {"target_name": "test.echo"}}), ("test.echo", {"c1": {"target_name": "test.echo"}}), ("other", {})):
            self.assertEqual(self.reply(self.request("comm_info_request", {"target_name": target}))["comms"], comms)
        self.until_idle(self.request("comm_close", {"comm_id": "c1", "data": {}}))
        self.assertEqual(self.reply(self.request("comm_info_request", {}))["comms"], {})
        self.control("interrupt_request")
        self.reply(busy)

    def test_live_display(self):
        _, shown = self.run_cell("ticks")
        ident = shown[0]["content"]["transient"]["display_id"]
        for _ in range(3):
            while True:
                m = self.kc.get_iopub_msg(timeout=10)
                if m["msg_type"] == "update_display_data":
                    break
            self.assertEqual(m["content"]["transient"]["display_id"], ident)


if __name__ == "__main__":
    unittest.main()
