"""The projects that the benchmarks run tests of, and the Python environments they run in."""

import os
import pathlib
import random
import shutil
import sqlite3
import subprocess
import tempfile

import environments

TOOLS = pathlib.Path(__file__).parent
NETWORKX = "networkx==3.4.2"
DATA = ".testmondata"

TESTS = """\
import pytest
from lib import {name}


@pytest.mark.parametrize("i", range(20))
def test_{name}(i):
    assert {name}(i, 2) is not None
"""

SLEEPING_TEST = """\

def test_{number}():
    sleep({seconds})
"""
SLEEPING_MODULE = """\
import os
import time

import pytest
from lib import factor


@pytest.fixture(scope="module", autouse=True)
def resource():
    yield


def sleep(seconds):
    time.sleep(seconds * factor() * float(os.environ["BENCH_FACTOR"]))

"""


class Environment:
    """A Python environment: a copy, because the tests' own is shared by many."""

    def __init__(self, original, folder, wheel=None):
        shutil.copytree(original, folder, symlinks=True)
        self.python = folder / "bin" / "python"
        if wheel is not None:
            environments.run(self.python, "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--no-index",
                             "--no-deps", wheel)

    def variables(self, **more):
        variables = environments.clean_environment()
        variables["PATH"] = os.pathsep.join([str(self.python.parent), variables.get("PATH", os.defpath)])
        return dict(variables, PYTHONHASHSEED="0", **more)

    def pytest(self, *arguments):
        return [str(self.python), "-m", "pytest", "--testmon", *arguments]


class Project:
    """A folder with tests. What testmon knows of them can be kept, and put back."""

    def __init__(self, folder):
        self.folder = folder
        self.kept = folder.parent / (folder.name + DATA)
        self.sources = {}  # by path: the text of what an edit has changed

    def keep_data(self):
        self.kept.unlink(missing_ok=True)
        source, target = sqlite3.connect(self.folder / DATA), sqlite3.connect(self.kept)
        source.backup(target)  # what is in -wal included
        source.close()
        target.close()

    def put_back(self):
        """The sources and the data, as they were kept."""
        self.put_back_sources()
        for suffix in "-wal", "-shm", "-journal":
            (self.folder / (DATA + suffix)).unlink(missing_ok=True)
        shutil.copyfile(self.kept, self.folder / DATA)

    def put_back_sources(self):
        for path, text in self.sources.items():
            path.write_text(text)
        self.sources = {}

    def edit(self, name, old, new):
        path = self.folder / name
        text = self.sources.setdefault(path, path.read_text())
        if old not in text:
            raise RuntimeError("{} has no {!r}".format(path, old))
        path.write_text(path.read_text().replace(old, new, 1))


def small(folder):
    """Forty tests that do nothing."""
    folder.mkdir()
    (folder / "pytest.ini").write_text("[pytest]\npythonpath = .\n")
    (folder / "lib.py").write_text("def add(a, b):\n    return a + b\n\n\ndef mul(a, b):\n    return a * b\n")
    for name in "add", "mul":
        (folder / "test_{}.py".format(name)).write_text(TESTS.format(name=name))
    return Project(folder)


def durations():
    """Of each module of a real project, how long its tests take, in seconds."""
    lines = (TOOLS / "bench_durations.txt").read_text().splitlines()
    return [[float(word) for word in line.split()] for line in lines if not line.startswith("#")]


class Sleeping(Project):
    """Tests that take as long as those of a real project, times $BENCH_FACTOR, and only sleep."""

    def __init__(self, folder, modules):
        super().__init__(folder)
        self.modules = modules
        (folder / "tests").mkdir(parents=True)
        (folder / "pytest.ini").write_text("[pytest]\npythonpath = .\n")
        (folder / "lib.py").write_text("def factor():\n    return 1.0\n")
        for number, module in enumerate(modules):
            tests = [SLEEPING_TEST.format(number=test, seconds=seconds) for test, seconds in enumerate(module)]
            (folder / self.name(number)).write_text(SLEEPING_MODULE + "\n".join(tests))

    @staticmethod
    def name(number):
        return "tests/test_{:03d}.py".format(number)

    def affect(self, numbers):
        """Edits these modules, so that all their tests are affected; with None, what all use."""
        if numbers is None:
            self.edit("lib.py", "return 1.0", "return 2.0 / 2")
            return
        for number in numbers:
            self.edit(self.name(number), "seconds * factor()", "factor() * seconds")

    def record(self, python, variables, factor):
        """Has testmon learn the tests, without waiting for them, and what they take."""
        if self.kept.exists():
            self.put_back()
        else:
            subprocess.run(python.pytest("-n", "2", "-q"), env=dict(variables, BENCH_FACTOR="0"), cwd=self.folder,
                           stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
        with sqlite3.connect(self.folder / DATA) as connection:
            for number, module in enumerate(self.modules):
                connection.executemany(
                    "UPDATE test_execution SET duration = ? WHERE test_name = ?",
                    [(seconds * factor, "{}::test_{}".format(self.name(number), test))
                     for test, seconds in enumerate(module)])
        connection.close()
        self.keep_data()


def random_tenth(modules):
    return sorted(random.Random(9).sample(range(len(modules)), len(modules) // 10))


# What to edit so that about so many tests are affected: a file, what it has, and what comes in its place.
NETWORKX_EDITS = {
    "none": None,
    "about ten": ("networkx/algorithms/approximation/connectivity.py", "K = minimum_degree", "K = minimum_degree + 0"),
    "about 200": ("networkx/algorithms/shortest_paths/weighted.py", "if callable(weight):", "if callable(weight) or False:"),
    "a tenth": ("networkx/classes/multigraph.py", "return MultiAdjacencyView(self._adj)",
                "view = MultiAdjacencyView(self._adj)\n        return view"),
    "all": ("networkx/conftest.py", "doctest_namespace[\"nx\"] = networkx", "doctest_namespace[\"nx\"] = nx = networkx"),
}


def networkx(folder):
    """networkx, from PyPI's source archive; kept in the user's cache."""
    cache = environments.root().parent / "bench-sources"
    unpacked = cache / NETWORKX.replace("==", "-")
    if not unpacked.exists():
        cache.mkdir(parents=True, exist_ok=True)
        packaging = environments.provide([environments.PACKAGING]) / environments.PACKAGING
        with tempfile.TemporaryDirectory(dir=cache) as half_done:
            environments.make_sources(pathlib.Path(half_done), [NETWORKX], packaging / "bin" / "python")
            pathlib.Path(half_done, unpacked.name).rename(unpacked)
    shutil.copytree(unpacked, folder)
    return Project(folder)
