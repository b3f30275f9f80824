# SPDX-License-Identifier: MIT
"""The official Python API, as PyPI has it, on a server of ours, and its server beside ours."""
import os
import sys
import tempfile
import unittest

OFFICIAL = os.environ["HP_TEST_OFFICIAL"]


def why_not():
    try:
        with open(os.path.join(OFFICIAL, "reason"), encoding="utf-8") as reason:
            return reason.readline().strip()
    except OSError:
        return None if os.path.isdir(os.path.join(OFFICIAL, "tableauhyperapi")) else "run the test official.fetch"


def command_lines():
    """Of all processes; the official server is no child of ours."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as line:
                yield line.read().split("\0")
        except OSError:  # it has ended meanwhile
            pass


def options_of(hyper):
    """The names of those that the server of an endpoint was given."""
    folder = str(hyper.endpoint)[len("tab.domain://"):].partition("/domain/")[0]
    for words in command_lines():
        if any(folder in word for word in words) and "run" in words:
            return {word.partition("=")[0] for word in words if word.startswith("--")}
    raise AssertionError(f"nobody listens in {folder}")


class OfficialTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        os.environ["XDG_RUNTIME_DIR"] = folder.name
        os.environ.pop("HYPERPROCESS_BINARY_HYPERD", None)
        os.chdir(folder.name)
        self.database = os.path.join(folder.name, "a.hyper")

    def test_its_connection_takes_our_endpoint(self):
        with hyperprocess.HyperProcess(tableauhyperapi.Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU, "my program") as hyper:
            self.assertIsInstance(hyper.endpoint, tableauhyperapi.Endpoint)
            self.assertEqual(hyper.endpoint.user_agent, "my program")
            create = tableauhyperapi.CreateMode.CREATE
            with tableauhyperapi.Connection(hyper.endpoint, self.database, create) as connection:
                connection.execute_command("create table t as select 6 * 7 as answer")
            with tableauhyperapi.Connection(hyper.endpoint, self.database) as connection:
                self.assertEqual(connection.execute_scalar_query("select answer from t"), 42)

    def test_its_hyperd_is_found(self):
        with hyperprocess.HyperProcess("off") as hyper:
            binary = os.readlink(f"/proc/{hyper.pid}/exe")
            self.assertTrue(os.path.samefile(binary, os.path.join(OFFICIAL, "tableauhyperapi", "bin", "hyper", "hyperd")))

    def test_side_by_side_the_same_options_are_passed(self):
        quiet = tableauhyperapi.Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU
        with tableauhyperapi.HyperProcess(quiet, "my program", parameters={"log_config": ""}) as theirs:
            with hyperprocess.HyperProcess("off", "my program", parameters={"log_config": ""}) as ours:
                self.assertEqual(options_of(ours), options_of(theirs))
                for endpoint in (theirs.endpoint, ours.endpoint):
                    with tableauhyperapi.Connection(endpoint) as connection:
                        self.assertEqual(connection.execute_scalar_query("select 6 * 7"), 42)


if __name__ == "__main__":
    if why_not():
        print("SKIPPED:", why_not())
    else:
        sys.path.insert(1, OFFICIAL)
        import hyperprocess
        import tableauhyperapi
        unittest.main()
