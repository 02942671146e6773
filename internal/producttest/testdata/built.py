"""A kernel that tickbook build made, by its kernelspec: cells import what is compiled in."""
import os
import unittest

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import start_new_kernel

NAME = "measures"


class Built(unittest.TestCase):
    def test_kernelspec(self):
        spec = KernelSpecManager().get_kernel_spec(NAME)
        self.assertEqual(spec.display_name, "Go (Tickbook, measures)")
        self.assertEqual(os.path.dirname(spec.argv[0]), spec.resource_dir)

    def test_cells(self):
        manager, client = start_new_kernel(kernel_name=NAME, startup_timeout=60)
        self.addCleanup(manager.shutdown_kernel, now=True)
        self.addCleanup(client.stop_channels)

        def run(code):
            shown = []
            reply = client.execute_interactive(code, timeout=60, output_hook=shown.append)
            said = [m["content"] for m in shown if m["msg_type"] in ("stream", "execute_result", "display_data", "error")]
            text = [c.get("text") or c.get("evalue") or c["data"]["text/plain"] for c in said]
            return reply["content"]["status"], text

        self.assertEqual(run('import "example.com/units"\nunits.Meters(4).Feet()'), ("ok", ["13"]))
        self.assertEqual(run("%get example.com/units"), ("ok", ["example.com/units is compiled into this kernel"]))
        status, shown = run("%get example.com/units@v1.2.3")
        self.assertEqual((status, len(shown)), ("error", 1))
        self.assertIn("example.com/units is compiled into this kernel; tickbook build --with example.com/units@v1.2.3 makes another kernel", shown[0])


if __name__ == "__main__":
    unittest.main()
