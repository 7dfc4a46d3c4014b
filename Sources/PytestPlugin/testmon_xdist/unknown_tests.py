"""How many tests there may be that testmon's data doesn't know, without collecting them.

They are in files that nobody has collected yet, and in test files that have changed. What is counted is functions whose
name is that of a test, so it is an estimate.
"""
import fnmatch
import os
import re

from . import rootdir
from .nodeids import file_of

FUNCTION = re.compile(rb"^[ \t]*(?:async[ \t]+)?def[ \t]+(\w+)", re.MULTILINE)
WITHOUT_TESTS = "testmon-xdist/without_tests"  # in pytest's cache: files that were collected, and have no test


class Arguments:
    """What the command line has pytest collect."""

    def __init__(self, config):
        self.rootdir = rootdir(config)
        self.roots = {self.rootdir, os.path.realpath(self.rootdir)}  # an argument may have either name
        self.folder = str(config.invocation_params.dir)
        options = config.option
        given = [str(argument).partition("::") for argument in config.args]
        self.paths = [os.path.normpath(os.path.join(self.folder, path)) for path, _, _ in given]
        self.names = {self.relative(path) + mark + rest for path, (_, mark, rest) in zip(self.paths, given)}
        # What the names of the tests begin with that these mean: a test may be a class, or have parameters.
        self.beginnings = tuple(name + end for name in self.names for end in (("::", "[") if "::" in name else ("/", "::")))
        self.ignored = [self._relative_to_folder(path) for path in getattr(options, "ignore", None) or []]
        self.ignored_globs = [self._relative_to_folder(glob) for glob in getattr(options, "ignore_glob", None) or []]
        self.deselected = tuple(getattr(options, "deselect", None) or ())

    def relative(self, path):
        """The path as testmon has it: below the rootdir."""
        for root in self.roots:
            if _is_below(path, root):
                return path[len(root) :].strip(os.sep) or "."
        return path

    def _relative_to_folder(self, path):
        return self.relative(os.path.normpath(os.path.join(self.folder, str(path))))

    def leave_out(self, test):
        """Whether options leave out a test, or all of a file."""
        return test.startswith(self.deselected) or self.is_ignored(file_of(test))

    def ask_for(self, test):
        """Whether they mean a test, by its name; what options leave out doesn't count."""
        return "." in self.names or test in self.names or test.startswith(self.beginnings)

    def include(self, test):
        """Whether pytest collects a test, by its name."""
        return self.ask_for(test) and not self.leave_out(test)

    def is_ignored(self, name):
        return any(_is_below(name, ignored) for ignored in self.ignored) or any(
            fnmatch.fnmatch(name, glob) for glob in self.ignored_globs
        )


def estimate(config, data, known, arguments):
    """How many unknown tests there may be.

    :param known: the known tests by file
    """
    count = 0
    for file in data.db.changed_files:
        if file in known:
            functions = _count_functions(config, os.path.join(arguments.rootdir, file))
            count += max(0, functions - len(_functions(known[file])))
    # A set: several arguments may lead to the same file.
    for path in set(_unknown_files(config, arguments, set(known).union(data.all_files))):
        count += _count_functions(config, path)
    if not count:
        return 0
    # A function may be several tests.
    tests = [test for tests in known.values() for test in tests]
    return round(count * len(tests) / len(_functions(tests)))


def _functions(tests):
    functions = set()
    for test in tests:
        file = file_of(test)  # its name may have a bracket
        functions.add(file + test[len(file) :].partition("[")[0])
    return functions


def remember_files_without_tests(config, files, rootdir):
    """So that they don't count as unknown the next time."""
    cache = getattr(config, "cache", None)
    if cache is None:
        return
    known = _files_without_tests(cache)
    found = {file: _stamp(os.path.join(rootdir, file)) for file in files}
    if any(known.get(file) != stamp for file, stamp in found.items()):
        known.update(found)
        cache.set(WITHOUT_TESTS, {file: stamp for file, stamp in known.items() if stamp is not None})


def _files_without_tests(cache):
    """Their stamps, as far as pytest's cache has some."""
    files = cache.get(WITHOUT_TESTS, {}) if cache is not None else {}
    return dict(files) if isinstance(files, dict) else {}  # anybody may have written there


def _unknown_files(config, arguments, known):
    """Files of tests that nobody has collected yet."""
    patterns = config.getini("python_files")
    not_entered = config.getini("norecursedirs")
    skips_environments = not getattr(config.option, "collect_in_virtualenv", False)
    without_tests = _files_without_tests(getattr(config, "cache", None))

    def is_entered(entry):
        if any(fnmatch.fnmatch(entry.name, pattern) for pattern in not_entered):
            return False
        if arguments.is_ignored(arguments.relative(entry.path)):
            return False
        # A link may lead back to where it is.
        return not entry.is_symlink() or not _is_below(entry.path, os.path.realpath(entry.path))

    def look(folder):
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:  # it has vanished, or can't be read
            return
        if skips_environments and any(entry.name == "pyvenv.cfg" for entry in entries):
            return
        for entry in entries:
            if _is_folder(entry):
                if is_entered(entry):
                    yield from look(entry.path)
            elif entry.name.endswith(".py") and any(fnmatch.fnmatch(entry.name, pattern) for pattern in patterns):
                yield entry.path

    for start in arguments.paths:
        for path in [start] if os.path.isfile(start) else look(start):
            file = arguments.relative(path)
            if file not in known and without_tests.get(file) != _stamp(path) and not arguments.leave_out(file):
                yield path


def _is_folder(entry):
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _count_functions(config, path):
    try:
        with open(path, "rb") as file:
            names = [name.decode("utf-8", "replace") for name in FUNCTION.findall(file.read())]
    except OSError:  # it has vanished
        return 0
    patterns = config.getini("python_functions")
    return sum(any(name.startswith(pattern) or fnmatch.fnmatch(name, pattern) for pattern in patterns) for name in names)


def _stamp(path):
    """By what a file is known to be the same."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return [status.st_mtime_ns, status.st_size]


def _is_below(path, folder):
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
