"""How much longer `-n auto` with us takes than the number of workers that would have been best."""

import bisect
import itertools
import random
import re
import statistics
import subprocess

import bench_projects as projects
from bench_measure import Command, Failed, compare, in_turn
from bench_pytest import besides
from bench_report import ratio_figure

WORKERS = 0, 1, 2, 4, 8
DRAWN = 0, 2, 4, 8
WAITING_SECONDS = 20  # what all tests of the project that waits take, one after the other


def networkx(bench):
    project = projects.networkx(bench.folder / "networkx")
    python = bench.installed
    # Also the first run that the history knows.
    all_tests = _run(python.pytest("-q", "-n", "auto", "networkx"), _ours(bench), project.folder)
    project.keep_data()

    def edit(change):
        if change is not None:
            project.edit(*change)

    edits = {name: lambda change=change: edit(change) for name, change in projects.NETWORKX_EDITS.items()}
    rounds = {"all": 1, "a tenth": 1, "about 200": 1}  # they take long
    more_rounds = {"all": 2, "a tenth": 2, "about 200": 2}
    if bench.wants_edit("none"):
        project.put_back()
        plain = Command("plain", python.pytest("networkx"), python.variables(), project.folder, (0, 5))
        ours = Command("coordinated", python.pytest("networkx"), _ours(bench), project.folder, (0, 5))
        in_turn([plain, ours], bench.rounds(10))
        cpu = compare(ours, plain, "cpu")
        yield ratio_figure("CPU time without workers: networkx, nothing changed", "plain", cpu, 1.05, **besides(ours, plain))
    yield from _regret(bench, "networkx", project, edits, ["networkx"], {}, rounds, all_tests, more_rounds, extra={"about 200"})


def waiting(bench):
    modules = projects.durations()[::10]
    factor = WAITING_SECONDS / sum(map(sum, modules))
    project = projects.Sleeping(bench.folder / "waiting", modules)
    variables = {"BENCH_FACTOR": str(factor)}
    project.record(bench.installed, bench.installed.variables(), factor)
    project.affect(None)
    all_tests = _run(bench.installed.pytest("-q", "-n", "auto"), _ours(bench, **variables), project.folder)
    project.put_back()
    about_ten = min(range(len(modules)), key=lambda number: abs(len(modules[number]) - 10))
    tenth = _tenth_of_the_tests(modules)
    edits = {
        "none": lambda: None,
        "about ten": lambda: project.affect([about_ten]),
        "a tenth": lambda: project.affect(tenth),
        "all": lambda: project.affect(None),
    }
    yield from _regret(bench, "waiting", project, edits, [], variables, {"none": 10, "all": 2}, all_tests)


def _tenth_of_the_tests(modules):
    """Modules, drawn until they have that many."""
    drawn = random.Random(9).sample(range(len(modules)), len(modules))
    tests = list(itertools.accumulate(len(modules[number]) for number in drawn))
    return drawn[: bisect.bisect(tests, sum(map(len, modules)) / 10) + 1]


def _ours(bench, **more):
    return bench.installed.variables(**bench.settings(), **more)


def _run(argv, variables, folder):
    """Runs a pytest, and returns how many tests ran."""
    done = subprocess.run(argv, env=variables, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    if done.returncode not in (0, 5):
        raise Failed("{} exited with {} in {}:\n{}".format(" ".join(argv), done.returncode, folder, done.stdout[-3000:]))
    last = done.stdout.strip().splitlines()[-1]
    # Not those that were skipped: networkx has files without a test here, which skip themselves in each run.
    return sum(int(number) for number in re.findall(r"(\d+) (?:passed|failed|xfailed|xpassed)", last))


def _regret(bench, name, project, edits, arguments, variables, rounds, all_tests, more_rounds={}, extra=()):
    """The figures of a project.

    :param rounds: by edit, how often each command runs; 3 times where nothing is said
    :param more_rounds: by edit, how often the best of the plain ones and ours then run besides
    :param extra: edits for which there is no goal
    """
    python = bench.installed
    points = bench.points.setdefault(name, {})
    for what, edit in edits.items():
        if not bench.wants_edit(what):
            continue

        def prepare(edit=edit):
            project.put_back()
            edit()

        tests = all_tests
        if what != "all":  # that has been run already, and takes long
            prepare()
            tests = _run(python.pytest("-n", "auto", *arguments), _ours(bench, **variables), project.folder)
        plain = [
            Command("-n {}".format(number), python.pytest("-n", str(number), *arguments), python.variables(**variables),
                    project.folder, (0, 5), prepare)
            for number in WORKERS
        ]
        ours = Command("testmon-xdist", python.pytest("-n", "auto", *arguments), _ours(bench, **variables), project.folder,
                       (0, 5), prepare)
        in_turn([*plain, ours], bench.rounds(rounds.get(what, 3)), warm_up=0)
        best = min(plain, key=_median)
        if what in more_rounds and bench.options.rounds is None:
            in_turn([best, ours], more_rounds[what], warm_up=0)
        for number, command in zip(WORKERS, plain):
            if number in DRAWN:
                _add(points, "plain -n {}".format(number), tests, command)
        _add(points, "testmon-xdist -n auto", tests, ours)
        medians = {command.label: "{:.2f} s".format(_median(command)) for command in plain}
        figure = ratio_figure("regret, {}: {} affected ({:,} tests)".format(name, what, tests),
                              "plain `{}`, the best of {}".format(best.label, ", ".join(map(str, WORKERS))),
                              compare(ours, best), 1.10, unit="s", **medians)
        if what in extra:
            figure.goal, figure.met = "–", True
        yield figure


def _median(command):
    return statistics.median(one.wall for one in command.samples) / 1e3


def _add(points, label, tests, command):
    points.setdefault(label, []).append((tests, _median(command)))
