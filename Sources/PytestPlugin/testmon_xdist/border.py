"""What crosses a border of this process, defined once.

- between plugin and executable, as lines of JSON: ``PytestReport`` or ``Pythons`` there, ``Answer`` back, ``Farewell``
  there. In Swift they are ``PytestReport``, ``PythonComparison`` and the types in ``PluginMessages.swift``;
- from the controlling pytest to its xdist workers: ``HandOver``, in ``workerinput``;
- from a worker to the controlling pytest, by a channel of execnet's: ``WorkerMessage``.

execnet carries dictionaries (but not ``OrderedDict``, which ``_asdict`` gives in Python 3.7), lists, numbers and text, so
each type says how it becomes one.
"""
import json
import sys
from typing import Any, Dict, List, NamedTuple, Optional

import pytest

PROTOCOL = 2  # of the messages between this plugin and the executable


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


class Farewell(NamedTuple):
    """The last that the executable is told."""

    exit_status: int
    interrupted: bool  # whether the user interrupted pytest: its status 2 may have other reasons

    def to_json(self):
        return self._asdict()


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


# What an answer has, by its state.
PARTS = {
    "off": [],
    "on": [],  # tell the facts
    "ready": ["environment", "run"],
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

    @classmethod
    def from_line(cls, line):
        """:raises ValueError: where it is no answer"""
        fields = json.loads(line.decode())
        try:
            known = {name: value for name, value in fields.items() if name in cls._fields}
            for name, kind in (("environment", PreparedEnvironment), ("run", Run)):
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
            raise pytest.UsageError("testmon-xdist: %s gave an answer that has no place here: %r" % (program, self.state))


class HandOver(NamedTuple):
    """What an xdist worker must know of the run."""

    environment: PreparedEnvironment
    doubts_unmarked: bool  # whether only what coordinated runs have recorded is to be believed
    rootdir: str
    executable: str
    run_id: Optional[str] = None  # None where nobody waits for acknowledgements
    # Known only when xdist starts its workers:
    selection: Optional[Dict[str, Any]] = None  # what testmon has found out in the controlling pytest
    is_here: bool = True  # whether the worker has the Python of the controlling pytest, and its file system
    runs_all: bool = False  # whether all tests run, without testmon

    def to_workerinput(self, channel):
        return dict(self._asdict(), environment=dict(self.environment._asdict()), channel=channel)

    @classmethod
    def from_workerinput(cls, fields):
        """Returns it and the channel to the controlling pytest."""
        fields = dict(fields)
        channel = fields.pop("channel")
        return cls(**dict(fields, environment=PreparedEnvironment(**fields["environment"]))), channel


class Collected(NamedTuple):
    """What collecting has shown."""

    new: List[str]  # tests that the data doesn't know
    gone: List[str]  # tests that the data knows and that are no more
    names: Dict[str, str]  # the own names of tests that xdist has renamed, by the new ones


class WorkerMessage(NamedTuple):
    """What a worker tells: one of the two."""

    collected: Optional[Collected] = None
    usage_errors: Optional[List[str]] = None  # why it could not collect

    def to_wire(self):
        return (self.collected and dict(self.collected._asdict()), self.usage_errors)

    @classmethod
    def from_wire(cls, wire):
        collected, usage_errors = wire
        return cls(collected and Collected(**collected), usage_errors)
