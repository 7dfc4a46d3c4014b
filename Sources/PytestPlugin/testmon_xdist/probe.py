"""What the controlling pytest would tell, without a test run: for a controller that prepares the data beforehand."""
import argparse
import json
import os
import sys

import pytest

from . import border, facts, testmon_api


class _Probe:
    """Stops pytest as soon as it has read its configuration and testmon has told what it would do."""

    report = border.PytestReport("", None)

    @pytest.hookimpl(tryfirst=True)
    def pytest_cmdline_main(self, config):
        if "testmon.pytest_testmon" in sys.modules:
            self.report = border.PytestReport(testmon_api.release(), None)
            if testmon_api.is_known():  # else it would go on, and open the data file
                self._ask(config)
        return 0

    def _ask(self, config):
        config.testmon_config = argparse.Namespace(tmnet=False)
        testmon_api.before_data(config, lambda arguments: self._stop(config, arguments))
        try:
            testmon_api.plugin().init_testmon_data(config)
        except _Stop:
            pass

    def _stop(self, config, arguments):
        self.report = facts.collect(config, arguments)
        raise _Stop


class _Stop(Exception):
    pass


def main(rootdir):
    """Prints the report as JSON."""
    output = os.dup(1)
    os.dup2(2, 1)  # whatever a conftest.py prints must not mix with the report
    os.chdir(rootdir)
    probe = _Probe()
    try:
        pytest.main(["--rootdir", "."], plugins=[probe])  # pytest expands '$' in a path that is given
    finally:  # a testmon that we don't know may fail in any way
        os.write(output, json.dumps(probe.report.to_json()).encode())
