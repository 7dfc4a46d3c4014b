"""What crosses the border between plugin and executable, defined once. All of it is lines of JSON.

There go ``PytestReport``, ``Work``, ``Farewell``, ``Pythons``, and what ``causes`` has to tell; back comes ``Answer``. In
Swift they are the types in ``PluginMessages.swift``, ``PytestReport``, ``Work``, ``RanTests`` and ``PythonComparison``.
"""
import json
import sys
from typing import Any, Dict, List, NamedTuple, Optional

import pytest

PROTOCOL = 3  # of the messages between this plugin and the executable


class Facts(NamedTuple):
    """What the executable must know to prepare the data file: what testmon and pytest have computed."""

    rootdir: str
    database_path: str
    data_version: int
    environment_name: str
    system_packages: str
    python_version: str
    expected_workers: int
    owner_pid: int
    history_folder: Optional[str]  # None where pytest has no cache, or it can't be written
    core: Optional[str]  # by which of coverage's cores a coordinated run records; None where coverage refuses to
    core_alone: Optional[str]  # by which one testmon records without us

    @property
    def mixes_tests_up_alone(self):
        """Whether what testmon has recorded without us isn't to be believed: see ``cores``."""
        return self.core_alone == "sysmon"


class PytestReport(NamedTuple):
    """What the executable is told of a pytest."""

    testmon: str  # its release; '' where there is none
    facts: Optional[Facts]  # None where this testmon isn't made like those we know
    python: Optional[str] = sys.executable
    xdist: Optional[str] = None  # its release; None where it isn't to distribute tests

    def to_json(self):
        return dict(self._asdict(), facts=self.facts and self.facts._asdict())


class Python(NamedTuple):
    """What decides in a Python which tests must run, besides the sources."""

    worker: str  # xdist's specification of the worker that has it
    python: str  # the interpreter's path
    data_version: Optional[int]  # testmon's; None where there is no testmon
    python_version: str
    packages: List[str]  # each with its version


class Pythons(NamedTuple):
    """The Pythons that the executable is to compare."""

    here: Python
    there: List[Python]

    def to_json(self):
        return {"here": self.here._asdict(), "there": [python._asdict() for python in self.there]}


class Work(NamedTuple):
    """What a run has to do, as far as that is known before it starts."""

    most_workers: int  # how many xdist would start
    is_most_fixed: bool  # whether somebody has asked for no more than that
    start: float  # processor time that this pytest has taken until now, in seconds: a worker takes about as much
    resident_bytes: int  # of this pytest
    all_tests: int  # that testmon knows
    obstacle: Optional[str] = None  # why nothing else can be said
    tests: int = 0  # known ones that are to run
    seconds: float = 0.0  # what they take, one after the other
    longest: float = 0.0  # of them, in seconds
    collected: int = 0  # known tests in the files that are collected for them
    crashed_tests: int = 0  # of the tests: those whose process died of them when they ran last
    unknown_tests: int = 0  # estimated
    unknown_seconds: float = 0.0

    def to_json(self):
        return {"work": self._asdict()}


class PlannedWork(NamedTuple):
    """What a run would have to do, and why."""

    work: Work
    changed_files: Dict[str, int]  # how many tests each makes run

    def to_json(self):
        return dict(self.work.to_json(), changed_files=self.changed_files)


class Farewell(NamedTuple):
    """The last that the executable is told."""

    exit_status: Optional[int] = None  # None where pytest has not begun to run tests, as with --markers
    interrupted: bool = False  # whether the user interrupted pytest: its status 2 may have other reasons
    crashed: bool = False  # whether a worker died of a test
    recording: float = 0.0  # processor time that this pytest took for what its workers reported, in seconds
    measured: List[Any] = []  # of ``handover.Measured``
    ran: Optional[Dict[str, Any]] = None  # of ``causes``

    def to_json(self):
        return dict(self._asdict(), measured=[one._asdict() for one in self.measured])


class PreparedEnvironment(NamedTuple):
    """The row of the data file that a run works with."""

    environment_id: int
    environment_name: str
    python_version: str
    packages_changed: bool
    database_path: str
    data_version: int


class Run(NamedTuple):
    """What the controlling pytest needs to know of its run, besides the environment."""

    run_id: str
    expected_workers: int
    created: bool  # whether the executable has made the data file
    picked_up_again: bool  # whether an environment that was used before is used again
    marks_tests: bool  # whether what is recorded is to be marked as a coordinated run's
    adaptive_workers: str  # the setting
    schedule: str  # the setting


class Plan(NamedTuple):
    """How many workers are worth their start."""

    workers: Optional[int]  # 0: the tests run in this process; None: as many as xdist would start
    message: str  # what the header says


# What an answer has, by its state.
PARTS = {
    "off": [],
    "on": [],  # tell the facts
    "ready": ["environment", "run"],
    "explained": ["message"],  # what the header says of a selection
    "planned": ["plan"],
    "newer": ["message"],  # testmon, or its data, is newer than what the executable knows
    "error": ["message"],
    # Where a pytest below a command asks what to read:
    "readable": ["environment"],
    # Where Pythons are compared:
    "equal": [],
    "different": ["message"],
}


class Answer(NamedTuple):
    """The executable's answer. ``PARTS`` has the states, and what belongs to each."""

    state: str
    message: Optional[str] = None
    protocol: Optional[int] = None
    version: str = "0.1.0"  # the first release didn't tell
    environment: Optional[PreparedEnvironment] = None
    run: Optional[Run] = None
    plan: Optional[Plan] = None
    debug: bool = False  # with "on": whether debug lines are to be written

    @classmethod
    def from_line(cls, line):
        """:raises ValueError: where it is no answer"""
        fields = json.loads(line.decode())
        try:
            known = {name: value for name, value in fields.items() if name in cls._fields}
            for name, kind in (("environment", PreparedEnvironment), ("run", Run), ("plan", Plan)):
                if known.get(name) is not None:
                    known[name] = kind(**known[name])
            answer = cls(**known)
            is_whole = all(getattr(answer, part) is not None for part in PARTS.get(answer.state, []))
        except (AttributeError, TypeError):
            is_whole = False
        if not is_whole:
            raise ValueError("no answer of testmon-xdist")
        return answer

    def require(self, program, *states):
        """Stops pytest where the answer is an error, or not one of those that this question has."""
        if self.state == "error":
            raise pytest.UsageError("testmon-xdist: %s" % self.message)
        if self.state not in states:
            raise pytest.UsageError(
                "testmon-xdist: %s gave an answer that has no place here, %r: "
                "it is of another release; name this one's executable in TESTMON_XDIST_EXECUTABLE" % (program, self.state)
            )
