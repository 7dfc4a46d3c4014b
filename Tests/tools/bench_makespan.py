"""Tests that sleep as long as real ones take: from the first one's start to the last one's end."""

import os
import statistics
import tempfile

import bench_projects as projects
from bench_measure import Command, Failed
from bench_pytest import read_notes
from bench_report import Figure

WORKERS = 8, 16, 32
# How long the bound is to be, in seconds: the real durations are multiplied by what makes it so. A whole run must not take
# hours (with 8 workers it really takes 19 minutes), and yet two cores must have time for the processor time that pytest,
# xdist and testmon take for each test, which isn't multiplied.
BOUNDS = {"all tests": 150, "a random tenth of the files": 15}


def makespan(bench):
    modules = projects.durations()
    project = projects.Sleeping(bench.folder / "sleeping", modules)
    python = bench.installed
    ours = bench.settings(adaptive_workers="off", schedule="duration")
    runs = {"load": ("load", {}), "worksteal": ("worksteal", {}), "testmon-xdist": ("load", ours)}
    fixtures = {name: 0 for name in runs}
    for which, bound in BOUNDS.items():
        chosen = None if which == "all tests" else projects.random_tenth(modules)
        durations = [seconds for number in (range(len(modules)) if chosen is None else chosen)
                     for seconds in modules[number]]
        for workers in WORKERS:
            factor = bound / max(sum(durations) / workers, max(durations))
            project.record(python, python.variables(), factor)
            times = {name: [] for name in runs}
            busy = {}
            rounds = bench.rounds(1)
            for number in range(rounds):
                for name in list(runs)[:: 1 if number % 2 == 0 else -1]:
                    distribution, settings = runs[name]
                    project.put_back()
                    project.affect(chosen)
                    variables = python.variables(BENCH_FACTOR=str(factor), **settings)
                    argv = python.pytest("-n", str(workers), "--dist", distribution, "-p", "bench_plugin")
                    seconds, cpu, setups = _run(bench, name, argv, variables, project.folder, len(durations))
                    times[name].append(seconds)
                    busy[name] = cpu / seconds / len(os.sched_getaffinity(0))
                    fixtures[name] += setups
            ratios = {name: statistics.median(values) / bound for name, values in times.items()}
            own = ratios.pop("testmon-xdist")
            values = [value / bound for value in times["testmon-xdist"]]
            besides = {name: "{:.3f}".format(ratio) for name, ratio in ratios.items()}
            besides["durations"] = "multiplied by {:.3g}".format(factor)
            besides["processors busy"] = "{:.0%}".format(busy["testmon-xdist"])
            yield Figure("makespan, {}, {} workers".format(which, workers), "max(sum / n, longest)",
                         "1.05, and below `load` and `worksteal`", own, (min(values), max(values)),
                         own <= 1.05 and own < min(ratios.values()), rounds,
                         "{:.2f} s".format(own * bound), "{:.2f} s".format(bound), besides)
    ratio = fixtures["testmon-xdist"] / fixtures["load"]
    yield Figure("set-ups of module-scoped fixtures, in all these runs", "`load`", "1", ratio, (ratio, ratio), ratio <= 1, 1,
                 "{:,}".format(fixtures["testmon-xdist"]), "{:,}".format(fixtures["load"]),
                 {"worksteal": "{:,}".format(fixtures["worksteal"])})


def _run(bench, name, argv, variables, folder, expected):
    """Returns the makespan and the processor time taken meanwhile, in seconds, and how many module-scoped fixtures were set
    up."""
    with tempfile.TemporaryDirectory() as notes:
        command = Command(name, argv, bench.with_plugin(dict(variables, BENCH_NOTES=notes)), folder)
        output = command.output()
        if " {} passed".format(expected) not in output.splitlines()[-1]:
            raise Failed("{}: not {} tests: {}".format(name, expected, output.splitlines()[-1]))
        noted = read_notes(notes)
    ran = [note for note in noted if note["began"] is not None]
    return (max(note["ended"] for note in ran) - min(note["began"] for note in ran),
            sum(note["cpu"] for note in noted), sum(note["module_fixtures"] for note in ran))
