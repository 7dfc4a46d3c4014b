"""The Pythons of xdist's workers: what they have, and how this plugin gets there."""
import os
import sys

from . import border, executable, receiver


def differ(config, specs, program):
    """Whether a worker's Python isn't like this one, and says so.

    What holds here needn't hold there: all tests run then, in all workers, as xdist wants all of them to collect the
    same.
    """
    if not specs:
        return False
    here, *there = _look_around_all(getattr(config.option, "px", None) or [], ["popen"] + sorted(set(map(str, specs))))
    answer = executable.ask([program, "controller", "--compare", str(border.PROTOCOL)], border.Pythons(here, there))
    if answer.state == "different":
        sys.stderr.write("WARNING: testmon-xdist: %s\n" % answer.message)
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
    return [sys.executable, data_version, "%d.%d.%d" % sys.version_info[:3], found]


def bring_plugin(gateway, is_here):
    """Makes the pytest of a worker load this very plugin: it may be missing there, or be of another version.

    Without it that worker would select by whatever data file it finds. A worker here reads the same files; to another
    Python they are sent.
    """
    import inspect

    remote_exec = gateway.remote_exec
    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

    def remote_exec_after_receiving(module):
        # In one piece with what xdist starts there. execnet may run a second piece beside the main thread, where signal
        # handlers can't be set, although the first has ended: https://github.com/pytest-dev/execnet/issues/96.
        del gateway.remote_exec
        channel = remote_exec(inspect.getsource(receiver))
        channel.send((folder, None if is_here else _sources(folder), inspect.getsource(module)))
        return channel

    gateway.remote_exec = remote_exec_after_receiving


def _sources(folder):
    names = [name for name in os.listdir(os.path.join(folder, receiver.PACKAGE)) if name.endswith(".py")]
    paths = [receiver.PACKAGE + "/" + name for name in names] + [receiver.PLUGIN + ".py"]
    sources = {}
    for path in paths:
        with open(os.path.join(folder, path), encoding="utf-8") as file:
            sources[path] = file.read()
    return sources
