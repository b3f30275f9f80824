# SPDX-License-Identifier: MIT
"""The Python package over the shared library."""
import os
import socket
import subprocess
import sys
import tempfile
import unittest

from hyperprocess import HyperprocessError, Process

ECHOD = os.path.join(os.environ["HP_TEST_BIN"], "hyperprocess-echod")


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


class PythonTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        os.environ["XDG_RUNTIME_DIR"] = self.folder.name

    def tearDown(self):
        self.assertEqual(os.listdir(self.folder.name), [])

    def start(self, **options):
        return Process("echo", binary=ECHOD, start_timeout=20, **options)

    def test_with_ends_what_it_began(self):
        with self.start() as server:
            pid = server.pid
            self.assertTrue(server.is_alive and server.is_verified)
            self.assertEqual(server.endpoint, "unix://" + server.path)
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(server.path)
                client.sendall(b"hello\n")
                self.assertEqual(client.recv(6, socket.MSG_WAITALL), b"hello\n")
        self.assertFalse(is_running(pid))
        self.assertFalse(server.is_open)

    def test_a_failure_has_the_whole_error(self):
        with self.assertRaises(HyperprocessError) as caught:
            self.start(settings={"greting": "hello"})
        self.assertEqual(caught.exception.code, "HP_ECONFIG")
        self.assertIn("greting", str(caught.exception))

    def test_a_start_that_fails_leaves_nothing(self):
        with self.assertRaises(HyperprocessError) as caught:
            self.start(arguments=["--no-such-option"])
        self.assertEqual(caught.exception.code, "HP_EEXITED")
        self.assertIn("--no-such-option", caught.exception.details["command"])

    def test_shutdown_has_its_three_meanings(self):
        for timeout, rung in ((-1, "tether"), (0, "kill"), (20000, "tether")):
            with self.subTest(timeout=timeout), self.start() as server:
                server.shutdown(timeout)
                self.assertEqual((server.state, server.stop_rung), ("stopped", rung))

    def test_events_are_told(self):
        events = []
        with self.start(on_event=events.append) as server:
            server.shutdown()
        states = [event.state for event in events if event.kind == "state"]
        self.assertEqual(states, ["preparing", "starting", "waiting", "ready", "stopping", "stopped"])

    def test_a_death_is_told_by_wait(self):
        with self.start() as server:
            os.kill(server.pid, 9)
            with self.assertRaises(HyperprocessError) as caught:
                server.wait(20)
            self.assertEqual(caught.exception.code, "HP_EDIED")
            self.assertEqual(server.exit_status, ("signal", 9))

    def test_wait_has_its_limit(self):
        with self.start() as server:
            self.assertFalse(server.wait(0))

    def test_a_closed_one_says_so(self):
        server = self.start()
        server.close()
        server.close()
        with self.assertRaises(ValueError):
            server.endpoint

    def test_settings_and_environment_reach_the_server(self):
        with self.start(settings={"greeting": "good morning"}, environment={"LANG": None}, transport="tcp") as server:
            self.assertGreater(server.port, 0)
            with socket.create_connection((server.host, server.port)) as client:
                self.assertEqual(client.recv(12, socket.MSG_WAITALL), b"good morning")

    def run_script(self, script):
        words = [sys.executable, "-c", f"from hyperprocess import Process\n{script}", ECHOD]
        return subprocess.run(words, stdout=subprocess.PIPE, text=True, timeout=40, check=False)

    def test_one_that_is_left_open_ends_with_python(self):
        done = self.run_script("import sys\np = Process('echo', binary=sys.argv[1])\nprint(p.pid)")
        self.assertEqual(done.returncode, 0)
        self.assertFalse(is_running(int(done.stdout)))

    def test_a_fork_leaves_the_parents_server_alone(self):
        done = self.run_script("import os, sys\n"
                               "p = Process('echo', binary=sys.argv[1])\n"
                               "child = os.fork()\n"
                               "if child == 0:\n"
                               "    p.close()\n"
                               "    os._exit(0)\n"
                               "os.waitpid(child, 0)\n"
                               "print(p.is_alive)\n"
                               "p.close()")
        self.assertEqual((done.returncode, done.stdout), (0, "True\n"))

    def test_an_interrupt_ends_a_start_that_hangs(self):
        definition = os.path.join(self.folder.name, "f.yaml")
        with open(definition, "w", encoding="utf-8") as file:
            file.write("version: 1\nservers:\n  deaf:\n    binary: {names: [hp-child]}\n"
                       "    transports: {unix: {}}\n    arguments: [pause]\n    ready: {kind: line, line: never}\n")
        child = os.path.join(os.environ["HP_TEST_BIN"], "hp-child")
        done = self.run_script("import os, signal, sys\n"
                               "def wait(event):\n"
                               "    if event.state == 'waiting':\n"
                               "        os.kill(os.getpid(), signal.SIGINT)\n"
                               "try:\n"
                               f"    Process('deaf', file={definition!r}, binary={child!r}, on_event=wait)\n"
                               "except KeyboardInterrupt:\n"
                               "    print('interrupted')")
        self.assertEqual((done.returncode, done.stdout), (0, "interrupted\n"))
        os.unlink(definition)


if __name__ == "__main__":
    unittest.main()
