# SPDX-License-Identifier: MIT
"""Tableau's HyperProcess on this library: the document's own snippets, on the real hyperd."""
import contextlib
import io
import os
import re
import socket
import tempfile
import unittest

from hyperprocess import HyperProcess, HyperprocessError, Telemetry

FOLDER = os.environ["HP_TEST_HYPERD"]
DOCUMENT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "document.md")
QUIET = Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU


def why_not():
    if os.access(os.path.join(FOLDER, "hyperd"), os.X_OK):
        return None
    try:
        with open(os.path.join(FOLDER, "reason"), encoding="utf-8") as reason:
            return reason.readline().strip()
    except OSError:
        return "hyperd was not fetched: run the test hyperd.fetch"


def snippet(number):
    """Of the document, with the import and the folder changed, and the `with` that the second one lacks."""
    with open(DOCUMENT, encoding="utf-8") as document:
        code = re.findall(r"^```python\n(.*?)^```", document.read(), re.DOTALL | re.MULTILINE)[number - 1]
    code = re.sub(r"^HyperProcess\(", "with HyperProcess(", code, flags=re.MULTILINE)
    code = re.sub(r'hyper_path="[^"]*"', f"hyper_path={FOLDER!r}", code)
    if "import" not in code:
        code = "from tableauhyperapi import HyperProcess, Telemetry\n" + code
    return code.replace("from tableauhyperapi import", "from hyperprocess import")


def connect(descriptor):
    folder, _, name = descriptor[len("tab.domain://"):].partition("/domain/")
    client = socket.socket(socket.AF_UNIX)
    try:
        client.connect(os.path.join(folder, name))
    except OSError:
        client.close()
        raise
    return client


class HyperTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        self.addCleanup(lambda: self.assertEqual(os.listdir(folder.name), []))
        os.environ["XDG_RUNTIME_DIR"] = folder.name
        os.environ["HYPERPROCESS_BINARY_HYPERD"] = FOLDER
        os.chdir(folder.name)  # where no log may appear

    def check_snippet(self, number):
        """It prints the connection string, of a server that is gone afterwards."""
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            exec(compile(snippet(number), f"snippet {number}", "exec"), {})
        self.assertRegex(said.getvalue(), r"\Atab\.domain:///[^\n]+/domain/[^\n]+\n\Z")
        with self.assertRaises(OSError):
            connect(said.getvalue().strip())

    def test_the_first_snippet(self):
        self.check_snippet(1)

    def test_the_second_snippet(self):
        self.check_snippet(2)

    def test_the_third_snippet(self):
        self.check_snippet(3)

    def test_it_answers(self):
        with HyperProcess(QUIET, "my program", FOLDER, {"log_config": ""}) as hyper:
            connect(hyper.endpoint).close()
            self.assertTrue(hyper.is_open and hyper.is_verified)
            self.assertEqual((hyper.endpoint.connection_descriptor, hyper.endpoint.user_agent),
                             (hyper.descriptor, "my program"))
            self.assertEqual(str(hyper.endpoint), hyper.descriptor)
        with self.assertRaises(RuntimeError):
            hyper.endpoint

    def test_shutdown_closes_it(self):
        for timeout in (-1, 0, 20000):
            with self.subTest(timeout=timeout), HyperProcess(QUIET, hyper_path=FOLDER) as hyper:
                hyper.shutdown(timeout)
                self.assertFalse(hyper.is_open)
                hyper.shutdown(timeout)

    def test_shutdown_tells_that_it_died_before(self):
        with HyperProcess(QUIET, hyper_path=FOLDER) as hyper:
            os.kill(hyper.pid, 9)
            with self.assertRaises(HyperprocessError) as caught:
                hyper.wait()
            self.assertEqual(caught.exception.code, "HP_EDIED")
            with self.assertRaises(HyperprocessError):
                hyper.shutdown()
            self.assertFalse(hyper.is_open)

    def test_telemetry_must_be_chosen(self):
        for choice in ({}, {"telemetry": None}, {"telemetry": ""}, {"telemetry": True}):
            with self.subTest(choice=choice), self.assertRaises(TypeError):
                HyperProcess(hyper_path=FOLDER, **choice)

    def test_parameters_do_not_choose_it(self):
        with HyperProcess(QUIET, hyper_path=FOLDER, parameters={"telemetry": "on"}) as hyper:
            with open(f"/proc/{hyper.pid}/cmdline", encoding="utf-8") as words:
                self.assertNotIn("telemetry", words.read())

    def test_a_wrong_setting_is_refused_before_anything_runs(self):
        with self.assertRaises(HyperprocessError) as caught:
            HyperProcess(QUIET, hyper_path=FOLDER, parameters={"log_dirr": "/tmp"})
        self.assertEqual(caught.exception.code, "HP_ECONFIG")
        self.assertIn("'log_dir'", caught.exception.message)

    def test_a_folder_without_it_says_where_it_looked(self):
        with self.assertRaises(HyperprocessError) as caught:
            HyperProcess(QUIET, hyper_path="/nowhere")
        self.assertEqual(caught.exception.code, "HP_ENOTFOUND")
        self.assertIn("/nowhere", caught.exception.details["places"])


if __name__ == "__main__":
    if why_not():
        print("SKIPPED:", why_not())
    else:
        unittest.main()
