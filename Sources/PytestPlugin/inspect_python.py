"""Prints as a line of JSON what this Python has of the packages that testmon-xdist works with. Run as ``python -c SOURCE``.

It works on any Python that somebody may have, 2.7 among them: that it is too old is the executable's to say.
"""
import json
import os
import sys
import sysconfig

try:
    from importlib.metadata import distribution
except ImportError:  # up to Python 3.7
    try:
        from importlib_metadata import distribution
    except ImportError:
        try:
            from pkg_resources import get_distribution as distribution
        except ImportError:
            distribution = None


sys.path[:] = [entry for entry in sys.path if entry]  # not this folder


def find(name):
    try:
        return distribution(name).version
    except Exception:  # it isn't installed, or what tells so is damaged
        return None


def damaged_modules(name):
    """The modules of an installed package that are missing, or not of the size that the installer noted."""
    try:
        modules = [file for file in distribution(name).files or [] if str(file).endswith(".py")]
        sizes = {str(file.locate()): file.size for file in modules if file.size is not None}
        return sorted(path for path, size in sizes.items() if not os.path.isfile(path) or os.path.getsize(path) != size)
    except Exception:  # nothing has noted them
        return []


def installer():
    """What can install packages here: ``pip`` or ``uv``; else ``pip`` has to come first (``ensurepip``), or an environment of
    one's own (``venv``)."""
    prefix = getattr(sys, "base_prefix", sys.prefix)
    # https://packaging.python.org/en/latest/specifications/externally-managed-environments/
    if sys.prefix == prefix and os.path.isfile(os.path.join(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED")):
        return "venv"
    if find("pip"):
        return "pip"
    try:
        with open(os.path.join(sys.prefix, "pyvenv.cfg")) as configuration:
            return "uv" if "\nuv = " in configuration.read() else "ensurepip"
    except IOError:
        return "ensurepip"


print(
    json.dumps(
        {
            "executable": sys.executable,
            "prefix": sys.prefix,
            "version": "%d.%d.%d" % sys.version_info[:3],
            "installer": installer(),
            "pytest": find("pytest"),
            "testmon": find("pytest-testmon"),
            "xdist": find("pytest-xdist"),
            "plugin": find("testmon-xdist"),
            "damaged": damaged_modules("testmon-xdist"),
        }
    )
)
sys.stdout.flush()
