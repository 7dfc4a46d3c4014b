"""The hooks that pytest calls first. They find out which part this pytest has in a run:

- an xdist *worker*, or a pytest below ``testmon-xdist worker ID -- ...``, is a *reader*: it stores nothing;
- any other is the *controlling* pytest, with or without workers. Without workers, too: testmon by itself might record
  in the row of another environment, or delete it.

Nothing else is imported where there is nothing to do.
"""
import os
import sys

import pytest

from . import variables


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    if "testmon.pytest_testmon" not in sys.modules:
        return
    workerinput = getattr(config, "workerinput", None)
    if workerinput is not None:
        from . import border

        if border.HANDOVER in workerinput:
            from . import reader

            reader.configure_worker(config, workerinput[border.HANDOVER])
    elif os.environ.get(variables.WORKER_ID):
        from . import reader

        reader.configure_below_command(config)
    else:
        from . import settings

        if settings.may_exist(str(config.rootdir)):
            from . import controlling

            controlling.configure(config)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session):
    if variables.PLUGIN_PATH in os.environ:
        from . import wrapper

        wrapper.hide(session.config)
