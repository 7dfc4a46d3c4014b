"""xdist's workers: which there are, and what they are given."""
import os
from typing import NamedTuple

import pytest

from . import HANDOVER, messages, testmon_data
from .handover import WorkerMessage


def is_crash(report):
    """Whether it is xdist's of a test during which its worker died, and that isn't run again, as pytest-rerunfailures does."""
    return report.when == "???" and report.outcome != "rerun"


def distributes(config):
    """Whether there will be workers: ``--dist`` alone, as a configuration may have it, starts none."""
    option = config.option
    return getattr(option, "dist", "no") != "no" and bool(getattr(option, "tx", None)) and not option.collectonly


def settle_distribution(config):
    """Has a run without workers look like that to testmon, too, which goes by ``--dist`` alone."""
    option = config.option
    if getattr(option, "dist", "no") != "no" and not getattr(option, "tx", None):
        option.dist = "no"


def release():
    """None where it isn't known: a clone without tags says 0.1."""
    import xdist

    version = str(getattr(xdist, "__version__", ""))
    return version if version and not version.startswith("0.") else None


def worker_count(config):
    """How many workers the command line asks for."""
    count = 0
    for spec in getattr(config.option, "tx", None) or []:
        number, star, _ = spec.partition("*")
        count += int(number) if star and number.isdigit() else 1
    return count


class AskedWorkers(NamedTuple):
    """How many workers xdist would start."""

    count: int
    is_auto: bool  # whether it was asked to find out how many
    is_fixed: bool  # whether somebody has said that there may be no more


def ask_for_workers(config):
    """Has it look as if the command line had ``-n auto``, where it says nothing of workers; before xdist looks at it."""
    if getattr(config.option, "numprocesses", False) is None:
        from xdist.plugin import parse_numprocesses

        config.option.numprocesses = parse_numprocesses("auto")
    config.testmon_xdist_workers = getattr(config.option, "numprocesses", None)


def asked_workers(config):
    """What ``-n`` asks for; None where it isn't what xdist goes by."""
    count = getattr(config.option, "numprocesses", None)
    if not distributes(config) or not count or config.option.tx != ["popen"] * len(config.option.tx):
        return None
    asked = getattr(config, "testmon_xdist_workers", None)  # not there where no command line was read
    is_auto = asked in ("auto", "logical") or type(asked).__name__ == "AutoInt"  # the latter up to xdist 2.0
    is_fixed = not is_auto or config.option.maxprocesses or "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ
    hook = getattr(config.hook, "pytest_xdist_auto_num_workers", None)  # from xdist 2.1 on
    is_fixed = is_fixed or hook is not None and len(hook.get_hookimpls()) > 1  # besides xdist's own
    return AskedWorkers(len(config.option.tx), is_auto, bool(is_fixed))


def use_workers(config, count):
    """Has xdist start so many workers; with none, the tests run in this process. Only before xdist configures itself."""
    config.option.numprocesses = count
    config.option.tx = ["popen"] * count
    if count == 0:
        config.option.dist = "no"
        config.option.continue_on_collection_errors = True  # with workers pytest always runs what could be collected


def is_here(spec):
    """Whether a worker has this very Python and file system: not another one, nor one that a gateway leads to."""
    return bool(spec.popen and not spec.python and not spec.via)


class WorkerHooks:
    """Gives every xdist worker this plugin, and what it must know of the run: also which tests testmon has found to be
    affected.

    That is found out once, here. A worker that takes a crashed one's place, when some results have been stored already,
    must collect what the others did, or xdist has no use for it; and a worker on another machine has no data file.

    :param handover: what is the same for all workers, a ``HandOver``
    """

    def __init__(self, handover):
        self.handover = handover
        self.starting = None  # the ``HandOver`` of the worker that xdist is starting
        self.collected = {}  # by worker id: the ``Collected`` of its collection
        self.usage_errors = {}  # by worker id: why it could not collect
        self.measured = []  # what each process took, a ``handover.Measured``

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_setupnodes(self, config, specs):
        elsewhere = [spec for spec in specs if not is_here(spec)]
        if elsewhere:
            from . import other_pythons

            differ = other_pythons.warn_of_differences(config, elsewhere, self.handover.executable)
            self.handover = self.handover._replace(runs_all=differ)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node):
        if self.handover.selection is None:
            self.handover = self.handover._replace(selection=testmon_data.selection(node.config.testmon_data))
        self.starting = self.handover._replace(
            is_here=is_here(node.gateway.spec), shows_debug=messages.shows_debug, is_quiet=messages.is_quiet
        )
        messages.debug("starting worker %s as %s", node.gateway.id, node.gateway.spec)
        channel = node.gateway.newchannel()
        channel.setcallback(lambda wire: self._receive(node.gateway.id, WorkerMessage.from_wire(wire)))
        node.workerinput[HANDOVER] = self.starting.to_workerinput(channel)

    @pytest.hookimpl(optionalhook=True, hookwrapper=True)
    def pytest_xdist_getremotemodule(self):
        from . import delivery

        # xdist asks for it right after pytest_configure_node.
        outcome = yield
        outcome.force_result(delivery.with_plugin(outcome.get_result(), self.starting.is_here))

    def _receive(self, worker_id, message):
        # Called by execnet's thread: xdist's own messages wait in a queue, so this is there before what it belongs to.
        if message.collected is not None:
            new, gone = len(message.collected.new), len(message.collected.gone)
            messages.debug("worker %s has collected: %d new tests, %d gone", worker_id, new, gone)
            self.collected[worker_id] = message.collected
        if message.usage_errors is not None:
            self.usage_errors[worker_id] = message.usage_errors
        if message.measured is not None:
            self.measured.append(message.measured)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node):
        """xdist takes a worker that can't find what the command line names for one that has nothing to run."""
        errors = self.usage_errors.get(node.gateway.id)
        if errors is not None:
            raise pytest.UsageError(*errors)
