"""A pytest plugin: writes down what the run reports, and keeps one test from ending. It lies outside of the project."""

import os

import pytest


def pytest_configure(config):
    log = os.environ["SEQUENCES_LOG"] + ("-of-workers" if hasattr(config, "workerinput") else "")
    config.pluginmanager.register(Recorder(log), "sequences-recorder")


class Recorder:
    def __init__(self, log):
        self.file = open(log, "a", buffering=1)  # each line is one write: workers share a file

    # After testmon: what it could not take is not reported.
    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report):
        self.file.write("{} {} {}\n".format(report.when, report.outcome, report.nodeid))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item):
    if item.nodeid.partition("@")[0] != os.environ.get("SEQUENCES_AT"):
        return
    if os.environ["SEQUENCES_CRASHES"]:
        os._exit(9)
    with open(os.environ["SEQUENCES_BEGUN"], "w") as begun:
        begun.write("begun")
    with open(os.environ["SEQUENCES_GO_ON"]) as go_on:
        go_on.read(1)
