# SPDX-License-Identifier: MIT
"""Tableau's HyperProcess on this library: the document's own snippets, on the real hyperd."""
import os
import socket
import tempfile
import unittest

from hyperprocess import HyperProcess, HyperprocessError, Telemetry

FOLDER = os.environ["HP_TEST_HYPERD"]


def why_not():
    if os.access(os.path.join(FOLDER, "hyperd"), os.X_OK):
        return None
    try:
        with open(os.path.join(FOLDER, "reason"), encoding="utf-8") as reason:
            return reason.readline().strip()
    except OSError:
        return "hyperd was not fetched: run the test hyperd.fetch"


class HyperTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        self.addCleanup(lambda: self.assertEqual(os.listdir(folder.name), []))
        os.environ["XDG_RUNTIME_DIR"] = folder.name
        os.chdir(folder.name)  # where no log may appear

    def check_answers(self, hyper):
        folder, _, name = str(hyper.endpoint)[len("tab.domain://"):].partition("/domain/")
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(os.path.join(folder, name))

    def test_the_first_snippet(self):
        with HyperProcess(telemetry=Telemetry.SEND_USAGE_DATA_TO_TABLEAU, hyper_path=FOLDER) as hyper:
            self.check_answers(hyper)
            self.assertEqual(hyper.endpoint.connection_descriptor, hyper.descriptor)
            self.assertTrue(hyper.is_open and hyper.is_verified)

    def test_the_second_snippet(self):
        with HyperProcess(telemetry=Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU, hyper_path=FOLDER) as hyper:
            self.check_answers(hyper)

    def test_the_third_snippet(self):
        process_parameters = {"default_database_version": "2"}
        with HyperProcess(telemetry=Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU, hyper_path=FOLDER,
                          parameters=process_parameters) as hyper:
            self.check_answers(hyper)

    def test_telemetry_must_be_chosen(self):
        with self.assertRaises(TypeError):
            HyperProcess(hyper_path=FOLDER)
        with self.assertRaises(TypeError):
            HyperProcess(telemetry=None, hyper_path=FOLDER)

    def test_a_wrong_setting_is_refused_before_anything_runs(self):
        with self.assertRaises(HyperprocessError) as caught:
            HyperProcess(telemetry=Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU, hyper_path=FOLDER,
                         parameters={"log_dirr": "/tmp"})
        self.assertEqual(caught.exception.code, "HP_ECONFIG")
        self.assertIn("log_dir", str(caught.exception))


if __name__ == "__main__":
    if why_not():
        print("SKIPPED:", why_not())
    else:
        unittest.main()
