"""The pytest plugin of testmon-xdist: an adapter between pytest, pytest-testmon and the testmon-xdist executable.

It asks pytest and testmon for facts, hands them to the executable, and applies the answer. What to do with a data file
is decided in the executable. ``plugin`` has the hooks that pytest calls first; docs/architecture.md shows the whole.

It is there before pytest in xdist's workers, and has no assertions: PYTEST_DONT_REWRITE.
"""

HANDOVER = "testmon_xdist"  # the key in xdist's workerinput of what a worker must know


def rootdir(config):
    """The project's folder. ``config.rootdir`` comes from a plugin, from pytest 7 on, which may be switched off; ``rootpath`` is
    there from 6.1 on."""
    return str(getattr(config, "rootpath", None) or config.rootdir)
