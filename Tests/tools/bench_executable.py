"""What the executable costs by itself."""

import json
import os
import pathlib
import re
import signal
import sqlite3
import statistics
import subprocess
import time

import environments
from bench_measure import Command, Comparison, Failed, compare, in_turn
from bench_report import Figure, ratio_figure

ACKNOWLEDGEMENTS = 1024


def start(bench):
    variables = environments.clean_environment()
    true = Command("/bin/true", ["/bin/true"], variables)
    # What a page fault costs depends on how the file came into the page cache: as it was written just now, in large pieces
    # of memory, or page by page, as any program is read that was dropped from it meanwhile.
    installed = bench.installed.python.parent / "testmon-xdist"
    fresh = bench.folder / "testmon-xdist"
    fresh.write_bytes(installed.read_bytes())
    fresh.chmod(0o755)
    _drop_from_page_cache(installed)
    version, written = (Command("testmon-xdist --version", [path, "--version"], variables) for path in (installed, fresh))
    static = Command("a static C program", [bench.c_program(), "true"], variables)
    in_turn([true, version, written, static], bench.rounds(500), warm_up=20)
    besides = {
        "ratio of CPU time": compare(version, true, "cpu"),
        "over a static C program": compare(version, static),
        "of a file written just now, over `/bin/true`": compare(written, true),
    }
    yield ratio_figure("`testmon-xdist --version`", "`/bin/true`", compare(version, true), 1.3,
                       **{name: "{:.3g}".format(comparison.ratio()[0]) for name, comparison in besides.items()})


def _drop_from_page_cache(path):
    with open(path, "rb") as file:
        os.fsync(file)
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


class HeldRun:
    """A run that is held open while this context is entered."""

    def __init__(self, bench):
        self.bench = bench
        self.project = bench.small_project()
        self.command = [str(bench.executable), "--rootdir", str(self.project.folder)]

    def __enter__(self):
        subprocess.run([self.command[0], "controller", *self.command[1:], "--python", self.bench.installed.python, "--detach"],
                       env=self.bench.installed.variables(), stdin=subprocess.DEVNULL, check=True)
        run = self.project.folder / ".testmon_xdist"
        self.marker = run / "controller_ready.json"
        self.holder = json.loads(self.marker.read_text())["controller_pid"]
        return self

    def __exit__(self, *_exception):
        subprocess.run([self.command[0], "cleanup", *self.command[1:]], stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, check=True)

    def worker(self, name):
        return [self.command[0], "worker", name, *self.command[1:]]


def wake(bench):
    """From the marker's renaming until somebody who has waited for it opens it."""
    rounds = bench.rounds(300)
    times = {"ours": [], "C": []}
    with HeldRun(bench) as run:
        hidden = run.marker.with_name("hidden")
        waiters = {"ours": run.worker("gw0"), "C": [bench.c_program(), "waiter", run.marker.parent, run.marker.name]}
        os.kill(run.holder, signal.SIGSTOP)  # it looks at its marker, too, when that is renamed
        try:
            run.marker.rename(hidden)
            for number in range(rounds):
                for name in list(waiters)[:: 1 if number % 2 else -1]:
                    times[name].append(_wake_once(bench, waiters[name], hidden, run.marker))
                    run.marker.rename(hidden)
            hidden.rename(run.marker)
        finally:
            os.kill(run.holder, signal.SIGCONT)
    ours, rival = ([value / 1e6 for value in times[name]] for name in ("ours", "C"))
    percentile, rivals = (statistics.quantiles(values, n=100)[-1] for values in (ours, rival))
    medians = statistics.median(ours), statistics.median(rival)
    yield Figure(
        "marker renamed → worker awake, 99th percentile", "bare C with inotify", "5, and 1 ms", percentile / rivals,
        (percentile / rivals,) * 2, percentile / rivals <= 5 and percentile <= 1, rounds, "{:.3f} ms".format(percentile),
        "{:.3f} ms".format(rivals), {"medians": "{:.3f} and {:.3f} ms".format(*medians)})


def _wake_once(bench, command, hidden, marker):
    waiter = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    in_poll = re.compile(r"(7|271) ")  # poll, ppoll
    while not in_poll.match(pathlib.Path("/proc", str(waiter.pid), "syscall").read_text()):
        if time.monotonic() > deadline or waiter.poll() is not None:
            raise Failed("it doesn't wait: {}".format(command))
        time.sleep(0.001)
    time.sleep(0.02)  # the kernel lets whoever has just used a processor wait for it
    elapsed = int(subprocess.run([bench.c_program(), "wake", hidden, marker], stdout=subprocess.PIPE, check=True).stdout)
    if waiter.wait() != 0:
        raise Failed("it ended with {}: {}".format(waiter.returncode, command))
    return elapsed


