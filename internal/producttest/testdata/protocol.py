"""The protocol's own test suite (jupyter_kernel_test) on the product, with cells of Go, and what it leaves out (kernel/testdata/further.py)."""
import unittest

import further
import jupyter_kernel_test as jkt

NAME = "tickbook"


class Protocol(jkt.KernelTests):
    kernel_name = NAME
    language_name = "go"
    file_extension = ".go"
    code_hello_world = 'fmt.Println("hello, world")'
    code_stderr = 'fmt.Fprintln(os.Stderr, "oops")'
    completion_samples = [
        {"text": "strings.To", "matches": {"ToLower", "ToLowerSpecial", "ToTitle", "ToTitleSpecial", "ToUpper", "ToUpperSpecial", "ToValidUTF8"}},
        {"text": "x := strings.Toup", "matches": set()},
        {"text": "var b strings.Bu", "matches": {"Builder"}},
        {"text": "fmt.Printl", "matches": {"Println"}},
        {"text": "eng", "matches": {"engine"}},
    ]
    complete_code_samples = ["x := 1", "", "1 + 1", "func f() int {\n\treturn 1\n}", "// a comment", "for i := range 3 { fmt.Println(i) }"]
    incomplete_code_samples = ["func f() {", "x := (", "1 +", "`abc", "if true {\n\tx := 1"]
    invalid_code_samples = [")", "}", "x := := 1"]
    code_page_something = "strings.ToUpper?"
    code_generate_error = 'panic("on purpose")'
    code_execute_result = [
        {"code": "1 + 1", "result": "2"},
        {"code": 'strings.ToUpper("go")', "result": "GO"},
        {"code": "[]int{1, 2}", "result": "[1 2]"},
        {"code": 'y := 20; y + 1', "result": "21"},
    ]
    code_display_data = [
        {"code": 'display.Show(display.MIMEBundle{display.HTML: "<b>x</b>", display.Text: "x"});', "mime": "text/html"},
        {"code": 'display.Show("text");', "mime": "text/plain"},
    ]
    code_history_pattern = "1 + 1*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "fmt.Println"
    code_clear_output = "display.Clear(false)"


class Welcome(jkt.IopubWelcomeTests):
    kernel_name = NAME
    support_iopub_welcome = True


class Further(further.Further):
    kernel = NAME
    order = 'fmt.Println("a"); fmt.Fprintln(os.Stderr, "b"); display.Show("c"); log.SetFlags(0); fmt.Fprintln(os.Stdout, "d"); "e"'
    wait = 'fmt.Println("ready"); select {}'
    failing = 'panic("on purpose")'
    fail_name = "panic"
    value = "%s"
    say = 'fmt.Println("%s")'
    show = "display.Show(%d)"
    ask = 'a, err := display.Input("name?"); if err != nil { panic(err) }; fmt.Println(a)'
    ask_hidden = 'b, err := display.Password("secret?"); if err != nil { panic(err) }; fmt.Println(b)'
    complete, completed = "strings.ToU", "ToUpper"
    inspect = "strings.ToUpper"

    def test_interrupt_leaves_the_session_whole(self):
        self.assertEqual(self.run_cell("func twice(n int) int { return 2 * n }")[0]["status"], "ok")
        for loop in ("for {}", "time.Sleep(time.Hour)", "select {}"):
            msg_id = self.kc.execute('fmt.Println("ready"); ' + loop)
            while self.kc.get_iopub_msg(timeout=20)["msg_type"] != "stream":
                pass
            self.control("interrupt_request")
            self.assertEqual(self.reply(msg_id)["ename"], "Interrupted")
            self.until_idle(msg_id)
            self.assertEqual(self.run_cell("twice(21)")[1][0]["content"]["data"]["text/plain"], "42")

    def test_standard_input(self):
        scan = 'fmt.Print("Age? "); var age int; _, err := fmt.Scan(&age); fmt.Println(age, err)'
        line = 'text, _ := bufio.NewReader(os.Stdin).ReadString(10); fmt.Printf("%q", text)'
        for code, answer, shown in ((scan, "42", "Age? 42 <nil>\n"), (line, "two words", '"two words\\n"')):
            msg_id = self.kc.execute(code, allow_stdin=True)
            question = self.kc.get_stdin_msg(timeout=20)
            self.assertEqual(question["content"], {"prompt": "", "password": False})
            self.kc.input(answer)
            self.assertEqual(self.reply(msg_id)["status"], "ok")
            text = "".join(m["content"]["text"] for m in self.until_idle(msg_id) if m["msg_type"] == "stream")
            self.assertEqual(text, shown)
        _, shown = self.run_cell(scan, allow_stdin=False)
        self.assertIn("allow_stdin is false", "".join(m["content"]["text"] for m in shown if m["msg_type"] == "stream" and m["content"]["name"] == "stderr"))

    def test_next_input(self):
        reply, _ = self.run_cell("%fmt\nx:=1")
        self.assertEqual(reply["payload"], [{"source": "set_next_input", "text": "x := 1", "replace": True}])

    def test_shell_is_interrupted(self):
        msg_id = self.kc.execute("!echo ready; sleep 1000")
        while self.kc.get_iopub_msg(timeout=20)["msg_type"] != "stream":
            pass
        self.control("interrupt_request")
        self.assertEqual(self.reply(msg_id)["ename"], "Interrupted")
        self.until_idle(msg_id)

    def test_errors_of_the_compiler(self):
        reply, shown = self.run_cell("x := 1\nnope + x")
        self.assertEqual(reply["ename"], "CompileError")
        self.assertIn("2:1", reply["evalue"])
        self.assertEqual(shown[0]["content"]["traceback"], reply["traceback"])

    def test_inspect(self):
        self.run_cell("width := 3")
        for code, word in (("strings.ToUpper", "upper case"), ("width", "var width int"), ("engine.NewGraph", "NewGraph"), ("(*engine.Table).Where", "Where")):
            r = self.reply(self.kc.inspect(code, len(code)))
            self.assertTrue(r["found"], code)
            self.assertIn(word, r["data"]["text/plain"])
        self.assertFalse(self.reply(self.kc.inspect("nothing_of_that_name", 5))["found"])


if __name__ == "__main__":
    unittest.main()
