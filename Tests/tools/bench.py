#!/usr/bin/env python3
"""Every claim of speed, side by side with its rival, run in turn (A B A B ...): one table, also as JSON, and graphs.

The order is that of the table. A goal that is missed is told, and is no failure: exit status 1 means that something could
not be measured. All of it takes an hour and a half on two idle cores; `start` a few seconds.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import bench_executable
import bench_graph
import bench_makespan
import bench_projects
import bench_pytest
import bench_regret
import bench_report
from bench_measure import Failed

TOOLS = pathlib.Path(__file__).resolve().parent
SWITCH = "TESTMON_XDIST_CONTROLLER_PRECREATION"
FIGURES = {
    "start": bench_executable.start,
    "off": bench_pytest.off,
    "coordination": bench_pytest.coordination,
    "memory": bench_pytest.memory,
    "wake": bench_executable.wake,
    "acknowledgements": bench_executable.acknowledgements,
    "preparation": bench_executable.preparation,
    "makespan": bench_makespan.makespan,
    "waiting": bench_regret.waiting,
    "networkx": bench_regret.networkx,
}


class Bench:
    """What the figures have in common."""

    def __init__(self, options, folder):
        self.executable = options.executable.absolute()
        self.options = options
        self.folder = folder
        self.plain = bench_projects.Environment(options.venv.absolute(), folder / "plain")
        self.installed = bench_projects.Environment(options.venv.absolute(), folder / "installed", options.wheel.absolute())
        self.points = {}  # by project, and by the line of its graph: affected tests and seconds
        self.projects = 0

    def rounds(self, usual):
        return self.options.rounds or usual

    def wants_edit(self, name):
        return self.options.edits is None or name in self.options.edits

    def settings(self, **values):
        """The variables that switch coordination on, with these settings."""
        return {SWITCH: "true", **{"TESTMON_XDIST_" + name.upper(): value for name, value in values.items()}}

    def small_project(self):
        self.projects += 1
        return bench_projects.small(self.folder / "small{}".format(self.projects))

    def with_plugin(self, variables):
        """Variables with which pytest finds the plugin of the benchmarks."""
        place = self.folder / "plugin"
        place.mkdir(exist_ok=True)
        shutil.copy(TOOLS / "bench_plugin.py", place)
        return dict(variables, PYTHONPATH=str(place))

    def c_program(self):
        program = self.folder / "bench"
        if not program.exists():
            compiler = next((name for name in ("cc", "gcc", "clang") if shutil.which(name)), None)
            if compiler is None:
                raise Failed("there is no C compiler: install gcc or clang")
            subprocess.run([compiler, "-O2", "-static", "-o", program, TOOLS / "bench.c"], check=True)
        return str(program)


def names(text):
    chosen = [name.strip() for name in text.split(",")]
    unknown = [name for name in chosen if name not in FIGURES]
    if unknown:
        raise argparse.ArgumentTypeError("there is no '{}'; there are {}".format(unknown[0], ", ".join(FIGURES)))
    return chosen


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--executable", type=pathlib.Path, required=True, help="the built testmon-xdist")
    parser.add_argument("--wheel", type=pathlib.Path, required=True, help="the built wheel")
    parser.add_argument("--venv", type=pathlib.Path, required=True, help="an environment with pytest-testmon and -xdist")
    parser.add_argument("--output", type=pathlib.Path, required=True, help="the folder for bench.json and the graphs")
    parser.add_argument("--only", type=names, default=list(FIGURES), metavar="NAME,…", help=", ".join(FIGURES))
    parser.add_argument("--edits", type=lambda text: text.split(","), metavar="EDIT,…",
                        help="of networkx and waiting: none, about ten, about 200, a tenth, all")
    parser.add_argument("--rounds", type=int, metavar="N", help="how often each is run; by default each has its number")
    return parser.parse_args()


def run(options):
    """Prints the table, and returns whether all could be measured."""
    failed = False
    figures = []
    options.output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="testmon-xdist-bench-") as folder:
        bench = Bench(options, pathlib.Path(folder).resolve())
        machine = bench_report.machine(bench_report.releases(bench.installed.python, bench.executable))
        for name in options.only:
            began = time.monotonic()
            try:
                for figure in FIGURES[name](bench):
                    figures.append(figure)
                    print("{}: {:.3g}{} {}".format(figure.name, figure.value, figure.unit, figure.more), file=sys.stderr)
            except Failed as error:
                print("bench.py: {}: {}".format(name, error), file=sys.stderr)
                failed = True
            print("({}: {:.0f} s)".format(name, time.monotonic() - began), file=sys.stderr, flush=True)
        os.chdir("/")
    for project, points in bench.points.items():
        title = "pytest --testmon in {}: time over the number of affected tests".format(
            "a project that waits" if project == "waiting" else project)
        if len(next(iter(points.values()))) > 1:
            (options.output / "bench-{}.svg".format(project)).write_text(bench_graph.draw(title, points))
    bench_report.write_json(options.output / "bench.json", machine, figures, bench.points)
    print("\n".join("- {}: {}".format(*item) for item in machine.items()) + "\n")
    print(bench_report.table(figures))
    return not failed


def main():
    options = parse()
    options.output = options.output.absolute()  # commands run in other folders
    if options.rounds is not None and options.rounds < 1:
        sys.exit("bench.py: --rounds is at least 1")
    if not run(options):
        sys.exit(1)


if __name__ == "__main__":
    main()