def acknowledgements(bench):
    variables = environments.clean_environment()
    with HeldRun(bench) as run:
        spawn = [bench.c_program(), "spawn", ACKNOWLEDGEMENTS, 2]
        ours = Command("acknowledgements", [*spawn, *run.worker("%d")], variables)
        rival = Command("fork and exec", [*spawn, bench.c_program(), "true"], variables)
        in_turn([ours, rival], bench.rounds(5))
        found = sum(1 for _ in run.marker.parent.glob("worker_*_ready"))
    if found != ACKNOWLEDGEMENTS:
        raise Failed("{} acknowledgements, and not {}".format(found, ACKNOWLEDGEMENTS))
    cpu = compare(ours, rival, "cpu")
    yield ratio_figure("1,024 acknowledgements, two at a time", "1,024 × fork and exec of a static C program",
                       compare(ours, rival), 3, **{"ratio of CPU time": "{:.3g}".format(cpu.ratio()[0])})


def preparation(bench):
    times = {}
    companions = {tests: _Preparing(bench, tests) for tests in (1_000_000, 1_000)}
    os.sync()  # or the disk is busy with what was just made
    rounds = bench.rounds(25)
    for number in range(-2, rounds):
        for tests in list(companions)[:: 1 if number % 2 else -1]:
            elapsed = companions[tests].prepare()
            if number >= 0:
                times.setdefault(tests, []).append(elapsed)
    yield ratio_figure("preparation of a data file of 1,000,000 tests", "one of 1,000",
                       Comparison(times[1_000_000], times[1_000]), 1.2)


class _Preparing:
    """A data file of many tests, and a companion that prepares it."""

    def __init__(self, bench, tests):
        project = bench.small_project()
        python = bench.installed
        subprocess.run(python.pytest("-q"), env=python.variables(), cwd=project.folder, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, check=True)
        _multiply(project.folder / ".testmondata", tests)
        code = "import testmon_xdist.probe as probe; probe.main({!r})".format(str(project.folder))
        report = subprocess.run([python.python, "-c", code], env=python.variables(), stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, check=True).stdout
        report = json.loads(report)
        report["facts"]["owner_pid"] = os.getpid()
        self.report = json.dumps(report).encode() + b"\n"
        code = "from testmon_xdist import border; print(border.PROTOCOL)"
        protocol = subprocess.run([python.python, "-c", code], stdout=subprocess.PIPE, check=True, text=True).stdout.strip()
        self.command = [str(bench.executable), "controller", "--companion", protocol, "--rootdir", str(project.folder)]
        self.variables = python.variables(TESTMON_XDIST_CONTROLLER_PRECREATION="true")

    def prepare(self):
        """Milliseconds from the report to the answer."""
        process = subprocess.Popen(self.command, env=self.variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        process.stdout.readline()
        begin = time.perf_counter()
        process.stdin.write(self.report)
        process.stdin.flush()
        answer = json.loads(process.stdout.readline())
        elapsed = (time.perf_counter() - begin) * 1e3
        process.communicate()
        if answer["state"] != "ready" or answer["run"]["created"]:
            raise Failed("the data file isn't used: {}".format(answer))
        return elapsed


def _multiply(path, count):
    """Adds tests, each with a fingerprint, until there are so many."""
    with sqlite3.connect(path) as connection:
        columns = {row[1] for row in connection.execute("PRAGMA table_info(test_execution)")} - {"id", "test_name"}
        columns = ", ".join(sorted(columns))
        connection.execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
            "INSERT INTO test_execution (test_name, {0}) "
            "SELECT 'test_many.py::test_' || i, {0} FROM n, (SELECT * FROM test_execution LIMIT 1)".format(columns),
            (count - connection.execute("SELECT count(*) FROM test_execution").fetchone()[0],))
        connection.execute(
            "INSERT INTO test_execution_file_fp (test_execution_id, fingerprint_id) "
            "SELECT id, (SELECT max(id) FROM file_fp) FROM test_execution WHERE test_name LIKE 'test_many.py%'")
    connection.close()
