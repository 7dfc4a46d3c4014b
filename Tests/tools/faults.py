#!/usr/bin/env python3
"""faults.py: what a failing system call does to a controller, one call at a time.

A companion (`testmon-xdist controller --companion`, as the pytest plugin starts it) is driven over its pipe, without
pytest, below `strace -e inject=`: its Nth call of one kind fails (`when=N`), or that and all later ones (`when=N+`). The
calls are those that it really makes, of which a first run without faults keeps a list. Whatever fails, it must end by
itself within the limit, not by a signal and not as a bug (status 70), and no recorded test may be lost.

Exit status 1 means that a fault did worse.
"""

import argparse
import collections
import concurrent.futures
import contextlib
import itertools
import json
import os
import pathlib
import re
import selectors
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

VARIABLE = "TESTMON_XDIST_CONTROLLER_PRECREATION"
PACKAGES = "pytest 8.3, pytest-testmon 2.2"
OTHER_PACKAGES = PACKAGES + ", requests 2.32"
TESTS = 20
RECORDED = """
    SELECT count(*) FROM test_execution_file_fp JOIN test_execution AS test ON test.id = test_execution_id
    JOIN file_fp ON file_fp.id = fingerprint_id WHERE environment_id = 1
    """

# What is there: a file of this data version, with tests for these packages, of which so many environments are kept.
Found = collections.namedtuple("Found", "version packages keep")
SITUATIONS = {
    "no data": None,
    "nothing to do": Found(14, PACKAGES, 4),
    "other packages": Found(14, OTHER_PACKAGES, 4),
    "an environment too many": Found(14, PACKAGES, 1),
    "another data version": Found(13, PACKAGES, 4),
}

# How calls fail; those not named here fail as `other` says.
ERRORS = {
    "open": "EACCES EMFILE ENOENT EIO EINTR ENOSPC",
    "openat": "EACCES EMFILE ENOENT EIO EINTR ENOSPC",
    "read": "EIO EINTR EAGAIN EISDIR",
    "pread64": "EIO EINTR",
    "write": "ENOSPC EIO EPIPE EINTR EFBIG",
    "pwrite64": "ENOSPC EIO EINTR EFBIG",
    "fcntl": "EIO ENOLCK EINTR EACCES",
    "flock": "EIO ENOLCK EINTR",
    "poll": "ENOMEM EINTR EINVAL",
    "mmap": "ENOMEM",
    "mremap": "ENOMEM",
    "munmap": "EINVAL",
    "close": "EIO EINTR",
    "newfstatat readlink mkdir rmdir unlink unlinkat renameat rename access faccessat": "EIO ENOMEM EPERM ENOENT",
    "other": "EIO EINTR ENOMEM EPERM",
}
# strace's own; those that never return; those that never fail, as brk, which says where the memory ends, and futex, whose
# errors the C library takes for a bug of its own and aborts.
NOT_CALLED = set(
    "execve exit exit_group rt_sigreturn getpid gettid getppid getuid geteuid getgid getegid brk futex".split()
)

Fault = collections.namedtuple("Fault", "situation call number error goes_on")
Outcome = collections.namedtuple("Outcome", "status seconds states problem")


