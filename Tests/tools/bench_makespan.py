"""Tests that sleep as long as real ones take: from the first one's start to the last one's end."""

import statistics
import tempfile

import bench_projects as projects
from bench_measure import Command, Failed
from bench_pytest import read_notes
from bench_report import Figure

WORKERS = 8, 16, 32
# By what the real durations are multiplied: a whole run must not take hours, and each test must take much longer than
# pytest needs for it.
FACTORS = {"all tests": 0.045, "a random tenth of the files": 0.15}


def makespan(bench):
    modules = projects.durations()
    project = projects.Sleeping(bench.folder / "sleeping", modules)
    python = bench.installed
    ours = bench.settings(adaptive_workers="off", schedule="duration")
    runs = {"load": ("load", {}), "worksteal": ("worksteal", {}), "testmon-xdist": ("load", ours)}
    setups = {name: 0 for name in runs}
    for which, factor in FACTORS.items():
        chosen = None if which == "all tests" else projects.random_tenth(modules)
        durations = [seconds * factor for number in (range(len(modules)) if chosen is None else chosen)
                     for seconds in modules[number]]
        project.record(python, python.variables(), factor)
        for workers in WORKERS:
            bound = max(sum(durations) / workers, max(durations))
            times = {name: [] for name in runs}
            rounds = bench.rounds(1)
            for number in range(rounds):
                for name in list(runs)[:: 1 if number % 2 == 0 else -1]:
                    distribution, settings = runs[name]
                    project.put_back()
                    project.affect(chosen)
                    variables = python.variables(BENCH_FACTOR=str(factor), **settings)
                    argv = python.pytest("-n", str(workers), "--dist", distribution, "-p", "bench_plugin")
                    seconds, fixtures = _run(bench, name, argv, variables, project.folder, len(durations))
                    times[name].append(seconds)
                    setups[name] += fixtures
            ratios = {name: statistics.median(values) / bound for name, values in times.items()}
            own = ratios.pop("testmon-xdist")
            values = [value / bound for value in times["testmon-xdist"]]
            yield Figure("makespan, {}, {} workers".format(which, workers), "max(sum / n, longest)",
                         "1.05, and below `load` and `worksteal`", own, (min(values), max(values)),
                         own <= 1.05 and own < min(ratios.values()), rounds,
                         "{:.2f} s".format(own * bound), "{:.2f} s".format(bound),
                         {name: "{:.3f}".format(ratio) for name, ratio in ratios.items()})
    ratio = setups["testmon-xdist"] / setups["load"]
    yield Figure("set-ups of module-scoped fixtures, in all these runs", "`load`", "1", ratio, (ratio, ratio), ratio <= 1, 1,
                 "{:,}".format(setups["testmon-xdist"]), "{:,}".format(setups["load"]),
                 {"worksteal": "{:,}".format(setups["worksteal"])})


def _run(bench, name, argv, variables, folder, expected):
    """Returns the makespan in seconds, and how many module-scoped fixtures were set up."""
    with tempfile.TemporaryDirectory() as notes:
        command = Command(name, argv, bench.with_plugin(dict(variables, BENCH_NOTES=notes)), folder)
        output = command.output()
        if " {} passed".format(expected) not in output.splitlines()[-1]:
            raise Failed("{}: not {} tests: {}".format(name, expected, output.splitlines()[-1]))
        noted = [note for note in read_notes(notes) if note["began"] is not None]
    return (max(note["ended"] for note in noted) - min(note["began"] for note in noted),
            sum(note["module_fixtures"] for note in noted))
