"""Runs in the process of an xdist worker, and then runs xdist there: makes the worker's pytest load the plugin.

This module is sent alone, so it imports nothing of ours.
"""
import importlib.util
import os
import sys

PLUGIN = "testmon_xdist_plugin"
PACKAGE = "testmon_xdist"


def receive(folder, sources):
    """Makes the plugin and its package importable, whatever is installed here.

    :param folder: where they lie; used where the worker has the same file system
    :param sources: their sources by path, or None
    """
    # In sys.modules they come before what is installed. The plugin's module runs when pytest looks into it: it imports
    # pytest, and workers are started one after another.
    if sources is None:
        package = importlib.util.spec_from_file_location(PACKAGE, os.path.join(folder, PACKAGE, "__init__.py"))
        plugin = importlib.util.spec_from_file_location(PLUGIN, os.path.join(folder, PLUGIN + ".py"))
    else:
        finder = _SourceFinder(sources)
        sys.meta_path.insert(0, finder)
        package, plugin = finder.find_spec(PACKAGE), finder.find_spec(PLUGIN)
    plugin.loader = importlib.util.LazyLoader(plugin.loader)
    for spec in (package, plugin):
        module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    os.environ["PYTEST_PLUGINS"] = ",".join(filter(None, [os.environ.get("PYTEST_PLUGINS"), PLUGIN]))


class _SourceFinder:
    """Finds and loads modules whose sources it has, by path: those of a package that isn't here."""

    def __init__(self, sources):
        self.sources = sources

    def find_spec(self, name, path=None, target=None):
        for file in (name.replace(".", "/") + ".py", name + "/__init__.py"):
            if file in self.sources:
                return importlib.util.spec_from_loader(name, self, origin=file, is_package=file.endswith("__init__.py"))
        return None

    def create_module(self, spec):
        return None  # as usual

    def exec_module(self, module):
        file = module.__spec__.origin
        exec(compile(self.sources[file], "<%s>" % file, "exec"), vars(module))


if __name__ == "__channelexec__":
    folder, sources, remote_module = channel.receive()  # noqa: F821: execnet's
    receive(folder, sources)
    exec(compile(remote_module, "<xdist.remote>", "exec"))
