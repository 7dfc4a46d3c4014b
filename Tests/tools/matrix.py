#!/usr/bin/env python3
"""Runs the story of parallel testmon with every release of pytest-testmon 2.x, and prints the table of what works.

Each release runs on each Python where it installs, with the oldest and the newest pytest and pytest-xdist that install
and run together with it: matrix.txt has them, and --find finds them. Exit status 1 where a cell failed or couldn't be run.
"""

import argparse
import concurrent.futures
import itertools
import pathlib
import sys
import tempfile

import environments
import matrix_cell
import matrix_find
import matrix_pins
from pythons import find as find_pythons

AT_A_TIME = 2


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def find(options, pythons, uv, folder):
    """Finds the chosen cells anew, and keeps the others; two Pythons at a time, each from release to release."""
    pins = matrix_pins.read() if matrix_pins.PATH.exists() else {}

    def find_for(name):
        search = matrix_find.Search(folder, uv, name, pythons[name])
        for release in options.release:
            found = search.find(release)
            for end in [*matrix_pins.ENDS, matrix_pins.NONE]:
                pins.pop((release, name, end), None)
            pins.update({(release, name, end): rest for end, rest in found.items()})
            told = {end: " ".join(rest.split()[:3]) for end, rest in found.items()}
            say(release, "Python", name, told or "doesn't install")

    with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
        for _ in pool.map(find_for, pythons):
            matrix_pins.write(pins)


def run(options, pins, pythons, uv, folder):
    """Runs the cells, two at a time; what failed, and why."""
    number = itertools.count()

    def run_one(key):
        release, name, end = key
        where = folder / str(next(number))
        try:
            with matrix_cell.temporary(where, uv, pythons[name], pins[key].split(), exact=True) as cell:
                cell.tell(matrix_pins.RELEASES[release], options.wheel)
        except matrix_cell.Failed as failure:
            say(release, "Python", name, end, "FAILED:", failure, "\n" + failure.output)
            return "fails with the {}: {}".format(end, failure)
        say(release, "Python", name, end, "works")
        return None

    with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
        results = dict(zip(pins, pool.map(run_one, pins)))
    return {key: reason for key, reason in results.items() if reason}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wheel", type=pathlib.Path, help="the built wheel")
    several = dict(action="append", metavar="N")
    releases = list(matrix_pins.RELEASES)
    parser.add_argument("--release", choices=releases, help="only this release (repeatable)", **several)
    parser.add_argument("--python", choices=matrix_pins.PYTHONS, help="only this Python (repeatable)", **several)
    does = parser.add_mutually_exclusive_group()
    does.add_argument("--find", action="store_true", help="find the oldest and the newest, and write matrix.txt")
    does.add_argument("--table", action="store_true", help="print matrix.txt's table of what is chosen, and run nothing")
    does.add_argument("--check", action="store_true", help="check that the documents have that table")
    options = parser.parse_args()
    options.release = options.release or releases
    options.python = options.python or matrix_pins.PYTHONS
    if options.table:
        return print(matrix_pins.table(matrix_pins.read(), options.release, options.python), end="")
    if options.check:
        return matrix_pins.check()

    with tempfile.TemporaryDirectory(prefix="testmon-xdist-matrix-") as folder:
        folder = pathlib.Path(folder).resolve()
        uv = matrix_cell.install_uv(folder / "uv")
        pythons, missing = find_pythons(options.python, uv)
        for name, reason in missing.items():
            say("Python", name, "is left out:", reason)
        if options.find:
            return find(options, pythons, uv, folder)
        if options.wheel is None:
            parser.error("--wheel is needed, to run the cells")
        options.wheel = options.wheel.absolute()
        pins = matrix_pins.read()
        chosen = [key for key in pins if key[0] in options.release and key[2] in matrix_pins.ENDS]
        cells = {key: pins[key] for key in chosen if key[1] in pythons}
        troubles = run(options, cells, pythons, uv, folder)
    failed = len(troubles)
    not_run = {key: "not run: no Python {} here".format(key[1]) for key in chosen if key[1] in missing}
    troubles.update(not_run)
    print(matrix_pins.table(pins, options.release, options.python, troubles), end="")
    say("{} cells run, {} failed, {} not run".format(len(cells), failed, len(not_run)))
    sys.exit(1 if troubles or not cells else 0)


if __name__ == "__main__":
    main()
