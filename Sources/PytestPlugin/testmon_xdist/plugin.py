"""The hooks that pytest calls first. They find out which part this pytest has in a run:

- an xdist *worker*, or a pytest below ``testmon-xdist worker ID -- ...``, is a *reader*: it stores nothing;
- any other is the *controlling* pytest, with or without workers. Without workers, too: testmon by itself might record
  in the row of another environment, or delete it.

Where coordination is off, or testmon isn't asked for, hardly anything else is imported.
"""
import os
import sys

import pytest

from . import HANDOVER, rootdir, variables


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    if "testmon.pytest_testmon" not in sys.modules:
        return
    workerinput = getattr(config, "workerinput", None)
    if workerinput is not None:
        if HANDOVER in workerinput:
            from . import xdist_worker

            xdist_worker.configure(config, workerinput[HANDOVER])
    elif os.environ.get(variables.WORKER_ID):
        from . import testmon_api

        testmon_api.store_nothing(config)
        _before_data(config, _begin_below_command)
    else:
        from . import settings

        if settings.may_exist(rootdir(config)):
            _before_data(config, _begin_controlling)
        elif any(name.startswith(variables.PREFIX) for name in os.environ):
            from . import misspelt

            misspelt.warn(config)


@pytest.hookimpl(hookwrapper=True)
def pytest_cmdline_main(config):
    config.testmon_xdist_workers = getattr(config.option, "numprocesses", None)  # before xdist makes a number of "auto"
    yield


def _before_data(config, begin):
    from . import testmon_api

    testmon_api.use_environment(config, os.environ.get(variables.ENVIRONMENT))
    testmon_api.allow_no_cache(config)
    testmon_api.before_data(config, lambda arguments: begin(config, arguments))


def _begin_below_command(config, arguments):
    from . import below_command, messages

    messages.begin("pytest %s" % os.environ[variables.WORKER_ID])
    return below_command.begin(config, arguments)


def _begin_controlling(config, arguments):
    from . import companion, messages

    messages.begin("pytest")
    its_companion = companion.start(config, arguments)
    if its_companion is None:
        return None
    from . import controlling  # while the executable starts

    return controlling.begin(config, arguments, its_companion)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session):
    if variables.PLUGIN_PATH in os.environ:
        from . import wrapper

        wrapper.show_release(session.config)
        wrapper.hide(session.config)
