"""Whether there may be settings. What they say is the executable's business: where there are none, off costs nothing."""
import os

from . import variables


def may_exist(rootdir):
    return bool(os.environ.get(variables.SWITCH)) or find_file(rootdir) is not None


def find_file(rootdir):
    """A file that may have settings, whatever they are; None where there is none."""
    user = os.environ.get("XDG_CONFIG_HOME", "")
    if not os.path.isabs(user):  # the specification: as if it weren't set
        user = os.path.join(os.path.expanduser("~"), ".config")
    names = ("testmon-xdist.toml", ".testmon-xdist.toml")
    for path in [os.path.join(rootdir, name) for name in names] + [os.path.join(user, "testmon-xdist", "config.toml")]:
        if os.path.exists(path):  # where it can't be read, the executable says so
            return path
    path = os.path.join(rootdir, "pyproject.toml")
    return path if _mentions_us(path) else None


def _mentions_us(path):
    try:
        with open(path, "rb") as file:
            return b"testmon-xdist" in file.read()
    except OSError:
        return False
