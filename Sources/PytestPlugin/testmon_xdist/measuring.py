"""What a process that runs tests takes, for the plans of later runs: see ``planning``."""
import resource
import time

import pytest

from .handover import Measured


def processor_seconds():
    """The processor time of this process and of those that it has started and that have ended."""
    return time.process_time() + sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])


def queued_seconds():
    """How long this process has waited for a processor: the second number in proc(5)'s schedstat, in nanoseconds."""
    try:
        with open("/proc/self/schedstat") as file:
            return int(file.read().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):  # a kernel without it
        return 0.0


class Measuring:
    """Measures this process.

    :param name: of the worker; empty for the controlling pytest itself
    :param send: is called with a ``handover.Measured`` when the tests have run
    """

    def __init__(self, name, send):
        self.name = name
        self.send = send
        self.start = self.collection = 0.0
        self.collected = self.tests = 0
        self.test_seconds = 0.0

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_collection(self):
        self.start = processor_seconds()
        yield
        self.collection = processor_seconds() - self.start

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items):
        self.collected = len(items)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtestloop(self):
        processor, queued = processor_seconds(), queued_seconds()
        yield
        self.send(
            Measured(
                process=self.name,
                start=self.start,
                collection=self.collection,
                collected=self.collected,
                tests=self.tests,
                test_seconds=self.test_seconds,
                processor=processor_seconds() - processor,
                queued=queued_seconds() - queued,
            )
        )

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self):
        # Not the time of the loop: a worker waits there for what it is to run.
        begun = time.monotonic()
        yield
        self.tests += 1
        self.test_seconds += time.monotonic() - begun
