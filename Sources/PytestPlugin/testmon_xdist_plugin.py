"""The module that pytest loads, by ``-p testmon_xdist_plugin`` or by itself: all of it is in the package beside it.

It is there before pytest in xdist's workers, and has no assertions: PYTEST_DONT_REWRITE.
"""
from testmon_xdist.plugin import pytest_cmdline_main, pytest_configure, pytest_sessionstart  # noqa: F401
