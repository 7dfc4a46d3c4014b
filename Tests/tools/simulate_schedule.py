#!/usr/bin/env python3
"""Simulates how workers share tests out: by our scheduler and by xdist's, with xdist's real classes and no real waiting.

A simulated worker does what xdist's does: it doesn't start a test before it knows the next one, or that none will come.
Time is simulated, so that every run of this program tells the same. It needs pytest-xdist, and the plugin on its path.

Prints a line of JSON for each case: how long it took in relation to what is possible at best, max(sum / workers, longest),
how often a worker came to another module than before (the set-ups of module-scoped fixtures), and whether every test ran
exactly once.
"""

import argparse
import heapq
import itertools
import json
import random
import types

from testmon_xdist.scheduling import Priorities
from xdist.scheduler import LoadScheduling

from testmon_xdist.schedulers import DurationScheduling

LATENCY = 0.001  # seconds, from the end of a test until the worker may have new ones


class Worker:
    """As much of xdist's WorkerController as schedulers use."""

    def __init__(self, name):
        self.gateway = types.SimpleNamespace(id=name)
        self.queue = []
        self.running = None
        self.module = None
        self.shutting_down = False
        self.is_dead = False

    def send_runtest_some(self, indices):
        assert not self.shutting_down, "a worker was given tests after it was told to end"
        self.queue.extend(indices)

    def shutdown(self):
        self.shutting_down = True

    def next_test(self):
        if self.running is None and not self.is_dead and self.queue and (len(self.queue) > 1 or self.shutting_down):
            return self.queue.pop(0)
        return None


class Estimates:
    """Stands for ``durations.Durations``: what is known isn't what will be."""

    def __init__(self, seconds):
        self.seconds = seconds

    def of(self, test):
        return self.seconds[test]


class Simulation:
    """A run of some tests.

    :param tests: seconds by name
    :param crashes: how many workers die in the middle of a test; another one takes the place of each
    """

    def __init__(self, tests, crashes=0, seed=0):
        self.names, self.seconds = list(tests), list(tests.values())
        self.random = random.Random(seed)
        self.dying = set(self.random.sample(range(len(self.names)), crashes))
        self.events, self.order = [], itertools.count()
        self.started, self.crashed = [], []
        self.set_ups = 0
        self.now = 0.0

    def run(self, scheduler, count):
        self.scheduler = scheduler
        self.workers = [Worker("gw%d" % number) for number in range(count)]
        for worker in self.workers:
            scheduler.add_node(worker)
        for worker in self.workers:
            scheduler.add_node_collection(worker, self.names)
        scheduler.schedule()
        self._start_tests()
        while self.events:
            self.now, _, worker, index = heapq.heappop(self.events)
            worker.running = None
            if index in self.dying:
                self._replace(worker, index)
            else:
                scheduler.mark_test_complete(worker, index, self.seconds[index])
            self._start_tests()
        return self

    def _start_tests(self):
        for worker in self.workers:
            index = worker.next_test()
            if index is None:
                continue
            worker.running = index
            self.started.append(index)
            module = self.names[index].split("::")[0]
            self.set_ups += module != worker.module
            worker.module = module
            end = self.now + self.seconds[index] + LATENCY
            heapq.heappush(self.events, (end, next(self.order), worker, index))

    def _replace(self, worker, index):
        worker.is_dead = True
        self.dying.remove(index)
        self.crashed.append(self.scheduler.remove_node(worker))
        assert self.crashed[-1] == self.names[index], "another test is taken for the one that crashed"
        late = Worker("gw%d" % len(self.workers))
        self.workers.append(late)
        self.scheduler.add_node(late)
        self.scheduler.add_node_collection(late, self.names)
        self.scheduler.schedule()

    @property
    def ran_each_once(self):
        return sorted(self.started) == list(range(len(self.names)))

    def compared_to_best(self, count):
        return self.now / max(sum(self.seconds) / count, max(self.seconds))


def config(count, **options):
    return types.SimpleNamespace(
        getoption=lambda name, default=None: options.get(name, default),
        getvalue=lambda name: ["popen"] * count,
        option=types.SimpleNamespace(**options),
        hook=None,
    )


def quiet_log():
    return types.SimpleNamespace(loadsched=lambda *words: None)


def ours(count, estimates, urgent=(), **options):
    return DurationScheduling(config(count, **options), quiet_log(), Priorities(Estimates(estimates), set(urgent), {}))


def xdists(count):
    return LoadScheduling(config(count), quiet_log())


def some_tests(modules, seed):
    """Tests whose durations are spread as those of real projects are: most are quick, a few take very long."""
    source = random.Random(seed)
    return {
        "test_%d.py::test_%d" % (module, number): min(source.lognormvariate(-2.5, 1.8), 60)
        for module in range(modules)
        for number in range(source.randrange(1, 25))
    }


def cases(tests, workers, seed, crashes):
    for noise in (0.0, 0.3, 1.0):
        source = random.Random(seed)
        estimates = {name: seconds * source.uniform(1 - noise, 1 + noise) for name, seconds in tests.items()}
        yield "duration, estimates off by {:.0%}".format(noise), ours(workers, estimates), 0
    yield "duration, all alike", ours(workers, dict.fromkeys(tests, 0.1)), 0
    yield "duration, crashes", ours(workers, tests), crashes
    yield "load", xdists(workers), 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--durations", metavar="FILE", help="JSON: seconds by test, in the order of the files")
    parser.add_argument("--workers", type=int, nargs="+", default=[2, 8, 16, 32], metavar="N")
    parser.add_argument("--modules", type=int, default=200, metavar="N", help="how many, without FILE (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="(%(default)s)")
    parser.add_argument("--crashes", type=int, default=5, metavar="N", help="(%(default)s)")
    options = parser.parse_args()
    if options.durations:
        with open(options.durations) as file:
            tests = json.load(file)
    else:
        tests = some_tests(options.modules, options.seed)
    for count in options.workers:
        for name, scheduler, crashes in cases(tests, count, options.seed, options.crashes):
            done = Simulation(tests, crashes, options.seed).run(scheduler, count)
            print(json.dumps({
                "workers": count, "schedule": name, "tests": len(tests), "ratio": round(done.compared_to_best(count), 3),
                "set_ups": done.set_ups, "each_once": done.ran_each_once, "crashed": len(done.crashed),
            }), flush=True)


if __name__ == "__main__":
    main()
