"""Runs in the process of an xdist worker before xdist does: makes the worker's pytest load the plugin.

Its source is sent alone, so it imports nothing of ours.
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
    if sources is None:
        package = importlib.util.spec_from_file_location(PACKAGE, os.path.join(folder, PACKAGE, "__init__.py"))
        plugin = importlib.util.spec_from_file_location(PLUGIN, os.path.join(folder, PLUGIN + ".py"))
    else:
        finder = _SourceFinder(sources)
        sys.meta_path.insert(0, finder)
        package, plugin = finder.find_spec(PACKAGE), finder.find_spec(PLUGIN)
    # The plugin's module runs when pytest first looks into it. It imports pytest, which xdist has not yet put into
    # sys.path here.
    plugin.loader = importlib.util.LazyLoader(plugin.loader)
    for spec in (package, plugin):
        # In sys.modules they come before what is installed.
        module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    before = os.environ.get("PYTEST_PLUGINS")
    sys.modules[PACKAGE].pytest_plugins_before = before  # what the tests start is to have again
    os.environ["PYTEST_PLUGINS"] = ",".join(filter(None, [before, PLUGIN]))


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
        module.__file__ = "<%s>" % module.__spec__.origin
        exec(compile(self.get_source(module.__name__), module.__file__, "exec"), vars(module))

    def get_source(self, name):
        return self.sources[self.find_spec(name).origin]
