"""The Pythons of xdist's workers: whether they have what this one has."""
from . import border, executable, messages


def warn_of_differences(config, specs, program):
    """Warns of a worker whose Python isn't like this one, and returns whether there is any.

    What holds here needn't hold there: all tests run then, in all workers, as xdist wants all of them to collect the
    same.
    """
    here, *there = _look_around_all(getattr(config.option, "px", None) or [], ["popen"] + sorted(set(map(str, specs))))
    command = [program, "controller", "--compare", str(border.PROTOCOL)]
    answer = executable.ask(command, border.Pythons(here, there), "equal", "different")
    if answer.state == "different":
        messages.warn(answer.message)
    return answer.state == "different"


def _look_around_all(proxies, specs):
    import inspect

    import execnet

    source = inspect.getsource(_look_around) + "\n\nchannel.send(_look_around())\n"
    group = execnet.Group()
    try:
        for proxy in proxies:
            group.makegateway(proxy)
        return [border.Python(spec, *group.makegateway(spec).remote_exec(source).receive()) for spec in specs]
    finally:
        group.terminate(timeout=5)


def _look_around():
    """The fields of a ``border.Python``, but for the first. Runs by itself, in a new process."""
    import os
    import sys

    path = [entry for entry in sys.path if entry not in ("", os.getcwd())]  # one is the project's, the other xdist's cache
    try:
        from importlib.metadata import distributions

        packages = {"%s %s" % (found.metadata["Name"], found.version) for found in distributions(path=path)}
    except ImportError:  # Python 3.7
        from pkg_resources import WorkingSet

        packages = {"%s %s" % (found.project_name, found.version) for found in WorkingSet(path)}
    try:
        from testmon.db import DATA_VERSION as data_version
    except ImportError:
        data_version = None
    ours = ("testmon-xdist", "testmon_xdist")
    found = sorted(name for name in packages if not name.startswith(ours))
    return [sys.executable or "python", data_version, "%d.%d.%d" % sys.version_info[:3], found]
