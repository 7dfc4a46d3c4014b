"""A worker of xdist's: it runs tests by what the controlling pytest has handed over, and stores nothing."""
import os

import pytest

import testmon_xdist

from . import messages, rootdir, testmon_api, wrapper
from .handover import HandOver, WorkerMessage


def configure(config, fields):
    """Makes this worker a reader.

    :param fields: what the controlling pytest has handed over, as it comes through xdist
    """
    handover, channel = HandOver.from_workerinput(fields)
    messages.begin("pytest %s" % config.workerinput["workerid"], debug=handover.shows_debug, quiet=handover.is_quiet)
    wrapper.set_variable("PYTEST_PLUGINS", testmon_xdist.pytest_plugins_before)  # the tests don't see what brought us
    messages.debug("reads environment %d of run %s", handover.environment.environment_id, handover.run_id)
    if handover.runs_all:
        testmon_api.switch_off(config)
        return
    testmon_api.allow_no_cache(config)
    testmon_api.skip_packages(config)
    testmon_api.before_data(config, lambda arguments: _begin(config, handover, channel))


def _begin(config, handover, channel):
    """Acknowledges, and returns how the data is opened."""
    from . import executable, measuring, testmon_collector, testmon_db

    if handover.run_id is not None and handover.is_here:
        executable.acknowledge(handover, config.workerinput["workerid"])

    def send(**message):
        channel.send(WorkerMessage(**message).to_wire())

    testmon_collector.install(
        config,
        lambda collected: send(collected=collected),
        has_all_files=handover.is_here and os.path.realpath(rootdir(config)) == os.path.realpath(handover.rootdir),
        keeps_order=handover.keeps_order,
    )
    config.pluginmanager.register(_UsageErrors(lambda errors: send(usage_errors=errors)))
    if handover.run_id is not None:
        worker_id = config.workerinput["workerid"]
        config.pluginmanager.register(measuring.Measuring(worker_id, lambda measured: send(measured=measured)))
    return testmon_db.ReaderAccess(
        handover.environment, handover.doubts_unmarked, selection=handover.selection, is_here=handover.is_here
    )


class _UsageErrors:
    """Sends what is wrong with the command line to the controlling pytest, which alone can say it."""

    def __init__(self, send):
        self.send = send

    @pytest.hookimpl(hookwrapper=True)
    def pytest_collection(self):
        outcome = yield
        error = outcome.excinfo and outcome.excinfo[1]
        if isinstance(error, pytest.UsageError):
            self.send([str(argument) for argument in error.args])
