"""What it costs a pytest that has nothing to run."""

import json
import pathlib
import tempfile

from bench_measure import Command, Failed, compare, in_turn
from bench_report import Figure, ratio_figure

NOTHING_TO_RUN = (0, 5)  # as the release of pytest-testmon has it


def _commands(bench, *arguments):
    """`pytest --testmon` in a small project: plain, with the plugin installed, and coordinated."""
    commands = []
    for label, python, variables in (
        ("plain", bench.plain, {}),
        ("installed, off", bench.installed, {}),
        ("coordinated", bench.installed, bench.settings(adaptive_workers="off", schedule="xdist")),
    ):
        project = bench.small_project()
        command = Command(label, python.pytest(*arguments), python.variables(**variables), project.folder, NOTHING_TO_RUN)
        warm(command, "40 passed", "no tests ran")
        commands.append(command)
    return commands


def warm(command, *expected):
    """The first runs, up to one that finds nothing to do, as all that follow."""
    for words in expected:
        output = command.output()
        if words not in output:
            raise Failed("{}: not '{}':\n{}".format(command.label, words, output))


def besides(ours, rival):
    """CPU time and system calls: what a busy machine changes less than the clock."""
    found = {"ratio of CPU time": "{:.3f}".format(compare(ours, rival, "cpu").ratio()[0])}
    calls = ours.system_calls(), rival.system_calls()
    if None not in calls:
        found["system calls"] = "{:,} and {:,}".format(*calls)
    return found


def off(bench):
    plain, installed, _ = commands = _commands(bench)
    in_turn(commands[:2], bench.rounds(80))
    yield ratio_figure("the plugin installed, and off: 40 tests, nothing changed", "plain", compare(installed, plain), 1.005,
                       allowance=3, **besides(installed, plain))


def coordination(bench):
    for name, arguments, most, allowance, rounds in (
        ("coordination, `-n 4`: 40 tests, nothing changed", ["-n", "4"], 1.02, 20, 20),
        ("coordination without workers: 40 tests, nothing changed", [], 1.05, None, 40),
    ):
        plain, _, coordinated = _commands(bench, *arguments)
        in_turn([plain, coordinated], bench.rounds(rounds))
        yield ratio_figure(name, "plain", compare(coordinated, plain), most, allowance=allowance,
                           **besides(coordinated, plain))


def memory(bench):
    python, project = bench.installed, bench.small_project()
    values = []
    for _ in range(bench.rounds(3)):
        with tempfile.TemporaryDirectory() as notes:
            variables = python.variables(BENCH_NOTES=notes, **bench.settings(adaptive_workers="off"))
            Command("coordinated", python.pytest("-n", "4", "-p", "bench_plugin"), bench.with_plugin(variables),
                    project.folder, NOTHING_TO_RUN).run()
            values += [note for note in (one["companions_memory"] for one in read_notes(notes)) if note is not None]
    if not values:
        raise Failed("there was no companion")
    largest = max(values) / 1024
    yield Figure("the companion's anonymous memory, `-n 4`", "1 MB", "1 MB", largest, (min(values) / 1024, largest),
                 largest <= 1, len(values), "{:.2f} MB".format(largest), unit=" MB")


def read_notes(folder):
    return [json.loads(path.read_text()) for path in pathlib.Path(folder).glob("*.json")]
