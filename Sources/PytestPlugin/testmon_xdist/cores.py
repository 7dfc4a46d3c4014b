"""By which of coverage's cores testmon records.

testmon tells tests apart by ``Coverage.switch_context()``. The core ``sysmon`` notes the first context of a line only:
when a function is edited, one of the tests that use it runs (https://github.com/nedbat/coveragepy/issues/2200).
"""
import contextlib
import os
import sys

VARIABLE = "COVERAGE_CORE"  # coverage's own


def core_alone():
    """The core by which testmon records by itself, here and now; None where coverage refuses to."""
    if sys.version_info < (3, 14) and not os.environ.get(VARIABLE):
        return tracer()  # to ask coverage takes milliseconds
    import warnings

    from coverage import Coverage, CoverageException

    coverage = Coverage(data_file=None, config_file=False)  # as testmon makes its own
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # testmon's own gives them, too
            coverage._init()
            coverage._init_for_start()  # as its start() does, without starting
    except CoverageException:  # the variable names none
        return None
    name = coverage._collector.tracer_name()
    return {"SysMonitor": "sysmon", "CTracer": "ctrace", "PyTracer": "pytrace"}.get(name, name)


def core(alone):
    """The core by which testmon records in a coordinated run: one that can tell tests apart."""
    return tracer() if alone == "sysmon" else alone


def tracer():
    """The core that can tell tests apart, and is there."""
    try:
        import coverage.tracer  # noqa: F401
    except ImportError:
        return "pytrace"
    return "ctrace"


@contextlib.contextmanager
def telling_tests_apart():
    """Makes a coverage that is made and started meanwhile use a core that can tell tests apart."""
    before = os.environ.get(VARIABLE)
    if before and before != "sysmon":
        yield
        return
    # Read by coverage when it is made, up to 7.8 when it starts. It isn't for what the tests start.
    os.environ[VARIABLE] = tracer()
    try:
        yield
    finally:
        del os.environ[VARIABLE]
        if before is not None:
            os.environ[VARIABLE] = before
