"""What ``testmon-xdist controller -- ...`` and ``worker ID -- ...`` put into the environment of a command."""
import os

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


def set_variable(name, value):
    """Sets a variable, or removes it where the value is None."""
    os.environ.pop(name, None)
    if value is not None:
        os.environ[name] = value


def _remove_entry(variable, separator, entry):
    left = [part for part in os.environ.get(variable, "").split(separator) if part != entry]
    set_variable(variable, separator.join(left) or None)
