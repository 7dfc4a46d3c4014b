"""The inside of pytest-testmon: how it is found, and how its data is opened.

``testmon_db``, ``testmon_data`` and ``testmon_collector`` have the subclasses that take the place of its classes. Nothing
else knows how testmon is made.
"""
import importlib
import inspect
import operator
import os
import sys

import pytest

WRAPPER = "testmon-xdist-wrapper"  # the distribution as which a wrapped command's Python sees this plugin


def plugin():
    """testmon's pytest plugin, which pytest has imported."""
    return sys.modules["testmon.pytest_testmon"]


def release():
    """testmon's release, as far as it tells: 2.0.0 and those before it don't."""
    import testmon

    told = getattr(testmon, "TESTMON_VERSION", None) or getattr(testmon, "VERSION", None)
    return str(told or ("2.0.0" if _opens_data_as_known() else "1.x"))


# What of it is called, or has its place taken, besides the way in which it opens its data.
NEEDED = {
    "testmon.db": "DATA_VERSION connect DB.initiate_execution DB.determine_tests DB.write_attribute "
    "DB.delete_test_executions",
    "testmon.testmon_core": "get_data_file_path cached_relpath home_file TestmonData.determine_stable TestmonData.all_tests "
    "TestmonData.sync_db_fs_tests TestmonData.save_test_execution_file_fps",
    "testmon.process_code": "blob_to_checksums methods_to_checksums Module.blocks Module.method_checksums",
    "testmon.configure": "header_collect_select",
    "testmon.pytest_testmon": "init_testmon_data TestmonSelect.pytest_collection_modifyitems TestmonCollector.setup_coverage "
    "TestmonCollector.start_testmon TestmonCollector.get_nodes_files_lines",
}


def is_known():
    """Whether this testmon is made like those we know."""
    if not _opens_data_as_known():
        return False
    try:
        for module, names in NEEDED.items():
            operator.attrgetter(*names.split())(importlib.import_module(module))
    except (ImportError, AttributeError):
        return False
    return True


def _opens_data_as_known():
    """Whether it opens its data in one of the two ways that the gate stands in: 1.x doesn't."""
    data = getattr(plugin(), "TestmonData", None)
    if hasattr(data, "for_local_run"):  # from 2.2.0 on
        return hasattr(data, "for_worker")
    return data is not None and "system_packages" in inspect.signature(data).parameters


def before_data(config, begin):
    """Calls ``begin`` when testmon is about to open its data file, which it does only where it is asked for.

    :param begin: gets the arguments by which testmon opens its data, such as ``environment`` and ``system_packages``; None
        where this testmon isn't like those we know. It may return a ``testmon_db.DataAccess``: the data is then opened as
        that says.
    """
    if is_known():
        replace_until_start(config, plugin(), "TestmonData", _Gate(plugin().TestmonData, begin))
    elif is_asked_for(config):
        begin(None)


def is_asked_for(config):
    """Whether the command line, or a configuration file, asks for testmon."""
    options = ("testmon", "testmon_noselect", "testmon_nocollect", "testmon_forceselect")
    asked = any(getattr(config.option, name, False) for name in options)
    return asked and not getattr(config.option, "no-testmon", False)


class _Gate:
    """Stands for testmon's ``TestmonData``, which is made by calling it or, from 2.2.0 on, a method of it."""

    def __init__(self, real, begin):
        self.real = real
        self.begin = begin

    def __call__(self, **arguments):
        return self._make("__call__", arguments)

    def for_local_run(self, **arguments):
        return self._make("for_local_run", arguments)

    def for_worker(self, **arguments):
        return self._make("for_worker", arguments)

    def _make(self, method, arguments):
        packages = arguments.get("system_packages")
        if packages:
            kept = [package for package in packages.split(", ") if not package.startswith(WRAPPER + " ")]
            arguments["system_packages"] = ", ".join(kept)
        # Where there is a database, the data is testmon.net's.
        access = None if arguments.get("database") else self.begin(arguments)
        if access is None:
            return self._call(self.real, method, arguments)
        with access:
            return self._call(access.data_class(), method, arguments)

    @staticmethod
    def _call(owner, method, arguments):
        return owner(**arguments) if method == "__call__" else getattr(owner, method)(**arguments)


def data_file(arguments):
    """The absolute path of the data file that testmon is about to open."""
    from testmon import testmon_core

    return os.path.abspath(os.path.join(arguments.get("rootdir", ""), testmon_core.get_data_file_path()))


def environment(arguments):
    """The data version, and by what testmon tells environments apart: name, packages and Python version."""
    from testmon import db, testmon_core

    packages = arguments["system_packages"]
    drop_patch_version = getattr(testmon_core, "drop_patch_version", None)  # from 2.0.7 on
    return {
        "data_version": db.DATA_VERSION,
        "environment_name": arguments["environment"] or "default",
        "system_packages": drop_patch_version(packages) if drop_patch_version else packages,
        "python_version": "%d.%d.%d" % sys.version_info[:3],
    }


def environment_name(config):
    """The environment that testmon would use, found out anew: by an option, or the value of an expression."""
    from testmon import testmon_core

    given = config.option.environment_expression
    return given or testmon_core.eval_environment(config.getini("environment_expression"))


def skip_packages(config):
    """Only the given environment counts in a reader: what is installed needn't be looked up, which is slow."""
    if hasattr(plugin(), "get_system_packages"):
        replace_until_start(config, plugin(), "get_system_packages", lambda ignore=None: "")


def use_environment(config, name):
    """Takes the environment that the controller's command line asked for, if any, unless pytest's asks for one."""
    if name and not config.option.environment_expression:
        config.option.environment_expression = name


def store_nothing(config):
    config.option.testmon_nocollect = True


def allow_no_cache(config):
    """testmon asks for an option that isn't there with ``-p no:cacheprovider``."""
    vars(config.option).setdefault("lf", False)


def configure_selection(config):
    """Finds out whether testmon selects tests, as it does when pytest configures itself."""
    from testmon import configure

    config.testmon_config = configure.header_collect_select(config, None, cov_plugin=None)


def switch_off(config):
    vars(config.option)["no-testmon"] = True


def replace_until_start(config, owner, name, value):
    """Sets an attribute while pytest configures itself, a conftest.py included, which may still switch testmon on.

    That is when testmon makes what it works with. Tests that use testmon, or run a pytest in their process, find it as it
    is.
    """
    original = getattr(owner, name)
    setattr(owner, name, value)

    def restore():
        setattr(owner, name, original)

    config.add_cleanup(restore)  # one process may run pytest more than once
    config.pluginmanager.register(_AtStart(restore))


class _AtStart:
    def __init__(self, action):
        self.action = action

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self):
        self.action()
