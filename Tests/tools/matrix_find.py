"""Finds the oldest and the newest pytest and pytest-xdist that install and run with a release of pytest-testmon.

To run means: without testmon-xdist, `pytest --testmon` passes, and `pytest -n 2` does, with tests and with none to run.
The newest is what is installed where nothing is said; the oldest is looked for from old to new: first pytest, then
pytest-xdist. A release of pytest-testmon isn't tried with older ones than those that the release before needs.
"""

import contextlib
import functools
import itertools
import re
import subprocess
import sys

import environments
import matrix_cell
import matrix_pins

# What pytest-testmon's metadata asks for; and what first calls workers so that testmon knows them, by `workerinput`.
FIRST = {"pytest": "5.0.0", "pytest-xdist": "1.22.1"}


@functools.cache
def versions(name, start):
    """The releases on PyPI from this one on, from old to new."""
    command = [sys.executable, "-m", "pip", "index", "versions", name]
    text = subprocess.run(command, env=environments.clean_environment(), capture_output=True, text=True).stdout
    found = re.search(r"Available versions: (.*)", text)
    if not found:
        sys.exit("matrix.py: pip doesn't tell which versions of {} there are".format(name))
    found = found.group(1).split(", ")[::-1]
    return found[found.index(start) :]


def own_needs(release, python):
    """What it needs and doesn't ask for: pkg_resources, up to 2.0.12, and where there is no importlib.metadata.

    From 71 on setuptools brings typeguard along, whose pytest plugin fails with old pytests.
    """
    known = list(matrix_pins.RELEASES)
    return ["setuptools<71"] if known.index(release) <= known.index("2.0.12") or python == "3.7" else []


class Search:
    """Of one Python, for one release after the other."""

    def __init__(self, folder, uv, name, python):
        self.folder, self.uv, self.name, self.python = folder, uv, name, python
        self.number = itertools.count()
        self.last = None  # the oldest pytest and pytest-xdist of the release before

    def cell(self, *requirements):
        folder = self.folder / "find-{}-{}".format(self.name, next(self.number))
        return matrix_cell.temporary(folder, self.uv, self.python, requirements)

    def install_and_run(self, release, *requirements):
        """All that is installed then, as the words of a line of the pins file; raises Failed."""
        with self.cell("pytest-testmon==" + release, *own_needs(release, self.name), *requirements) as cell:
            installed = cell.pip("freeze").split()
            cell.pytest(6, "--testmon")
        first = ["pytest", "pytest-testmon", "pytest-xdist"]
        rank = {name: number for number, name in enumerate(first)}
        return " ".join(sorted(installed, key=lambda word: (rank.get(word.split("==")[0], len(first)), word)))

    @functools.cache
    def why_xdist_fails(self, pytest, xdist):
        try:
            with self.cell("pytest==" + pytest, "pytest-xdist==" + xdist) as cell:
                cell.pytest(6, "-n", "2")
                cell.pytest(0, "-n", "2", "-k", "nothing")  # in some releases a worker without tests dies
        except matrix_cell.Failed as failure:
            return failure.last_line
        return None

    def oldest(self, release):
        if self.last:
            with contextlib.suppress(matrix_cell.Failed):
                return self.install_and_run(release, *map("==".join, zip(FIRST, self.last)))
        start = self.last or list(FIRST.values())
        for pytest in versions("pytest", start[0]):
            try:
                self.install_and_run(release, "pytest==" + pytest)
            except matrix_cell.Failed:
                continue
            for xdist in versions("pytest-xdist", start[1]):
                if self.why_xdist_fails(pytest, xdist):
                    continue
                with contextlib.suppress(matrix_cell.Failed):
                    found = self.install_and_run(release, "pytest==" + pytest, "pytest-xdist==" + xdist)
                    self.last = pytest, xdist
                    return found
        raise LookupError(release)

    def find(self, release):
        """What the pins file has for this release, by end; nothing where it doesn't install."""
        try:
            newest = self.install_and_run(release, "pytest", "pytest-xdist")
        except matrix_cell.DoesNotInstall:
            return {}
        except matrix_cell.Failed as failure:
            return {matrix_pins.NONE: "pytest-testmon itself fails: " + failure.last_line}
        why = self.why_xdist_fails(*(matrix_pins.version(newest, name) for name in ("pytest", "pytest-xdist")))
        if why:
            return {matrix_pins.NONE: "pytest-xdist itself fails: " + why}
        return {"oldest": self.oldest(release), "newest": newest}
