"""Which tests a worker gets next, by how long they take."""
import collections

# The numbers below were found with Tests/tools/simulate_schedule.py: smaller ones balance better, and set more modules up.

# A worker is given a quarter of its share of what is left at once: less and less, so that all end together.
PORTION = 1 / 4
# A test that takes more of the whole run than this is begun early, whatever its module.
LONG = 1 / 24
# What waits behind a long test is to be done soon after it: within this part of the whole run.
SHORT = 1 / 100


class Piece:
    """Tests of one module that are still to be handed out, in their order.

    :param module: which one, a number; None where it doesn't matter
    :param tests: as ``(test, seconds)``
    """

    def __init__(self, module, tests):
        self.module = module
        self.tests = collections.deque(tests)
        self.seconds = sum(seconds for _, seconds in tests)
        self.is_begun = False  # whether a worker has had some of it

    def starts_within(self, seconds):
        """Whether its first test takes no more than that; None: any time."""
        return seconds is None or self.tests[0][1] <= seconds

    def take(self, limit, most):
        """The first test, and those after it that take no more than ``limit`` seconds together with it; ``most`` at most."""
        taken = [self.tests.popleft()]
        seconds = taken[0][1]
        while self.tests and seconds + self.tests[0][1] <= limit and (most is None or len(taken) < most):
            taken.append(self.tests.popleft())
            seconds += taken[-1][1]
        self.seconds -= seconds
        return taken


class Work:
    """The tests that no worker has yet.

    A worker gets one module after the other, the longest first, so that its fixtures are set up once. When no module is
    untouched any more, the workers help each other. Tests that are urgent come before all that.

    :param modules: the tests of each module, in their order, as ``(test, seconds)``
    :param workers: how many share the work
    :param urgent: tests that are to come first
    :param shortest_first: whether the run may end early, so that what is quick is to come before what takes long
    :param most: how many tests are handed out at once; None: any number
    """

    def __init__(self, modules, workers, urgent=(), shortest_first=False, most=None):
        self.workers = workers
        self.most = most
        self.shortest_first = shortest_first
        self.count = sum(len(tests) for tests in modules)
        self.seconds = sum(seconds for tests in modules for _, seconds in tests)
        self.begun = {}  # by worker: the pieces of which it has had some
        self.latest = {}  # by worker: the module of which it has had something last
        self.urgent = collections.deque()  # pieces, in their order
        self.pieces = [[] for _ in modules]  # by module, without the urgent ones
        whole, long = [], []
        least = max([self.share] + [seconds for tests in modules for _, seconds in tests])  # what the run takes
        self.short = SHORT * least
        for module, tests in enumerate(modules):
            first = [one for one in tests if one[0] in urgent]
            if first:
                self.urgent.append(Piece(module, first))
            others = [one for one in tests if one[0] not in urgent] if first else tests
            alone = [Piece(module, [one]) for one in others if one[1] > LONG * least]
            rest = [one for one in others if one[1] <= LONG * least]
            together = [Piece(module, rest)] if rest else []
            self.pieces[module] = alone + together
            long += alone
            whole += together
        # The shortest is at the left. Tests that take long come before all others: they can't be divided.
        for pieces in whole, long:
            pieces.sort(key=lambda piece: piece.seconds)
        self.untouched = collections.deque(whole + long)

    def __len__(self):
        return self.count

    @property
    def share(self):
        """What each worker has to do on average, in seconds."""
        return self.seconds / max(self.workers, 1)

    def give_back(self, tests):
        """Takes tests back that a worker has had and won't run, or that are to run again."""
        for test in tests:
            self.count += 1
            self.seconds += test[1]
            self.urgent.append(Piece(None, [test]))

    def take(self, worker):
        """The tests that a worker is to run next."""
        piece = (
            self._urgent()
            or self._own(worker)
            or self._of_same_module(worker)
            or self._untouched(worker, shortest=self.shortest_first)
            or self._others()
        )
        return self._take(piece, PORTION * self.share, worker)

    def take_short(self, worker):
        """One test, to be held behind a long one: of the module that the worker is at, else one that is done soon."""
        piece = (
            self._urgent()
            or self._own(worker, longest=self.short)
            or self._of_same_module(worker, longest=self.short)
            or self._untouched(worker, shortest=True)
            or self._own(worker)
            or self._others()
        )
        return self._take(piece, 0, worker)

    def _take(self, piece, limit, worker):
        taken = piece.take(limit, self.most)
        self.latest[worker] = piece.module
        self.count -= len(taken)
        self.seconds = self.seconds - sum(seconds for _, seconds in taken) if self.count else 0.0
        return taken

    def _urgent(self):
        while self.urgent and not self.urgent[0].tests:
            self.urgent.popleft()
        return self.urgent[0] if self.urgent else None

    def _own(self, worker, longest=None):
        pieces = self.begun.get(worker, [])
        while pieces and not pieces[-1].tests:
            pieces.pop()
        return pieces[-1] if pieces and pieces[-1].starts_within(longest) else None

    def _of_same_module(self, worker, longest=None):
        module = self.latest.get(worker)
        for piece in self.pieces[module] if module is not None else ():
            if not piece.is_begun and piece.starts_within(longest):
                return self._begin(piece, worker)
        return None

    def _untouched(self, worker, shortest):
        while self.untouched:
            piece = self.untouched.popleft() if shortest else self.untouched.pop()
            if not piece.is_begun:
                return self._begin(piece, worker)
        return None

    def _begin(self, piece, worker):
        piece.is_begun = True
        self.begun.setdefault(worker, []).append(piece)
        return piece

    def _others(self):
        """Of what others are at, that which takes longest."""
        pieces = [piece for pieces in self.begun.values() for piece in pieces if piece.tests]
        return max(pieces, key=lambda piece: piece.seconds)
