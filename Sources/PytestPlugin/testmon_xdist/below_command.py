"""A pytest below ``testmon-xdist worker ID -- ...``, with workers of its own or without: it stores nothing."""
import os

from . import border, executable, facts, messages, rootdir, testmon_data, testmon_db, variables, xdist_api
from .handover import HandOver
from .text import printable


def begin(config, arguments):
    """Asks the executable which environment to read, and returns how the data is opened."""
    folder = rootdir(config)
    worker_id = os.environ[variables.WORKER_ID]
    program = executable.find(folder)
    report = facts.collect(config, arguments)
    command = [program, "worker", worker_id, "--reader", str(border.PROTOCOL), "--rootdir", folder]
    answer = executable.ask(command, report, "readable")
    access = testmon_db.ReaderAccess(answer.environment, report.facts.mixes_tests_up_alone)
    handover = HandOver(answer.environment, access.doubts_unmarked, folder, program)
    config.pluginmanager.register(_BelowCommand(handover, access, worker_id), "testmon-xdist-run")
    return access


class _BelowCommand(xdist_api.WorkerHooks):
    def __init__(self, handover, access, worker_id):
        super().__init__(handover)
        self.access = access
        self.worker_id = worker_id

    def pytest_report_header(self, config):
        if messages.is_quiet:
            return None
        return "testmon-xdist: worker %s, reads environment %d and stores nothing%s" % (
            printable(self.worker_id),
            self.handover.environment.environment_id,
            testmon_data.describe_doubts(self.access, config),
        )
