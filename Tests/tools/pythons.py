#!/usr/bin/env python3
"""pythons.py NAME ...: makes an environment for each of these Pythons ("3.14"), and prints NAME=FOLDER:NAME=FOLDER...

The tests run in the environments of environments.py, all of one Python. A part of them runs on these Pythons, too, each
with a virtual environment of what pythons.txt has, made once in the user's cache folder; nothing may change it. Python
3.14 and 3.15 come from Debian's sid where the machine has none; where that can't be, it is said and they are left out.
"""

import hashlib
import pathlib
import shutil
import subprocess
import sys

import debian_pythons
import environments

FROM_DEBIAN = ["3.14", "3.15"]
PINS = pathlib.Path(__file__).with_name("pythons.txt")


def find_here(name):
    """A Python of PATH or else of pyenv, or None."""
    candidates = [shutil.which("python" + name)]
    if shutil.which("pyenv"):
        root = pathlib.Path(subprocess.run(["pyenv", "root"], capture_output=True, text=True).stdout.strip())
        candidates += sorted(root.glob("versions/{}.*/bin/python".format(name)), reverse=True)
    for python in candidates:
        ask = [python, "-c", "import sqlite3, sys; print('%d.%d' % sys.version_info[:2], sys.executable)"]
        answer = python and subprocess.run(ask, env=environments.clean_environment(), capture_output=True, text=True)
        if answer and answer.stdout.startswith(name + " "):
            return answer.stdout.split(maxsplit=1)[1].strip()
    return None


def find(names, uv):
    """The interpreters of those of these Pythons that can be had, by name; and of the others, why they can't."""
    found = {name: find_here(name) for name in names}
    reasons = {name: "this machine has none" for name, python in found.items() if python is None}
    theirs, why = debian_pythons.provide([name for name in reasons if name in FROM_DEBIAN], uv)
    found.update(theirs)
    reasons.update((name, "{}, nor can it be had from Debian: {}".format(reasons[name], why[name])) for name in why)
    return {n: python for n, python in found.items() if python}, {n: reasons[n] for n in reasons if n not in theirs}


def environment(name, python, folder, uv):
    """The virtual environment of a Python; made anew where it is of another one than before."""
    target, complete = folder / name, folder / (name + ".complete")
    made_of = debian_pythons.call(python, "-c", "import os, sys; print(os.path.realpath(sys.executable), sys.version)")
    if not complete.exists() or complete.read_text() != made_of:
        print("making the test environment of Python", name, file=sys.stderr, flush=True)
        complete.unlink(missing_ok=True)
        shutil.rmtree(target, ignore_errors=True)
        debian_pythons.call(uv, "venv", "--quiet", "--python", python, target)
        pip = [uv, "pip", "install", "--quiet", "--python", target / "bin" / "python"]
        debian_pythons.call(*pip, "--no-deps", "--requirements", PINS)
        debian_pythons.call(uv, "pip", "check", "--python", target / "bin" / "python")
        complete.write_text(made_of)
    return target


def main(names):
    uv = environments.provide(["launchers"]) / "launchers" / "bin" / "uv"
    found, reasons = find(names, uv)
    inputs = [PINS.read_text(), pathlib.Path(__file__).read_text()]
    digest = hashlib.sha256("\0".join(inputs).encode()).hexdigest()[:12]
    folder = environments.root().parent / "extra-pythons-{}".format(digest)
    folder.mkdir(parents=True, exist_ok=True)
    made = {}
    with environments.locked(folder / "lock"):
        for name, python in found.items():
            try:
                made[name] = environment(name, python, folder, uv)
            except debian_pythons.NotHere as error:
                reasons[name] = str(error)
    for name in sorted(reasons):
        print("the tests on Python {} are left out: {}".format(name, reasons[name]), file=sys.stderr)
    print(":".join("{}={}".format(*item) for item in made.items()))


if __name__ == "__main__":
    main(sys.argv[1:])
