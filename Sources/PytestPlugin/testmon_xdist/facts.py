"""What pytest, testmon and xdist tell of themselves, for the executable."""
import os

from . import border, cores, rootdir, testmon_api, xdist_api
from .text import is_utf8


def collect(config, arguments):
    """The facts of a pytest.

    :param arguments: by which testmon is about to open its data; None where this testmon isn't like those we know
    """
    if arguments is None:
        return border.PytestReport(testmon_api.release(), None)
    alone = cores.core_alone()
    distributes = xdist_api.distributes(config)
    facts = border.Facts(
        rootdir=rootdir(config),
        database_path=testmon_api.data_file(arguments),
        expected_workers=xdist_api.worker_count(config) if distributes else 0,
        owner_pid=os.getpid(),
        history_folder=None if config.option.collectonly else _history_folder(config),
        core=cores.core(alone),
        core_alone=alone,
        **testmon_api.environment(arguments)
    )
    return border.PytestReport(testmon_api.release(), facts, xdist=xdist_api.release() if distributes else None)


def _history_folder(config):
    """A folder in pytest's cache, made by pytest, or None where there is no cache or it can't be written."""
    cache = getattr(config, "cache", None)
    if cache is None:
        return None
    try:
        if cache.get("testmon-xdist/made", None) is None:
            cache.set("testmon-xdist/made", True)  # up to pytest 7, only this writes the cache's .gitignore
        folder = str(cache.mkdir("testmon-xdist") if hasattr(cache, "mkdir") else cache.makedir("testmon-xdist"))
    except OSError:
        return None
    return folder if is_utf8(folder) else None