class Companion:
    """One run of a companion, from its start to its end."""

    def __init__(self, command, project, facts, limit):
        self.project, self.facts = project, facts
        self.deadline = time.monotonic() + limit
        environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": str(project), VARIABLE: "true"}
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=project,
            env=environment,
            start_new_session=True,
        )
        self.states, self.buffers = [], {}

    def run(self):
        """Talks with it as the plugin does, and waits for its end; one that goes on past the deadline is killed."""
        output, errors = self.process.stdout, self.process.stderr
        self.buffers = {output: b"", errors: b""}
        with selectors.DefaultSelector() as selector:
            for stream in self.buffers:
                selector.register(stream, selectors.EVENT_READ)
            while selector.get_map():
                ready = selector.select(max(0, self.deadline - time.monotonic()))
                if not ready:
                    break
                for key, _ in ready:
                    data = os.read(key.fd, 65536)
                    self.buffers[key.fileobj] += data
                    if not data:
                        selector.unregister(key.fileobj)
                self.answer(output)
        try:
            self.process.wait(max(0.01, self.deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            return Outcome(None, time.monotonic() - self.started, self.states, "was killed, for it went on and on")
        finally:
            self.hang_up()
            output.close()
            errors.close()
        return Outcome(self.process.returncode, time.monotonic() - self.started, self.states, None)

    def answer(self, output):
        while b"\n" in self.buffers[output]:
            line, _, self.buffers[output] = self.buffers[output].partition(b"\n")
            answer = json.loads(line)
            self.states.append(answer["state"])
            if answer["state"] == "on":
                self.tell(self.facts)
            else:
                if answer["state"] == "ready":
                    self.acknowledge(answer["run_id"])
                    self.tell({"exit_status": 0, "interrupted": False})
                self.hang_up()

    def acknowledge(self, run_id):
        """What `testmon-xdist worker gw0` writes."""
        folder = self.project / ".testmon_xdist"
        message = {"run_id": run_id, "worker_id": "gw0", "pid": os.getpid(), "timestamp": time.time(), "waited_ms": 1}
        with contextlib.suppress(OSError):
            (folder / ".worker").write_text(json.dumps(message))
            (folder / ".worker").rename(folder / "worker_gw0_ready")

    def tell(self, message):
        with contextlib.suppress(OSError, ValueError):
            self.process.stdin.write(json.dumps(message).encode() + b"\n")
            self.process.stdin.flush()

    def hang_up(self):
        with contextlib.suppress(OSError):
            self.process.stdin.close()


class Laboratory:
    """Where companions are started, each in a new copy of a project."""

    def __init__(self, executable, folder, limit):
        self.executable, self.folder, self.limit = executable, folder, limit
        self.numbers = iter(range(1, 1 << 30))
        for situation, found in SITUATIONS.items():
            project = self.template(situation)
            (project / ".pytest_cache/d/testmon-xdist").mkdir(parents=True)
            (project / "pytest.ini").write_text("[pytest]\ncache_dir = .pytest_cache\n")
            settings = "history = 10\nkeep_environments = {}\n".format(found.keep if found else 4)
            (project / "pyproject.toml").write_text("[tool.testmon-xdist]\n" + settings)
            if found:
                self.record(project, found)

    def template(self, situation):
        return self.folder / situation.replace(" ", "-")

    def facts(self, project, version=14, packages=PACKAGES):
        return {
            "rootdir": str(project),
            "database_path": str(project / ".testmondata"),
            "data_version": version,
            "environment_name": "default",
            "system_packages": packages,
            "python_version": "3.12.1",
            "expected_workers": 2,
            "owner_pid": os.getpid(),
            "history_folder": str(project / ".pytest_cache/d/testmon-xdist"),
        }

    def companion(self, project, facts, *before):
        command = [*before, self.executable, "controller", "--companion", "3", "--rootdir", project]
        report = {"testmon": "2.2.0", "facts": facts}
        return Companion(list(map(str, command)), project, report, self.limit)

    def record(self, project, found):
        """Makes the data file, with tests in it; where one environment is kept, with another that isn't."""
        outcome = self.companion(project, self.facts(project, found.version, found.packages)).run()
        if outcome.status != 0 or outcome.states != ["on", "ready"]:
            sys.exit("faults.py: without any fault it doesn't work either: {}".format(outcome))
        with contextlib.closing(sqlite3.connect(project / ".testmondata")) as data, data:
            environments = [1]
            if found.keep == 1:
                data.execute("INSERT INTO environment SELECT 2, environment_name, 'other', '3.12.1' FROM environment")
                environments.append(2)
            for number, environment in itertools.product(range(TESTS), environments):
                name = "test_{}_{}.py".format(number, environment)
                file = data.execute("INSERT INTO file_fp (filename, fsha) VALUES (?, 'x')", [name]).lastrowid
                test = data.execute(
                    "INSERT INTO test_execution (environment_id, test_name) VALUES (?, ?)", [environment, name + "::test"]
                ).lastrowid
                data.execute("INSERT INTO test_execution_file_fp VALUES (?, ?)", [test, file])

    def calls(self, situation):
        """How often it makes each call when nothing fails."""
        with self.copy(situation) as project:
            trace = project / "trace"
            self.companion(project, self.facts(project), "strace", "-f", "-qq", "-o", trace).run()
            names = re.findall(r"^\d+ +(\w+)\(", trace.read_text(), re.MULTILINE)
        return collections.Counter(name for name in names if name not in NOT_CALLED)

    def try_out(self, fault):
        when = "{}{}".format(fault.number, "+" if fault.goes_on else "")
        inject = "inject={}:error={}:when={}".format(fault.call, fault.error, when)
        with self.copy(fault.situation) as project:
            strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=" + fault.call, "-e", inject]
            outcome = self.companion(project, self.facts(project), *strace).run()
            return outcome._replace(problem=outcome.problem or self.judge(fault, outcome, project))

    def judge(self, fault, outcome, project):
        """What is wrong with how it ended; None where nothing is."""
        if outcome.status < 0:
            return "died of " + signal.Signals(-outcome.status).name
        if outcome.status == 70:
            return "ended as a bug (70)"
        if SITUATIONS[fault.situation]:
            return self.lost(project)
        return None

    def lost(self, project):
        """Whether what was recorded is gone: neither in the data file nor in what was kept aside."""
        for path in sorted(project.glob(".testmondata*")):
            if path.name.endswith(("-wal", "-shm", "-journal", ".tmp")):
                continue
            with contextlib.closing(sqlite3.connect(path)) as data:
                try:
                    if data.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                        return "{} is damaged".format(path.name)
                    if data.execute(RECORDED).fetchone() == (TESTS,):
                        return None
                except sqlite3.Error as error:
                    return "{}: {}".format(path.name, error)
        return "recorded tests are gone"

    @contextlib.contextmanager
    def copy(self, situation):
        project = self.folder / "run-{}".format(next(self.numbers))
        shutil.copytree(self.template(situation), project)
        try:
            yield project
        finally:
            shutil.rmtree(project, ignore_errors=True)


def errors(call):
    """How a call is made to fail."""
    return next((found for calls, found in ERRORS.items() if call in calls.split()), ERRORS["other"]).split()


def all_faults(laboratory):
    """Every fault that can be made: each call of each situation, with each of its errors, once and from there on."""
    for situation in SITUATIONS:
        for call, count in sorted(laboratory.calls(situation).items()):
            for number in range(1, count + 1):
                for error in errors(call):
                    yield Fault(situation, call, number, error, False)
                    if error != "EINTR":  # no kernel interrupts a call for ever, and whoever repeats it is right
                        yield Fault(situation, call, number, error, True)


def spread(faults, count):
    """At most `count` of them, evenly chosen: the same ones each time, as long as the calls are the same."""
    if count >= len(faults):
        return faults
    return [faults[index * len(faults) // count] for index in range(count)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--executable", required=True, type=pathlib.Path)
    parser.add_argument("--count", type=int, default=5000, help="how many faults, spread over all that there are")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at a time")
    parser.add_argument("--limit", type=float, default=5, help="seconds after which a run counts as hanging")
    parser.add_argument("--only", default="", help="those whose line has this, e.g. 'openat 7 EMFILE'")
    options = parser.parse_args()
    if not shutil.which("strace"):
        sys.exit("faults.py: strace is needed: apt-get install strace")
    with tempfile.TemporaryDirectory(prefix="testmon-xdist-faults-") as folder:
        laboratory = Laboratory(options.executable.resolve(), pathlib.Path(folder), options.limit)
        possible = [fault for fault in all_faults(laboratory) if options.only in describe(fault)]
        faults = spread(possible, options.count)
        print("{} of {} possible faults".format(len(faults), len(possible)), flush=True)
        problems = collections.Counter()
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for fault, outcome in zip(faults, pool.map(laboratory.try_out, faults)):
                if outcome.problem:
                    problems[outcome.problem] += 1
                    print("{}: {} after {:.1f} s (said {})".format(describe(fault), outcome.problem, outcome.seconds, outcome.states), flush=True)
    for problem, count in problems.most_common():
        print("{:5} {}".format(count, problem))
    print("{} of {} faults did no harm".format(len(faults) - sum(problems.values()), len(faults)))
    sys.exit(1 if problems or not faults else 0)


def describe(fault):
    plus = "+" if fault.goes_on else ""
    return "{}: {} {}{} {}".format(fault.situation, fault.call, fault.number, plus, fault.error)


if __name__ == "__main__":
    main()
