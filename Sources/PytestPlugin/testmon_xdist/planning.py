"""How many workers a run gets: the executable is told what there is to do, and says how many are worth their start."""
import resource

from . import border, measuring, testmon_data, unknown_tests, xdist_api
from .durations import Durations
from .nodeids import file_of


def adapt_workers(config, data, its_companion, asked):
    """Has xdist start as many workers as there is work for.

    :param data: testmon's, which has just made its selection
    :param asked: how many xdist would start, an ``xdist_api.AskedWorkers``
    :returns: a ``border.Plan``
    """
    its_companion.tell(work(config, data, asked))
    plan = its_companion.answer("planned").plan
    if plan.workers is not None:
        xdist_api.use_workers(config, plan.workers)
    return plan


def work(config, data, asked):
    """What there is to do, a ``border.Work``."""
    tests = data.all_tests
    known = border.Work(
        most_workers=asked.count,
        is_most_fixed=asked.is_fixed,
        start=measuring.processor_seconds(),
        resident_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        all_tests=len(tests),
    )
    obstacle = _obstacle(config, tests)
    if obstacle:
        return known._replace(obstacle=obstacle)
    arguments = unknown_tests.Arguments(config)
    selected = selected_tests(data, arguments)
    by_file = {}
    for test in tests:
        by_file.setdefault(file_of(test), []).append(test)
    durations = Durations(tests)
    to_run = [durations.of(test) for test in selected]
    unknown = unknown_tests.estimate(config, data, by_file, arguments)
    return known._replace(
        tests=len(selected),
        seconds=sum(to_run),
        longest=max(to_run, default=0.0),
        collected=sum(len(by_file[file]) for file in {file_of(test) for test in selected}),
        crashed_tests=len(testmon_data.crashed_tests(data, selected)),
        unknown_tests=unknown,
        unknown_seconds=unknown * durations.average,
    )


def selected_tests(data, arguments):
    """Which of the known tests are to run.

    :param arguments: what the command line asks for, ``unknown_tests.Arguments``
    """
    return [test for test in testmon_data.selected_tests(data) if arguments.include(test)]


def _obstacle(config, tests):
    """Why nothing can be said of what there is to do; None where something can."""
    for name, word in (
        ("keyword", "-k"),
        ("markexpr", "-m"),
        ("lf", "--lf"),
        ("stepwise", "--stepwise"),
        ("pyargs", "--pyargs"),
    ):
        if getattr(config.option, name, False):
            return word + " is given"
    if not config.testmon_config.select:
        return "testmon doesn't select"
    if getattr(config.option, "dist", "") == "each":
        return "each worker runs all tests"
    return None if tests else "no test is known yet with these packages and this Python"
