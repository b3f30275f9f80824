# SPDX-License-Identifier: MIT
"""The Python package over the shared library."""
import os
import socket
import subprocess
import sys
import tempfile
import threading
import typing
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
        error = caught.exception
        self.assertEqual((error.code, error.phase), ("HP_ECONFIG", "plan"))
        self.assertIn("greting", error.message)
        self.assertIn(error.hint, str(error))

    def test_a_start_that_fails_leaves_nothing(self):
        with self.assertRaises(HyperprocessError) as caught:
            self.start(arguments=["--no-such-option"])
        error = caught.exception
        self.assertEqual((error.code, error.phase), ("HP_EEXITED", "ready"))
        self.assertIn("--no-such-option", error.details["command"])
        self.assertIn("--no-such-option", error.details["output"])
        self.assertIn(error.cause, str(error))

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

    def test_a_failure_is_told_as_an_event_too(self):
        events = []
        with self.assertRaises(HyperprocessError) as caught:
            self.start(arguments=["--no-such-option"], on_event=events.append)
        self.assertEqual((events[-1].state, events[-1].error.message), ("failed", caught.exception.message))

    def test_a_callback_that_raises_holds_nothing_up(self):
        reported = []
        self.addCleanup(setattr, sys, "unraisablehook", sys.unraisablehook)
        sys.unraisablehook = reported.append

        def raise_it(event):
            raise KeyError(event.state)
        with self.start(on_event=raise_it) as server:
            self.assertTrue(server.is_alive)
        self.assertIn("ready", [report.exc_value.args[0] for report in reported])

    def test_a_callback_may_close_it(self):
        for state in ("waiting", "ready"):
            done = self.run_script("import sys\n"
                                   "class Held(Process):\n"
                                   "    def take(self, event):\n"
                                   f"        if event.state == '{state}':\n"
                                   "            self.close()\n"
                                   "    def __init__(self):\n"
                                   "        super().__init__('echo', binary=sys.argv[1], on_event=self.take)\n"
                                   "try:\n"
                                   "    Held()\n"
                                   "except RuntimeError as error:\n"
                                   "    print(error)")
            self.assertEqual((done.returncode, done.stdout), (0, "this process was closed\n"))

    def test_one_that_is_dropped_is_stopped(self):
        server = self.start()
        pid = server.pid
        del server
        self.assertFalse(is_running(pid))

    def test_a_connected_socket(self):
        for transport in ("unix", "tcp"):
            with self.subTest(transport=transport), self.start(transport=transport) as server:
                with server.connect(timeout=20) as client:
                    client.sendall(b"hello\n")
                    self.assertEqual(client.recv(6, socket.MSG_WAITALL), b"hello\n")

    def test_transports_are_tried_in_turn(self):
        with self.start(transport=["unix:/" + 200 * "x", "tcp"]) as server:
            self.assertEqual((server.transport, len(server.fallbacks)), ("tcp", 1))
            self.assertIn("201 bytes long", server.fallbacks[0])

    def test_a_profile_of_a_file(self):
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "f.yaml")
            with open(file, "w", encoding="utf-8") as stream:
                stream.write("version: 1\nprofiles:\n  mine:\n    server: echo\n    transport: tcp\n"
                             "    settings: {greeting: hello}\n")
            with Process(file=file, profile="mine", binary=ECHOD) as server:
                with socket.create_connection((server.host, server.port)) as client:
                    self.assertEqual(client.recv(5, socket.MSG_WAITALL), b"hello")

    def test_its_output_goes_to_files(self):
        with tempfile.TemporaryDirectory() as folder:
            with self.start(log_dir=folder, log_size_limit=1 << 20, log_max_count=2) as server:
                self.assertEqual(os.path.dirname(server.log_path), folder)
                self.assertTrue(os.path.exists(server.log_path))
            with self.assertRaises(ValueError):
                self.start(log_dir=folder, log_size_limit=-1)

    def test_any_program_is_a_server(self):
        with Process(program=[ECHOD, "--listen", "${endpoint.url}"], transport="unix") as server:
            with server.connect() as client:
                client.sendall(b"hello\n")
                self.assertEqual(client.recv(6, socket.MSG_WAITALL), b"hello\n")

    def test_many_threads_and_one_server(self):
        server = self.start()
        seen = []

        def ask():
            try:
                while True:
                    seen.append(server.state)
            except RuntimeError as error:
                seen.append(error)
        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        server.close()
        for thread in threads:
            thread.join()
        self.assertEqual(sum(isinstance(one, RuntimeError) for one in seen), 4)

    def test_a_nul_is_refused(self):
        with self.assertRaises(ValueError):
            self.start(settings={"greeting": "a\0b"})

    def test_every_public_name_says_its_types(self):
        for name, member in vars(Process).items():
            function = member.fget if isinstance(member, property) else member
            if not name.startswith("_") or name == "__init__":
                self.assertIn("return", typing.get_type_hints(function), name)

    def test_wait_has_its_limit(self):
        with self.start() as server:
            self.assertFalse(server.wait(0))

    def test_a_closed_one_says_so(self):
        server = self.start()
        server.close()
        server.close()
        self.assertFalse(server.is_open or server.is_alive)
        with self.assertRaises(RuntimeError):
            server.endpoint

    def test_settings_and_environment_reach_the_server(self):
        with self.start(settings={"greeting": "good morning"}, environment={"LANG": None}, transport="tcp") as server:
            self.assertGreater(server.port, 0)
            with socket.create_connection((server.host, server.port)) as client:
                self.assertEqual(client.recv(12, socket.MSG_WAITALL), b"good morning")

    def run_script(self, script):
        words = [sys.executable, "-c", f"from hyperprocess import Process\n{script}", ECHOD]
        return subprocess.run(words, stdout=subprocess.PIPE, text=True, timeout=40, check=False)

    def test_a_library_that_is_not_there_is_named(self):
        done = subprocess.run([sys.executable, "-c", "import hyperprocess"], stderr=subprocess.PIPE, text=True, check=False,
                              env={**os.environ, "HYPERPROCESS_LIBRARY": "/nowhere/libhyperprocess.so"})
        self.assertEqual(done.returncode, 1)
        self.assertIn("ImportError", done.stderr)
        self.assertIn("/nowhere/libhyperprocess.so", done.stderr)

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
