"""What the benchmarks found out: as a table, as JSON, and as a graph."""

import dataclasses
import json
import os
import pathlib
import platform
import subprocess


@dataclasses.dataclass
class Figure:
    """One line of the table."""

    name: str
    rival: str
    goal: str  # in words
    value: float  # the ratio, or what else the goal is about
    spread: tuple  # from, to
    met: bool
    rounds: int
    ours: str = ""  # the measured value itself
    theirs: str = ""
    more: dict = dataclasses.field(default_factory=dict)  # what else was measured
    unit: str = ""  # of the value; a ratio has none

    def row(self):
        low, high = self.spread
        spread = "{:.3g} – {:.3g}".format(low, high) if low != high else ""
        more = "; ".join("{} {}".format(name, text) for name, text in self.more.items())
        return [self.name, self.rival, self.ours, self.theirs, "{:.3g}{}".format(self.value, self.unit), spread,
                str(self.rounds), self.goal + ("" if self.met else ": **missed**"), more]


HEADINGS = ["figure", "rival", "ours", "rival's", "ratio", "95 % sure", "rounds", "goal: at most", "besides"]


def ratio_figure(name, rival, comparison, most, unit="ms", allowance=None, **more):
    """A figure whose goal is a ratio, or, if there is an allowance, no more than that much above the rival."""
    scale = 1e3 if unit == "s" else 1  # all is measured in milliseconds
    ours, theirs = (value / scale for value in comparison.median())
    ratio, low, high = comparison.ratio()
    goal = "{:g}".format(most)
    met = ratio <= most
    if allowance is not None:
        difference = comparison.difference()[0]
        goal += " or {:g} {}".format(allowance, unit)
        more = {"difference": "{:.3g} {}".format(difference, unit), **more}
        met = met or difference <= allowance
    form = "{:.4g} " + unit
    return Figure(name, rival, goal, ratio, (low, high), met, len(comparison.ours), form.format(ours), form.format(theirs),
                  more)


def table(figures):
    """As Markdown."""
    rows = [HEADINGS, ["---"] * len(HEADINGS)] + [figure.row() for figure in figures]
    return "\n".join("| {} |".format(" | ".join(row)) for row in rows)


def machine(releases):
    """What it was measured on."""
    model = ""
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return {"cpu": model, "cores": len(os.sched_getaffinity(0)), "kernel": platform.release(),
            "python": platform.python_version(), "load at the start": "%.2f" % os.getloadavg()[0], **releases}


def releases(python, executable):
    code = ("from importlib.metadata import version; "
            "print(*('%s %s' % (name, version(name)) for name in ('pytest', 'pytest-xdist', 'pytest-testmon', 'coverage')), "
            "sep=', ')")
    installed = subprocess.run([python, "-c", code], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    ours = subprocess.run([executable, "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    return {"releases": "{}, {}".format(ours, installed)}


def write_json(path, machine, figures, points):
    data = {"schema": 1, "machine": machine, "figures": [dataclasses.asdict(figure) for figure in figures],
            "points": points}
    path.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n")
