"""What doctor asks of a pytest that has read its configuration: what a run would tell the executable, and what would fail
later.
"""
import os

from . import probe, testmon_api


def ask(config, answers):
    """Puts the answers into a dictionary, one after the other: those that were found count, whatever fails then."""
    answers["report"] = probe.report(config).to_json()
    answers["branch_coverage"] = _measures_branches(config)
    if testmon_api.is_known():
        answers["environment_names"] = [testmon_api.environment_name(config), _in_another_process(config)]


def _in_another_process(config):
    """The environment's name, found out anew: an expression may have this process's id in it."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, testmon_api.environment_name(config).encode("utf-8", "replace")[:4096])
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    name = os.read(reading, 4096).decode("utf-8", "replace")
    os.close(reading)
    return name


def _measures_branches(config):
    """Whether pytest-cov measures branches, too: testmon refuses to run beside it."""
    options = vars(config.option)
    if not options.get("cov_source") or options.get("no_cov"):
        return False
    if options.get("cov_branch"):
        return True
    from coverage import Coverage

    return bool(Coverage(data_file=None, config_file=options.get("cov_config") or True).get_option("run:branch"))
