#!/usr/bin/env python3
"""Simulates runs in which workers die, at any time, and others take their places, with our schedulers and xdist's classes.

What xdist's session does with a scheduler is done here, too, and nothing else: see ``DSession`` in xdist. Some of the
workers that take another's place have collected other tests. Every test must begin once, but for those that a dead worker
was to begin next: xdist takes them for what the worker died of. Time is simulated, and so is chance: each number of a run
stands for one run.

Prints a line of JSON for each way to distribute: how many runs there were, how many workers died in them, and what went
wrong, with the number of the run. It needs pytest-xdist, and the plugin on its path.
"""

import argparse
import heapq
import itertools
import json
import random
import types

import simulate_schedule
import xdist.scheduler

from testmon_xdist.scheduling import GROUPING, Priorities
from testmon_xdist.schedulers import DurationScheduling, ordered_by_duration

WAYS = {"load": DurationScheduling}
for way, name in GROUPING.items():
    if hasattr(xdist.scheduler, name):
        WAYS[way] = ordered_by_duration(getattr(xdist.scheduler, name))


class Wrong(Exception):
    """Something that must not happen."""


class Worker(simulate_schedule.Worker):
    collects_others = False  # whether it collects other tests than the first workers


class Run:
    """One run, in which some workers die.

    :param way: how tests are distributed
    :param number: decides everything that is left to chance
    """

    def __init__(self, way, number):
        self.random = random.Random(number)
        count = self.random.choice((1, 2, 3, 8))
        self.tests = simulate_schedule.some_tests(self.random.choice((1, 3, 20)), number)
        self.names = list(self.tests)
        self.dying_tests = set(self.random.sample(self.names, min(len(self.names), self.random.choice((0, 1, 3, 6)))))
        self.dying_workers = self.random.choice((0, 1, 2, 4))  # at any time, while they collect for example
        self.scheduler = WAYS[way](self._config(count), _log(), self._priorities())
        self.events, self.order, self.now = [], itertools.count(), 0.0
        self.active, self.started, self.blamed, self.died = [], [], [], 0
        self.unusable = 0  # workers that have collected other tests
        self.is_shutting_down = False
        for _ in range(count):
            self._start_worker()

    def _config(self, count):
        config = simulate_schedule.config(
            count, loadscopereorder=self.random.choice((True, False)), maxschedchunk=self.random.choice((None, 1, 3)),
            maxfail=self.random.choice((0, 1)), tx=["popen"] * count,
        )
        config.hook = types.SimpleNamespace(pytest_collectreport=lambda report: None)
        return config

    def _priorities(self):
        estimates = {name: seconds * self.random.uniform(0, 3) for name, seconds in self.tests.items()}
        urgent = set(self.random.sample(self.names, min(3, len(self.names))))
        return Priorities(simulate_schedule.Estimates(estimates), urgent, {})

    def run(self):
        while self.events:
            self.now, _, happen, *arguments = heapq.heappop(self.events)
            happen(*arguments)
            if self.scheduler.tests_finished:
                self._shut_down()
            for worker in list(self.active):
                self._go_on(worker)
        usable = [worker for worker in self.active if not worker.collects_others]
        if usable:
            raise Wrong("workers wait for ever")
        begun = [self.names[index] for index in self.started]
        if len(begun) != len(set(begun)):
            raise Wrong("a test ran twice")
        # Where the only worker that is left is of no use, xdist ends the run, and says so.
        is_given_up = self.unusable and not self.is_shutting_down
        if not set(self.names) - set(begun) <= set(self.blamed) and not is_given_up:
            raise Wrong("a test didn't run")
        return self.died

    def _after(self, seconds, happen, *arguments):
        heapq.heappush(self.events, (self.now + seconds, next(self.order), happen, *arguments))

    def _start_worker(self, in_place_of_another=False):
        worker = Worker("gw%d" % next(self.order))
        worker.collects_others = in_place_of_another and self.random.random() < 0.3
        self.active.append(worker)
        self._after(self.random.uniform(0.1, 1), self._ready, worker)
        if self.dying_workers and self.random.random() < 0.5:
            self.dying_workers -= 1
            self._after(self.random.uniform(0.1, 3), self._die, worker)

    def _ready(self, worker):
        if worker.is_dead:
            return
        if self.is_shutting_down:
            worker.shutdown()
        else:
            self.scheduler.add_node(worker)
        self._after(self.random.uniform(0.1, 1), self._collected, worker)

    def _collected(self, worker):
        if worker.is_dead or self.is_shutting_down:
            return
        worker.collects_others &= self.scheduler.collection is not None  # else xdist ends the run
        self.unusable += worker.collects_others
        self.scheduler.add_node_collection(worker, self.names[::-1] if worker.collects_others else self.names)
        if self.scheduler.collection_is_completed:
            self.scheduler.schedule()

    def _go_on(self, worker):
        index = worker.next_test()
        if index is not None:
            if worker.collects_others:
                raise Wrong("a worker was given tests that it hasn't collected")
            worker.running = index
            self.started.append(index)
            self._after(self.tests[self.names[index]], self._test_ended, worker, index)
        elif worker.shutting_down and worker.running is None and not worker.queue:
            self.active.remove(worker)
            if worker in self.scheduler.nodes and self.scheduler.remove_node(worker):
                raise Wrong("a worker ended before its tests")

    def _test_ended(self, worker, index):
        if worker.is_dead:
            return
        if self.names[index] in self.dying_tests:
            self._die(worker)
        else:
            worker.running = None
            self.scheduler.mark_test_complete(worker, index, self.tests[self.names[index]])

    def _die(self, worker):
        if worker not in self.active:
            return
        worker.is_dead = True
        self.died += 1
        self.active.remove(worker)
        blamed = self.scheduler.remove_node(worker) if worker in self.scheduler.nodes else None
        if worker.running is not None and blamed != self.names[worker.running]:
            raise Wrong("another test is taken for the one that a worker died of")
        if blamed is not None:
            self.blamed.append(blamed)
        self.is_shutting_down = False
        self._start_worker(in_place_of_another=True)

    def _shut_down(self):
        self.is_shutting_down = True
        for worker in self.active:
            worker.shutdown()


def _log():
    def quiet(*words):
        pass

    return types.SimpleNamespace(loadsched=quiet, loadscopesched=quiet, loadfilesched=quiet, loadgroupsched=quiet)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=200, metavar="N", help="(%(default)s)")
    options = parser.parse_args()
    for way in WAYS:
        died, wrong = 0, {}
        for number in range(options.runs):
            try:
                died += Run(way, number).run()
            except Exception as error:  # of the scheduler: xdist would end the run with an internal error
                wrong.setdefault("%s: %s" % (type(error).__name__, str(error).split("<")[0]), []).append(number)
        print(json.dumps({"way": way, "runs": options.runs, "died": died, "wrong": wrong}), flush=True)


if __name__ == "__main__":
    main()
