"""xdist's schedulers, with tests handed out by how long they take."""
import xdist.scheduler

from .durations import LEAST
from .nodeids import file_of
from .work import Work

# A test that takes more of a worker's share of what is left than this is long: only something short may wait behind it.
LONG = 1 / 2
QUEUE = 0.2  # seconds of tests that a worker has besides the one that it runs: to be sent more takes a moment


class DurationScheduling(xdist.scheduler.LoadScheduling):
    """For ``--dist load``: the longest first, and the tests of a module together.

    xdist's worker doesn't start a test before it knows the next one, which then waits behind it. So whoever runs something
    long holds something short, and is told to end when nothing is left.

    :param priorities: a ``scheduling.Priorities``
    """

    def __init__(self, config, log, priorities):
        super().__init__(config, log)
        self.priorities = priorities
        self.seconds = []  # of each test of the collection

    def schedule(self):
        if self.collection is None:
            if not self._check_nodes_have_same_collection():
                return
            self.collection = next(iter(self.node2collection.values()))
            self.seconds = [max(self.priorities.seconds(name), LEAST) for name in self.collection]
            self.pending = self._all_work()
            for node in self.node2pending:
                if self.pending and self._is_usable(node):  # a second one for each only when all have one
                    self._send(node, self.pending.take(node))
        for node in self.nodes:
            self.check_schedule(node)

    def _all_work(self):
        modules = {}
        for index, name in enumerate(self.collection):
            modules.setdefault(file_of(name), []).append((index, self.seconds[index]))
        urgent = {index for index, name in enumerate(self.collection) if self.priorities.is_urgent(name)}
        return _PendingWork(self, modules, urgent)

    def add_node_collection(self, node, collection):
        super().add_node_collection(node, collection)
        if node not in self.node2collection:
            node.shutdown()  # it has collected other tests than the others, and would run the wrong ones

    def check_schedule(self, node, duration=0):
        if not self._is_usable(node):
            return
        queue = self.node2pending[node]
        while self.pending and not self._has_enough(queue):
            holds_long = bool(queue) and self.seconds[queue[-1]] > LONG * self.pending.share
            self._send(node, self.pending.take_short(node) if holds_long else self.pending.take(node))
        if not self.pending:
            node.shutdown()

    def _is_usable(self, node):
        """Whether it can be given tests. A worker that takes another's place may still be collecting."""
        return node in self.node2collection and not node.shutting_down

    def _send(self, node, tests):
        indices = [index for index, _ in tests]
        self.node2pending[node].extend(indices)
        node.send_runtest_some(indices)

    def _has_enough(self, queue):
        """:param queue: the test that the worker runs, or starts as soon as it knows the next one, and those after it"""
        if len(queue) < 2:
            return False
        return self.seconds[queue[0]] >= QUEUE or sum(self.seconds[index] for index in queue[1:]) >= QUEUE


class _PendingWork(Work):
    """What xdist's class has as a list of indices."""

    def __init__(self, scheduler, modules, urgent):
        self.scheduler = scheduler
        options = scheduler.config.option
        super().__init__(
            list(modules.values()),
            len(scheduler.nodes),
            urgent,
            shortest_first=bool(getattr(options, "maxfail", 0)),
            most=getattr(options, "maxschedchunk", None),
        )

    def extend(self, indices):
        self.give_back([(index, self.scheduler.seconds[index]) for index in indices])

    def insert(self, _place, index):
        self.extend([index])


def ordered_by_duration(base):
    """One of xdist's schedulers that keep groups of tests whole, which hands out the longest group first."""

    class GroupsByDuration(base):
        def __init__(self, config, log, priorities):
            super().__init__(config, log)
            self.priorities = priorities
            self.is_ordered = not getattr(config.option, "loadscopereorder", True)

        def _reschedule(self, node):
            if node not in self.registered_collections:  # one that takes another's place may still be collecting
                return
            super()._reschedule(node)
            if self._pending_of(self.assigned_work[node]) == 1:
                super()._reschedule(node)  # it would never start the test: it has to know the next one, or that there is none

        def _assign_work_unit(self, node):
            if node not in self.registered_collections:
                return
            if not self.is_ordered:
                self.is_ordered = True
                for scope in sorted(self.workqueue, key=self._rank):
                    self.workqueue.move_to_end(scope)
            super()._assign_work_unit(node)

        def add_node_collection(self, node, collection):
            if node in self.assigned_work:  # else there were fewer groups than workers, and it was told to end
                super().add_node_collection(node, collection)
            if node not in self.registered_collections:
                node.shutdown()  # it has collected other tests than the others

        def remove_node(self, node):
            # xdist would run the test again that the worker has died of, until no worker may be replaced any more.
            others = [other for other in self.assigned_work if other is not node]
            works = {other: self.assigned_work.pop(other) for other in others}
            try:
                crashed = super().remove_node(node)
            finally:
                self.assigned_work.update(works)
            if crashed is not None:
                self.workqueue[self._split_scope(crashed)][crashed] = True
                for scope in [scope for scope, tests in self.workqueue.items() if all(tests.values())]:
                    del self.workqueue[scope]
                for other in others:
                    self._reschedule(other)
            return crashed

        def _rank(self, scope):
            tests = self.workqueue[scope]
            is_urgent = any(self.priorities.is_urgent(test) for test in tests)
            return (not is_urgent, -sum(self.priorities.seconds(test) for test in tests))

    return GroupsByDuration
