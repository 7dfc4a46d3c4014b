"""The controlling pytest: it has the data prepared, hands it to its workers, and alone records."""
import json
import time

import pytest

from . import border, executable, facts, messages, testmon_collector, testmon_data, testmon_db, xdist_api
from .handover import HandOver


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
    controlling = Controlling(config, answer, its_companion, report.facts.mixes_tests_up_alone)
    # The data is closed before the companion ends: from then on the data file alone holds everything.
    config.add_cleanup(lambda: controlling.close_data(config))
    config.pluginmanager.register(controlling, "testmon-xdist-run")
    return controlling.access


class Controlling(xdist_api.WorkerHooks):
    """Hooks of the controlling pytest while a run is coordinated."""

    def __init__(self, config, answer, its_companion, doubts_unmarked):
        super().__init__(
            HandOver(
                answer.environment,
                doubts_unmarked,
                its_companion.rootdir,
                its_companion.program,
                run_id=answer.run.run_id,
            )
        )
        self.config = config
        self.answer = answer
        self.access = testmon_db.RecordingAccess(answer, doubts_unmarked, self.when_selected)
        self.plan = None  # a ``border.Plan``, if there is one
        self.progress = None  # a ``progress.Progress``, once tests are selected
        self.causes = None  # a ``causes.Causes``, as soon as testmon has selected tests
        self.reason = None  # what the header says of why tests run
        self.companion = its_companion
        its_companion.farewell = border.Farewell()
        self.found = []  # what the processes that collect have found
        self.names = {}  # by the ids that xdist gives grouped tests: their own
        self.crashed = []
        self.interrupted = False
        self.recording_began = 0.0  # when the latest worker had collected, in seconds of processor time

    def when_selected(self, data):
        """Decides how the tests run, as soon as it is known which: before xdist configures itself."""
        xdist_api.settle_distribution(self.config)
        self._explain(data)
        setting = self.answer.run.adaptive_workers
        asked = xdist_api.asked_workers(self.config)
        if asked is not None and (setting == "always" or setting == "auto" and asked.is_auto):
            from . import planning

            self.plan = planning.adapt_workers(self.config, data, self.companion, asked)
        known = testmon_data.timed_tests(data)
        if self.progress is None:
            self._count_tests(known)
        if xdist_api.distributes(self.config):
            from . import scheduling

            is_ours = scheduling.is_ours(self.config, known, self.answer.run.schedule)
            self.handover = self.handover._replace(keeps_order=is_ours)
            return
        testmon_collector.install(self.config, lambda collected: self.store(self.config, collected))
        if self.plan is not None:
            from . import measuring

            self.config.pluginmanager.register(measuring.Measuring("", self.measured.append))

    def _count_tests(self, known):
        from . import progress

        self.progress = progress.Progress(self.handover.rootdir, self.answer.run.run_id, known, self.names)
        self.config.add_cleanup(self.progress.close)
        self.config.pluginmanager.register(self.progress)

    def _explain(self, data):
        """Tells the executable why tests run, before it plans how."""
        if self.config.option.collectonly:
            return
        from . import causes

        self.causes = causes.Causes(self.config, data)
        selection = self.causes.selection()
        if selection is not None:
            self.companion.tell(selection)
            self.reason = self.companion.answer("explained").message

    def pytest_report_header(self, config):
        if messages.is_quiet:
            return None
        run = self.answer.run
        workers = run.expected_workers
        if self.plan is not None and self.plan.workers is not None:
            workers = self.plan.workers
        more = " picked up again" if run.picked_up_again else ""
        more += ", %d worker%s" % (workers, "" if workers == 1 else "s") if workers else ""
        more += testmon_data.describe_doubts(self.access, config)
        lines = []
        if more or self.plan is not None:  # else a run without workers is as ever
            name = json.dumps(self.answer.environment.environment_name)[1:-1]
            lines.append("%s, environment %s%s" % (self.answer.version, name, more))
        message = self.plan.message if self.plan is not None else self.reason  # the plan's has the reason, too
        return ["testmon-xdist: %s" % line for line in lines + [message] if line]

    @pytest.hookimpl(optionalhook=True, trylast=True)
    def pytest_xdist_make_scheduler(self, config, log):
        if not self.handover.keeps_order:
            return None
        from . import scheduling

        scheduler = scheduling.make_scheduler(config, log, self.names, self.progress.known)
        self.progress.durations = scheduler.priorities.durations
        return scheduler

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodeready(self, node):
        if self.handover.runs_all or not xdist_api.is_here(node.gateway.spec):
            executable.acknowledge(self.handover, node.gateway.id)  # in its place: the run's folder is here

    def pytest_sessionstart(self, session):
        recording = session.config.pluginmanager.get_plugin("TestmonCollect")
        if recording is not None:
            recording.reports = testmon_collector.ReportsByTest(self.names)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node):
        if node.gateway.id in self.collected:
            self.store(node.config, self.collected[node.gateway.id])

    def store(self, config, collected):
        """Makes the tests that were not known yet known: whatever happens from now on, they must run."""
        self.found.append(collected)
        self.recording_began = time.process_time()
        self.names.update(collected.names)
        if config.testmon_config.collect:
            config.testmon_data.add_tests(collected.new)

    def pytest_runtest_logreport(self, report):
        name = self.names.get(report.nodeid, report.nodeid)
        if self.causes is not None:
            self.causes.note(name, getattr(report, "duration", 0.0))
        if xdist_api.is_crash(report):
            self.crashed.append(name)

    def pytest_keyboard_interrupt(self, excinfo):
        # Also called for what pytest and its plugins end a run with by themselves: xdist for -x, pytest.exit().
        self.interrupted = excinfo.type is KeyboardInterrupt

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session):
        data = session.config.testmon_data
        data.write()
        # Where workers have not collected the same, nothing is gone.
        gone = set.intersection(*(set(collected.gone) for collected in self.found)) if self.found else set()
        if session.config.testmon_config.collect:
            data.remove_tests(gone)
            if self.crashed:
                data.owe_tests(self.crashed)
            files = {file for collected in self.found for file in collected.without_tests}
            if files:
                from . import unknown_tests

                unknown_tests.remember_files_without_tests(session.config, files, self.handover.rootdir)
            if self.causes is not None and (self.causes.ran or data.db.changed_files):
                from . import blocks

                blocks.remember(session.config, data.source_tree)
        yield
        self.companion.farewell = border.Farewell(
            exit_status=int(session.exitstatus),  # as testmon has left it
            interrupted=self.interrupted,
            crashed=bool(self.crashed),
            recording=time.process_time() - self.recording_began if xdist_api.distributes(session.config) else 0.0,
            measured=self.measured,
            ran=self.causes.of_run(gone, self.handover.runs_all) if self.causes is not None else None,
        )

    def close_data(self, config):
        data = getattr(config, "testmon_data", None)
        if data is not None:
            data.close()
            messages.debug("closed the data file")
