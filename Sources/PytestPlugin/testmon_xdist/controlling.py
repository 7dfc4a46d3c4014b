"""The controlling pytest: it has the data prepared, hands it to its workers, and alone records."""
import json

import pytest

from . import border, executable, facts, testmon_api, testmon_collector, testmon_data, testmon_db, xdist_api

CRASHED = "???"  # `when` of the report that xdist makes of a test during which its worker died


def begin(config, arguments, its_companion):
    """Begins a coordinated run, and returns how its data is opened; None where there is none.

    :param its_companion: a ``companion.Companion``
    """
    answer = its_companion.answer("on", "off")
    if answer.state == "off":
        return None
    its_companion.compare_protocols(answer)
    report = facts.collect(config, arguments)
    its_companion.tell(report)
    answer = its_companion.answer("ready", "newer")
    if answer.state == "newer":
        return None
    access = testmon_db.RecordingAccess(answer, doubts_unmarked=report.facts.mixes_tests_up_alone)
    controlling = Controlling(answer, access, its_companion)
    # The data is closed before the companion ends: from then on the data file alone holds everything.
    config.add_cleanup(lambda: controlling.close_data(config))
    config.pluginmanager.register(controlling, "testmon-xdist-run")
    if not xdist_api.distributes(config):
        testmon_collector.install(config, lambda collected: controlling.store(config, collected))
    return access


class Controlling(xdist_api.WorkerHooks):
    """Hooks of the controlling pytest while a run is coordinated."""

    def __init__(self, answer, access, its_companion):
        super().__init__(
            border.HandOver(
                answer.environment,
                access.doubts_unmarked,
                its_companion.rootdir,
                its_companion.program,
                run_id=answer.run.run_id,
            )
        )
        self.answer = answer
        self.access = access
        self.companion = its_companion
        self.found = []  # what the processes that collect have found
        self.names = {}  # by the ids that xdist gives grouped tests: their own
        self.crashed = []
        self.interrupted = False

    def pytest_report_header(self, config):
        answer = self.answer
        more = " picked up again" if answer.run.picked_up_again else ""
        more += ", %d workers" % answer.run.expected_workers if answer.run.expected_workers else ""
        more += testmon_data.describe_doubts(self.access, config)
        if not more:
            return None  # a run without workers is as ever
        name = json.dumps(answer.environment.environment_name)[1:-1]
        return "testmon-xdist: %s, environment %s%s" % (answer.version, name, more)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodeready(self, node):
        if self.handover.runs_all or not xdist_api.is_here(node.gateway.spec):
            executable.acknowledge(self.handover, node.gateway.id)  # in its place: the run's folder is here

    def pytest_sessionstart(self, session):
        recording = session.config.pluginmanager.get_plugin("TestmonCollect")
        if recording is not None:
            recording.reports = _ReportsByTest(self.names)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node):
        if node.gateway.id in self.collected:
            self.store(node.config, self.collected[node.gateway.id])

    def store(self, config, collected):
        """Makes the tests that were not known yet known: whatever happens from now on, they must run."""
        self.found.append(collected)
        self.names.update(collected.names)
        if config.testmon_config.collect:
            config.testmon_data.add_tests(collected.new)

    def pytest_runtest_logreport(self, report):
        if report.when == CRASHED:
            self.crashed.append(self.names.get(report.nodeid, report.nodeid))

    def pytest_keyboard_interrupt(self, excinfo):
        # Also called for what pytest and its plugins end a run with by themselves: xdist for -x, pytest.exit().
        self.interrupted = excinfo.type is KeyboardInterrupt

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session):
        data = session.config.testmon_data
        data.write()
        if session.config.testmon_config.collect:
            if self.found:
                # Where workers have not collected the same, nothing is gone.
                data.remove_tests(set.intersection(*(set(collected.gone) for collected in self.found)))
            if self.crashed:
                data.owe_tests(self.crashed)
        yield
        # The status as testmon has left it.
        self.companion.farewell = border.Farewell(int(session.exitstatus), self.interrupted)

    def close_data(self, config):
        data = getattr(config, "testmon_data", None)
        if data is not None:
            data.close()


class _ReportsByTest(dict):
    """The reports that testmon keeps until a test's dependencies come, by the test's own name."""

    def __init__(self, names):
        super().__init__()
        self.names = names

    def __getitem__(self, name):
        return self.setdefault(self.names.get(name, name), {})
