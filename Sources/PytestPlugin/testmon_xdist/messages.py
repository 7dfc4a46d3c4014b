"""What this process says on stderr, besides the errors that pytest shows. Each message is written at once, in one piece:
several processes share the terminal.
"""
import os
import sys
import time

from . import variables
from .text import printable

role = "pytest"  # which part this process plays, as debug lines name it
shows_debug = False
is_quiet = False  # whether anything but errors is left out


def begin(new_role, debug=None, quiet=None):
    """Says which part this process plays. What isn't given is as the environment has it."""
    global role, shows_debug, is_quiet
    role = new_role
    is_quiet = bool(os.environ.get(variables.QUIET)) if quiet is None else quiet
    if debug is None:  # a settings file may say so, too: see ``companion``
        debug = os.environ.get(variables.DEBUG, "").lower() in ("true", "1", "yes", "on")
    shows_debug = debug and not is_quiet


def options():
    """What has the executable say as much as this process does."""
    return ["--quiet"] if is_quiet else ["--debug"] if shows_debug else []


def warn(message):
    if not is_quiet:
        _write("WARNING: testmon-xdist: %s" % printable(message))


def debug(template, *values):
    """In the form of the executable's: see ``Diagnostics.swift``. Off, it costs a call; no text is made."""
    if not shows_debug:
        return
    now = time.time()
    day = "%s.%03d" % (time.strftime("%H:%M:%S", time.localtime(now)), now % 1 * 1000)
    _write("testmon-xdist: debug: %s %s[%d]: %s" % (day, role, os.getpid(), printable(template % values)))


def milliseconds(since):
    """How long ago a moment of ``time.monotonic`` was."""
    return "%.1f ms" % ((time.monotonic() - since) * 1000)


def _write(line):
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
