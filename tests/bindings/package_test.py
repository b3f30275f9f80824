# SPDX-License-Identifier: MIT
"""The Python package as a wheel that carries the shared library."""
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = os.environ["PYTHONPATH"]
LIBRARY = os.environ["HYPERPROCESS_LIBRARY"]
ECHOD = os.path.join(os.environ["HP_TEST_BIN"], "hyperprocess-echod")


def why_not():
    missing = [name for name in ("pip", "setuptools", "wheel") if not importlib.util.find_spec(name)]
    return "Python has no " + ", no ".join(missing) if missing else None


def run(*words, **environment):
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "HYPERPROCESS_LIBRARY")}
    done = subprocess.run([sys.executable, *words], env={**kept, **environment}, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise AssertionError(done.stdout)
    return done.stdout


class PackageTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def test_a_wheel_needs_no_compiler_and_carries_the_library(self):
        source, place = os.path.join(self.folder, "source"), os.path.join(self.folder, "place")
        shutil.copytree(SOURCE, source, ignore=shutil.ignore_patterns("__pycache__"))
        name = "libhyperprocess.0.dylib" if sys.platform == "darwin" else "libhyperprocess.so.0"
        shutil.copy(LIBRARY, os.path.join(source, "hyperprocess", name))
        pip = ("-m", "pip", "--quiet", "--disable-pip-version-check")
        run(*pip, "wheel", "--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir", self.folder, source,
            CC="/bin/false")
        wheel, = (name for name in os.listdir(self.folder) if name.endswith(".whl"))
        run(*pip, "install", "--no-index", "--no-deps", "--target", place, os.path.join(self.folder, wheel))
        self.assertTrue(os.path.exists(os.path.join(place, "hyperprocess", "py.typed")))
        said = run("-c", "import hyperprocess, sys\n"
                         "with hyperprocess.Process('echo', binary=sys.argv[1], transport='tcp') as server:\n"
                         "    print(hyperprocess.version(), server.is_alive)", ECHOD, PYTHONPATH=place)
        self.assertEqual(said, wheel.split("-")[1] + " True\n")


if __name__ == "__main__":
    if why_not():
        print("SKIPPED:", why_not())
    else:
        unittest.main()
