"""How tests are known and their dependencies recorded, in the process that runs them: in place of testmon's
``TestmonSelect`` and ``TestmonCollector``.
"""
import pytest

from . import collection, cores, testmon_api
from .text import install_command

TESTS_AT_ONCE = 250  # of which pytest-cov gets the lines in one go


def install(config, send, has_all_files=True, keeps_order=False):
    """Lets testmon know the tests that this process collects by their own names, and record each by itself.

    :param send: is called with what was collected, a ``Collected``
    :param has_all_files: whether a file that isn't here is nowhere; another machine may have been given a part of them
    :param keeps_order: whether the tests stay in the order of the files; testmon orders them by how long they take
    """
    found = collection.Collection(send, has_all_files)
    config.pluginmanager.register(found, "testmon-xdist-collection")
    testmon = testmon_api.plugin()
    subclasses = {
        "TestmonSelect": _select_class(testmon.TestmonSelect, found, keeps_order),
        "TestmonCollector": _collector_class(testmon.TestmonCollector, found),
    }
    for name, subclass in subclasses.items():
        testmon_api.replace_until_start(config, testmon, name, subclass)


def _select_class(TestmonSelect, found, keeps_order):
    class SelectByOwnName(TestmonSelect):
        @pytest.hookimpl(trylast=True)
        def pytest_collection_modifyitems(self, session, config, items):
            places = {id(item): place for place, item in enumerate(items)}
            with found.own_names(items):
                super().pytest_collection_modifyitems(session=session, config=config, items=items)
            if keeps_order:
                items.sort(key=lambda item: places[id(item)])

    return SelectByOwnName


def _collector_class(TestmonCollector, found):
    """A collector that hands over what a test depends on as soon as it has run: nothing is lost, whatever dies then.

    testmon takes it from up to 250 tests at once, in the process that the last of them runs in.
    """

    class CollectorOfEachTest(TestmonCollector):
        handed_over = (None, {})  # the latest test, and its lines by file
        is_last = False

        def setup_coverage(self, *args, **kwargs):
            with cores.telling_tests_apart():
                super().setup_coverage(*args, **kwargs)
            # coverage takes milliseconds to erase its data and to begin anew.
            self.lines = _LinesByContext()
            if getattr(self.cov._collector, "covdata", None) is not self.cov.get_data():
                # Better no run than one that records no lines, after which no edit would make a test run.
                raise pytest.UsageError(
                    "testmon-xdist: coverage %s is made otherwise than those that it knows; look for a newer testmon-xdist, "
                    "or install an older one: %s" % (_coverage_version(), install_command("'coverage<%s'" % _coverage_version()))
                )
            self.cov._collector.covdata = self.lines
            self.cov.erase = self.lines.forget
            self.measured, self.tests_measured = {}, 0

        def start_testmon(self, test_name, next_test_name=None):
            super().start_testmon(found.names.get(test_name, test_name))  # as if it were the last
            self.is_last = next_test_name is None
            # The test before, if it ran in a process of its own, has handed over there.
            self.lines.forget(all_but=self.handed_over[0])

        def get_nodes_files_lines(self, dont_include):
            from testmon.testmon_core import cached_relpath, home_file

            self.cov._collector.flush_data()
            self.batched_test_names = set()
            lines_of_tests = {}
            for test in {self._test_name, self.handed_over[0]} - {dont_include, None}:
                by_file = self.lines.by_context.get(test, {})
                lines = {cached_relpath(file, self.rootdir): numbers for file, numbers in by_file.items()}
                if test == self.handed_over[0]:
                    # It has run again, or something has run for it when it had ended.
                    before = self.handed_over[1]
                    lines = {file: before.get(file, set()) | lines.get(file, set()) for file in {**before, **lines}}
                    if test != self._test_name and lines == before:
                        continue
                lines.setdefault(home_file(test), {1})
                lines_of_tests[test] = lines
            if self._test_name in lines_of_tests:
                self.handed_over = (self._test_name, lines_of_tests[self._test_name])
            return lines_of_tests, self._lines_for_others()

        def _lines_for_others(self):
            """What pytest-cov is to have, too, by file; not after each test, as it goes to a file of its own."""
            if len(self.coverage_stack) < 2:
                return {}
            self.tests_measured += 1
            for by_file in self.lines.by_context.values():
                for file, numbers in by_file.items():
                    self.measured.setdefault(file, set()).update(numbers)
            if not self.is_last and self.tests_measured < TESTS_AT_ONCE:
                return {}
            measured, self.measured, self.tests_measured = self.measured, {}, 0
            return measured

    return CollectorOfEachTest


class _LinesByContext:
    """Stands for coverage's ``CoverageData``, as far as its collector needs it."""

    def __init__(self):
        self.context = ""
        self.by_context = {}

    def set_context(self, context):
        before, self.context = self.context, context or ""
        return before

    def add_lines(self, lines_by_file):
        for file, lines in lines_by_file.items():
            if lines:
                self.by_context.setdefault(self.context, {}).setdefault(file, set()).update(lines)

    def add_file_tracers(self, file_tracers):
        pass

    def forget(self, all_but=None):
        self.by_context = {context: lines for context, lines in self.by_context.items() if context == all_but}


class ReportsByTest(dict):
    """The reports that testmon keeps until a test's dependencies come, by the test's own name."""

    def __init__(self, names):
        super().__init__()
        self.names = names

    def __getitem__(self, name):
        return self.setdefault(self.names.get(name, name), _Reports())


class _Reports(dict):
    """The reports of a test, by phase. One that failed stays, unless the test runs again because of it: subtests report
    in the same phase before their test does, and with ``--dist each`` the other workers do."""

    def __setitem__(self, phase, report):
        before = self.get(phase)
        if before is None or before.outcome != "failed" or report.outcome == "rerun":
            super().__setitem__(phase, report)


def _coverage_version():
    import coverage

    return coverage.__version__
