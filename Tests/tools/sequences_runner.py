"""Carries out a sequence of steps with real runs of pytest, and compares each with what the model says of it."""

import contextlib
import os
import sqlite3

import sequences_model
from sequences_pytest import ALONE, Pytest, Wrong
from sequences_steps import Edit, Run

ALARMS = ("INTERNALERROR", "sqlite3.", "database is locked", "readonly database", "Traceback (most recent")


class Sequence:
    """A project in `folder`, and what has happened to it. `serial`: what testmon alone records beside it."""

    def __init__(self, folder, tools):
        self.tools = tools
        self.folder, self.root = folder, folder / "project"
        self.project = sequences_model.Project()
        self.coordinated, self.serial = sequences_model.Records(), sequences_model.Records()
        self.story = []  # as a script
        self.done = 0  # how many steps have been
        self.written = {}
        for path in folder, folder / "home", self.root:
            path.mkdir()
        self._write("pytest.ini", "[pytest]\npythonpath = .\nmarkers = slow\n    xdist_group\n")

    def carry_out(self, steps):
        """All steps, and then whole runs until nothing is owed but what fails."""
        for self.done, step in enumerate([*steps, Run(), Run(workers=("-n", "1"))]):
            if isinstance(step, Edit):
                step.apply(self.project)
            elif self.project.tests and step.has_targets(self.project):
                self._run(step)
        if (self.root / ".testmondata").exists():
            self._check_data()

    def _write_files(self):
        files = self.project.files()
        for path in set(self.written) - set(files) - {"pytest.ini"}:
            (self.root / path).unlink()
            del self.written[path]
            self.story.append("rm " + path)
        for path, text in files.items():
            if self.written.get(path) != text:
                self._write(path, text)

    def _write(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)
        self.written[path] = text
        self.story.append("mkdir -p {}; cat >{} <<'END'\n{}END".format(os.path.dirname(path) or ".", path, text))

    def _run(self, run):
        self._write_files()
        done = self._pytest(run, self.project.packages, self.coordinated)
        if run.is_whole and not self.project.unreadable:
            # The same by testmon alone: it knows nothing of the runs in between, nor of other packages.
            alone = self._pytest(Run(ALONE, ("-p", "no:xdist"), testmon=run.testmon), "", self.serial)
            if _failed(done) != _failed(alone):
                raise Wrong("{} failed, but serially {}".format(_list(_failed(done)), _list(_failed(alone))), done.output)

    def _pytest(self, run, packages, records):
        done = Pytest(run, packages, self.folder, self.tools)
        self.story.append(
            "{}\n# exit status {}; passed: {}; failed: {}".format(
                done.shown, done.status, _list(set(done.passed) - _failed(done)), _list(_failed(done))
            )
        )
        owed = records.owed(self.project, packages)
        records.add(self.project, packages, done.passed, done.passed_in_workers)
        self._check(run, owed, done)
        return done

    def _check(self, run, owed, done):
        for alarm in ALARMS:
            if alarm in done.output:
                raise Wrong("{} in the output".format(alarm), done.output)
        if run.missing:
            if done.status != 4:
                raise Wrong("the exit status is {}, not 4: {} isn't there".format(done.status, run.missing), done.output)
        elif self.project.unreadable:
            if run.is_whole and done.status == 0:
                raise Wrong("the exit status is 0, though a test file has a syntax error", done.output)
        else:
            self._check_tests(run, owed, done)

    def _check_tests(self, run, owed, done):
        tests, ran = self.project.tests_by_id(), set(done.passed)
        taken = {id_ for id_ in tests if run.takes(id_, tests[id_][2])}
        must, may = [taken & ids if run.selects() else taken for ids in owed]
        # A worker that died has told nothing of the test that it died of.
        left_out = must - ran - ({run.at} if run.crashes else set())
        if left_out and not run.stop and (not run.at or run.crashes):
            raise Wrong("it left out {}".format(_list(left_out)), done.output)
        if ran - may:
            raise Wrong("it ran {} without need".format(_list(ran - may)), done.output)
        failing = self.project.failing() & ran
        if _failed(done) != failing:
            raise Wrong("{} failed, not {}".format(_list(_failed(done)), _list(failing)), done.output)
        wanted = (0, 5)
        if failing:
            wanted = (1, 2) if run.stop else (1,)  # stopped workers are an interrupted run for xdist
        if done.status not in wanted and not run.at:
            raise Wrong("the exit status is {}".format(done.status), done.output)

    def _check_data(self):
        """No test is in the data by the name that --dist loadgroup gives it, too."""
        with contextlib.closing(sqlite3.connect(self.root / ".testmondata")) as connection:
            names = [name for (name,) in connection.execute("SELECT test_name FROM test_execution")]
        renamed = [name for name in names if "@" in name]
        if renamed:
            raise Wrong("the data have {}".format(_list(renamed)))


def _failed(done):
    return {id_ for id_ in done.passed if not done.passed[id_]}


def _list(names):
    return ", ".join(sorted(names)) or "none"
