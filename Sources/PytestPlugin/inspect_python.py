"""Prints as JSON what this Python has of the packages that testmon-xdist works with. Run as ``python -c SOURCE``."""
import json
import sys

try:
    from importlib.metadata import PackageNotFoundError, version
except ImportError:  # Python 3.7
    from pkg_resources import DistributionNotFound as PackageNotFoundError
    from pkg_resources import get_distribution

    def version(name):
        return get_distribution(name).version


sys.path[:] = [entry for entry in sys.path if entry]  # not this folder


def find(name):
    try:
        return version(name)
    except PackageNotFoundError:
        return None


print(
    json.dumps(
        {
            "executable": sys.executable,
            "version": "%d.%d.%d" % sys.version_info[:3],
            "pytest": find("pytest"),
            "testmon": find("pytest-testmon"),
            "xdist": find("pytest-xdist"),
            "plugin": find("testmon-xdist"),
        }
    )
)
