"""What ``testmon-xdist controller -- ...`` and ``worker ID -- ...`` put into the environment of a command."""
import os

import pytest

from . import variables


def hide(config):
    """Takes it away from what the tests start."""
    before = dict(os.environ)
    _remove_entry("PYTHONPATH", os.pathsep, os.environ.pop(variables.PLUGIN_PATH))
    _remove_entry("TOX_OVERRIDE", ";", "testenv.pass_env+=PYTHONPATH,TESTMON_XDIST_*")
    for name in variables.PRIVATE + tuple(os.environ.pop(variables.ADDED, "").split()):
        os.environ.pop(name, None)
    hidden = {name: value for name, value in before.items() if os.environ.get(name) != value}
    config.add_cleanup(lambda: os.environ.update(hidden))  # one process may run pytest more than once


def show_release(config):
    """Has pytest's header name our release: the distribution's own version, 0.0.0, is one that testmon passes over."""
    from . import testmon_api

    for _, distribution in config.pluginmanager.list_plugin_distinfo():
        if distribution.project_name == testmon_api.WRAPPER:
            shown = "%s-%s" % (testmon_api.WRAPPER, distribution.version)
            release = "%s-%s" % (testmon_api.WRAPPER, distribution.metadata["Summary"])
            config.pluginmanager.register(_Header(shown, release))


class _Header:
    def __init__(self, shown, release):
        self.shown, self.release = shown, release

    @pytest.hookimpl(hookwrapper=True)
    def pytest_report_header(self):
        outcome = yield
        outcome.force_result([self._name_release(lines) for lines in outcome.get_result()])

    def _name_release(self, lines):
        if isinstance(lines, str):
            return lines.replace(self.shown, self.release)
        return [self._name_release(line) for line in lines]


def set_variable(name, value):
    """Sets a variable, or removes it where the value is None."""
    os.environ.pop(name, None)
    if value is not None:
        os.environ[name] = value


def _remove_entry(variable, separator, entry):
    left = [part for part in os.environ.get(variable, "").split(separator) if part != entry]
    set_variable(variable, separator.join(left) or None)
