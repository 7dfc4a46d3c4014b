"""What collecting tells of tests: which are new, and which are gone."""
import contextlib
import os

import pytest

from . import rootdir
from .handover import Collected
from .nodeids import file_of, parents_of


class Collection:
    """Finds out which tests are new and which are gone, by what is collected before anything is deselected.

    testmon compares what it knows with what is left of a run's tests. A narrowed run then makes it forget the others:
    where some tests of their file are still known, the file isn't collected again, and they never run. Here a test is
    gone only if its file is, or if the whole file was collected without it.
    """

    def __init__(self, send, has_all_files):
        self.send = send
        self.has_all_files = has_all_files
        self.children = {}  # what each collector of a file, and below it, has made
        self.failed = set()  # files of which some could not be collected
        self.items = {}  # the own name by id(item), as an item's hash changes with its name
        self.names = {}  # the own name by the name that the item has now, where they differ

    @pytest.hookimpl(hookwrapper=True)
    def pytest_make_collect_report(self, collector):
        if isinstance(collector, pytest.Package) or collector.getparent(pytest.File) is None:
            yield
            return
        collect = collector.collect

        def remember():
            children = list(collect())
            self.children[collector] = children
            return children

        # Not the report's result: --lf takes tests out of it, or puts an empty one in its place.
        collector.collect = remember
        yield
        del collector.collect
        if collector not in self.children:
            self.failed.add(file_of(collector.nodeid))

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items):
        self.items = {id(item): item.nodeid for item in items}

    @contextlib.contextmanager
    def own_names(self, items):
        """xdist may have added a test's group to its name; testmon must not know it by two names."""
        renamed = [(item, item.nodeid) for item in items if self._own_name(item) != item.nodeid]
        for item, _ in renamed:
            item._nodeid = self._own_name(item)
        try:
            yield
        finally:
            for item, name in renamed:
                item._nodeid = name

    def _own_name(self, item):
        return self.items.get(id(item), item.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_finish(self, session):
        data = session.config.testmon_data
        known, stable = set(data.all_tests), set(data.stable_test_names)
        whole_files, collected, not_entered = self._look_at_files()
        without_tests = (whole_files | self.failed) - {file_of(test) for test in collected | not_entered}
        self.children = {}  # they would keep all that was collected alive
        collected.update(self.items.values())
        folder = rootdir(session.config)

        def is_gone(test):
            file = file_of(test)
            return file in whole_files or self.has_all_files and not os.path.exists(os.path.join(folder, file))

        known_parents = {parent for test in known for parent in parents_of(test)}
        self.names = {item.nodeid: self._own_name(item) for item in session.items if self._own_name(item) != item.nodeid}
        self.send(
            Collected(
                # A class that wasn't entered may have new tests: where none of it is known, it itself must do.
                new=sorted(collected - known | not_entered - known_parents - known),
                gone=sorted(test for test in known - stable - collected if is_gone(test)),
                without_tests=sorted(without_tests),
                names=self.names,
            )
        )

    def _look_at_files(self):
        """Which files were collected as a whole, all tests in any file, and the classes that were not entered."""
        files, tests, not_entered = set(), set(), set()
        for collector, children in self.children.items():
            files.add(file_of(collector.nodeid))
            for child in children:
                if isinstance(child, pytest.Item):
                    tests.add(self._own_name(child))
                elif child not in self.children:
                    not_entered.add(child.nodeid)
        return files - self.failed - {file_of(name) for name in not_entered}, tests, not_entered
