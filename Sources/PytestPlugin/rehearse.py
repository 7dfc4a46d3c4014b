"""Has pytest read its configuration as ``pytest --testmon -n 4`` would, without a test, and prints what came of it as a line
of JSON. It comes after ``inspect_python`` in one source, ``python -c SOURCE ROOTDIR FOLDER``; FOLDER has a copy of the plugin.

Nothing of the plugin is imported before pytest has loaded it by itself, from where it is installed. Whatever pytest says
of what is wrong goes to stderr.
"""
import json
import os
import sys

# Each by the names under which pytest may know it: its entry point, or `-p NAME`.
NAMES = {
    "plugin": ["testmon_xdist_plugin"],
    "testmon": ["pytest-testmon", "testmon.pytest_testmon"],
    "xdist": ["xdist", "xdist.plugin"],
}
report = {"status": None}


class Observer(object):
    """A plugin that looks at what pytest has found, and stops it before the project's own hooks are called."""

    def __init__(self, folder):
        self.folder = folder

    def look_at_plugins(self, early_config):
        manager = early_config.pluginmanager
        report["plugins"] = {
            name: {
                "loaded": any(manager.has_plugin(one) for one in names),
                "blocked": manager.is_blocked(names[0]),
            }
            for name, names in NAMES.items()
        }
        known = early_config.known_args_namespace
        report["autoload"] = not (
            os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD") or getattr(known, "disable_plugin_autoload", False)
        )
        path = getattr(early_config, "inipath", None) or getattr(early_config, "inifile", None)  # the latter up to pytest 6.0
        report["configuration_file"] = path and str(path)
        report["addopts"] = [str(option) for option in early_config.getini("addopts")]
        known.no_cov = True  # else pytest-cov begins to measure, and erases what it has measured before

    def use_options(self, config):
        """As the command line would. Not on the command line: where a plugin is missing, that would be all that pytest says."""
        options = vars(config.option)
        if "testmon" in options:
            options["testmon"] = True
        if options.get("numprocesses", 0) is None:
            options["numprocesses"] = 4

    def look_at_options(self, config):
        report["rootdir"] = str(config.rootdir)
        report["testmon_off"] = bool(vars(config.option).get("no-testmon"))
        if "testmon_xdist_plugin" in sys.modules:
            report["start"] = start_executable(report["rootdir"])
        if "testmon.pytest_testmon" in sys.modules and self.folder:
            for name in [name for name in sys.modules if name.partition(".")[0] == "testmon_xdist"]:
                del sys.modules[name]
            sys.path.insert(0, self.folder)
            from testmon_xdist import rehearsal

            rehearsal.ask(config, report)


def start_executable(rootdir):
    """Starts the executable that the installed plugin finds, as the plugin does, but ends it before it does anything."""
    import select
    import subprocess

    from testmon_xdist import border, executable

    start = {"places": list(getattr(executable, "places", list)())}
    try:
        start["executable"] = executable.find(rootdir)
    except Exception as error:
        start["problem"] = str(error)
        return start
    words = [start["executable"], "controller", "--companion", str(border.PROTOCOL), "--rootdir", rootdir]
    start["protocol"] = border.PROTOCOL
    try:
        with open(os.devnull, "wb") as nothing:
            process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=nothing)
    except OSError as error:
        start["problem"] = "%s can't be started: %s" % (start["executable"], error.strerror)
        return start
    line = b""
    while b"\n" not in line and len(line) < 100000 and select.select([process.stdout], [], [], 20)[0]:
        some = os.read(process.stdout.fileno(), 65536)
        line += some
        if not some:
            break
    process.stdin.close()
    process.stdout.close()
    process.kill()  # it waits for what the plugin would tell it
    process.wait()
    start["answer"] = line.partition(b"\n")[0].decode("utf-8", "replace")
    return start


def rehearse(rootdir, folder):
    import pytest

    observer = Observer(folder)

    class Before(object):
        """Comes before all other plugins."""

        @pytest.hookimpl(hookwrapper=True)
        def pytest_load_initial_conftests(self, early_config):
            observer.look_at_plugins(early_config)
            yield

        @pytest.hookimpl(hookwrapper=True, trylast=True)
        def pytest_cmdline_parse(self):
            outcome = yield
            if outcome.excinfo is None:
                outcome.get_result().option.debug = None  # else pytest writes pytestdebug.log

        @pytest.hookimpl(hookwrapper=True)
        def pytest_cmdline_main(self, config):
            observer.use_options(config)
            yield

    class Last(object):
        """Comes after those that look at the options, as xdist does, and before those that begin."""

        @pytest.hookimpl(tryfirst=True)
        def pytest_cmdline_main(self, config):
            observer.look_at_options(config)
            return 0

    os.chdir(rootdir)
    sys.argv = ["pytest"]
    report["status"] = int(pytest.main([], plugins=[Before(), Last()]))


def main(rootdir, folder):
    sys.dont_write_bytecode = True  # nothing is left in the project
    output = os.dup(1)
    os.dup2(2, 1)  # what a conftest.py prints is no answer
    try:
        rehearse(rootdir, folder)
    except BaseException as error:  # a plugin may fail in any way, or end the process
        import traceback

        places = ["%s:%d" % entry[:2] for entry in traceback.extract_tb(sys.exc_info()[2])]
        report["crash"] = {
            "error": traceback.format_exception_only(type(error), error)[-1].strip(),
            "place": places[-1] if places else None,
        }
    finally:
        os.write(output, json.dumps(report).encode())


if sys.version_info >= (3, 6) and len(sys.argv) > 2:
    main(sys.argv[1], sys.argv[2])
