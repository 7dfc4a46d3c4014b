#!/usr/bin/env python3
"""old_testmon.py: makes the virtual environments of old_testmon.txt, and prints the folder they are in.

They are beside those of environments.txt, and made as these are; but with releases that don't go together by what
they say of themselves.
"""

import pathlib

import environments


def make_environment(folder, requirements):
    environments.run(environments.sys.executable, "-m", "venv", folder)
    pip = [folder / "bin" / "python", "-m", "pip", "--quiet", "--disable-pip-version-check"]
    environments.run(*pip, "install", "--no-deps", "--ignore-requires-python", *requirements)


if __name__ == "__main__":
    environments.PINS = pathlib.Path(__file__).with_name("old_testmon.txt")
    environments.make_environment = make_environment
    environments.main([])
