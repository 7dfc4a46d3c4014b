#!/usr/bin/env python3
"""environments.py [NAME ...]: makes the virtual environments of environments.txt, and prints the folder they are in.

They are made once, in the user's cache folder, and shared by all checkouts: nothing may change them. The folder's name
has a hash of all that they depend on, so that a change of it makes new ones. A virtual environment can't be renamed
(its scripts name their interpreter), so each is made where it stays; the file `complete`, written last, says that it is
whole, and what has none is made again.
"""

import contextlib
import fcntl
import hashlib
import os
import pathlib
import platform
import shutil
import subprocess
import sys

PINS = pathlib.Path(__file__).with_name("environments.txt")
PACKAGING, WHEELS, DOCUMENTS, SOURCES = "packaging", "wheels", "documents", "sources"


def sections():
    """The requirements of each name in environments.txt."""
    common, found = [], {}
    requirements = common
    for line in PINS.read_text().splitlines():
        line = line.strip()
        if line.startswith("["):
            name = line.strip("[]")
            requirements = found[name] = list(common) if name.startswith(("testmon-", DOCUMENTS)) else []
        elif line and not line.startswith("#"):
            requirements.append(line)
    return found


def root():
    """The folder of the environments of this Python, these pins and this script."""
    cache = os.environ.get("XDG_CACHE_HOME", "")
    cache = pathlib.Path(cache if os.path.isabs(cache) else os.path.expanduser("~/.cache"))
    inputs = [sys.version, os.path.realpath(sys.executable), PINS.read_text(), pathlib.Path(__file__).read_text()]
    digest = hashlib.sha256("\0".join(inputs).encode()).hexdigest()[:12]
    return cache / "testmon-xdist-tests" / "python{}.{}-{}".format(*sys.version_info[:2], digest)


def clean_environment():
    """The environment variables for a pip or a pytest that is to see nothing of what surrounds us."""
    strangers = ("PYTHON", "PYTEST_", "TESTMON_", "VIRTUAL_ENV", "PIP_TARGET", "PIP_PREFIX", "PIP_USER", "PIP_REQUIRE")
    return {name: value for name, value in os.environ.items() if not name.startswith(strangers)}


def run(*command):
    command = [str(word) for word in command]
    if subprocess.run(command, env=clean_environment(), stdin=subprocess.DEVNULL, stdout=sys.stderr).returncode != 0:
        sys.exit("environments.py: this failed: " + " ".join(command))


def make_environment(folder, requirements):
    """A virtual environment with exactly these requirements, in `folder`, which doesn't exist yet."""
    run(sys.executable, "-m", "venv", folder)
    pip = [folder / "bin" / "python", "-m", "pip", "--quiet", "--disable-pip-version-check"]
    run(*pip, "install", "--no-deps", *requirements)
    run(*pip, "check")


def make_wheels(folder, requirements, python):
    """The requirements' wheels, in `folder`."""
    pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    run(*pip, "download", "--no-deps", "--only-binary", ":all:", "--dest", folder, *requirements)


def make_sources(folder, requirements, python):
    """The requirements' source archives, unpacked in `folder`: NAME-VERSION/."""
    pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    # By name: what pip needs to read an archive's metadata, such as setuptools, may come as a wheel.
    names = ",".join(requirement.partition("==")[0] for requirement in requirements)
    run(*pip, "download", "--no-deps", "--no-binary", names, "--dest", folder, *requirements)
    for archive in list(folder.iterdir()):
        shutil.unpack_archive(archive, folder)
        archive.unlink()


@contextlib.contextmanager
def locked(path):
    """Keeps other processes out that would make the same environments."""
    with open(path, "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("waiting for another process that makes the test environments", file=sys.stderr)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def provide(names):
    """Makes those of the named environments that are not there yet."""
    folder, pins = root(), sections()
    if all((folder / name / "complete").exists() for name in names):
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder / "lock"):
        for name in names:
            target = folder / name
            if (target / "complete").exists():
                continue
            print("making the test environment {} (Python {})".format(name, platform.python_version()), file=sys.stderr)
            shutil.rmtree(target, ignore_errors=True)
            if name in (WHEELS, DOCUMENTS, SOURCES):
                make = make_sources if name == SOURCES else make_wheels
                make(target, pins[name], folder / PACKAGING / "bin" / "python")
            else:
                make_environment(target, pins[name])
            (target / "complete").touch()
    return folder


def main(arguments):
    if sys.version_info < (3, 10):
        sys.exit("environments.py: needs Python 3.10 or later, this is " + platform.python_version())
    known = list(sections())
    unknown = [name for name in arguments if name not in known]
    if unknown:
        sys.exit("environments.py: no such environment: {}; there are {}".format(unknown[0], ", ".join(known)))
    # These need the pip of PACKAGING.
    needs_pip = bool({WHEELS, DOCUMENTS, SOURCES} & set(arguments))
    names = [PACKAGING] * needs_pip + arguments if arguments else known
    print(provide(names))


if __name__ == "__main__":
    main(sys.argv[1:])
