"""What crosses the border between the controlling pytest and its xdist workers, defined once.

- to a worker: ``HandOver``, in ``workerinput``;
- back: ``WorkerMessage``, by a channel of execnet's.

execnet carries dictionaries (but not ``OrderedDict``, which ``_asdict`` gives in Python 3.7), lists, numbers and text, so
each type says how it becomes one.
"""
from typing import Any, Dict, List, NamedTuple, Optional

from .border import PreparedEnvironment


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
    keeps_order: bool = False  # whether the tests stay in the order of the files, rather than in testmon's
    shows_debug: bool = False  # whether the worker is to write debug lines
    is_quiet: bool = False  # whether it is to say nothing but errors

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
    without_tests: List[str]  # files that have none
    names: Dict[str, str]  # the own names of tests that xdist has renamed, by the new ones


class Measured(NamedTuple):
    """What a process that ran tests took. All times are in seconds."""

    process: str  # the worker's id; empty for the controlling pytest itself
    start: float  # processor time from the process's start until it collected
    collection: float  # processor time
    collected: int  # tests, the deselected ones included
    tests: int  # that it ran
    test_seconds: float  # from the start to the end of each test
    processor: float  # processor time of the tests, with what they started
    queued: float  # how long the tests waited for a processor


class WorkerMessage(NamedTuple):
    """What a worker tells: one of these."""

    collected: Optional[Collected] = None
    usage_errors: Optional[List[str]] = None  # why it could not collect
    measured: Optional[Measured] = None

    def to_wire(self):
        return (
            self.collected and dict(self.collected._asdict()),
            self.usage_errors,
            self.measured and dict(self.measured._asdict()),
        )

    @classmethod
    def from_wire(cls, wire):
        collected, usage_errors, measured = wire
        return cls(collected and Collected(**collected), usage_errors, measured and Measured(**measured))
