"""Whether tests are handed out by how long they take, and what comes first: the setting ``schedule``."""
from . import testmon_data
from .durations import Durations

GROUPING = {"loadscope": "LoadScopeScheduling", "loadfile": "LoadFileScheduling", "loadgroup": "LoadGroupScheduling"}


def is_ours(config, known, setting):
    """Whether a scheduler of ours hands the tests out. All workers then keep their tests in the order of the files.

    :param known: what tells how long tests take, ``testmon_data.timed_tests``
    """
    if setting != "duration" or getattr(config.option, "dist", "no") not in ("load", *GROUPING):
        return False
    if not all(_is_known(hook) for hook in config.hook.pytest_xdist_make_scheduler.get_hookimpls()):
        return False  # somebody has a scheduler of their own
    return config.option.dist in GROUPING or bool(Durations(known).known)


def _is_known(hook):
    return str(getattr(hook.function, "__module__", "")).split(".")[0] in ("xdist", __name__.split(".")[0])


def make_scheduler(config, log, names, known):
    """A scheduler of ours.

    :param names: the own names of tests that xdist has renamed, by the new ones; filled while workers collect
    :param known: as of ``is_ours``
    """
    import xdist.scheduler

    from . import schedulers

    data = config.testmon_data
    urgent = testmon_data.failed_tests(data)
    if not config.testmon_config.select:
        urgent |= data.unstable_test_names
    priorities = Priorities(Durations(known), urgent, names)
    dist = config.option.dist
    if dist == "load":
        return schedulers.DurationScheduling(config, log, priorities)
    return schedulers.ordered_by_duration(getattr(xdist.scheduler, GROUPING[dist]))(config, log, priorities)


class Priorities:
    """What decides in which order tests run. Tests are given by the names that xdist has for them.

    :param urgent: the own names of tests that come first
    :param names: other own names by xdist's
    """

    def __init__(self, durations, urgent, names):
        self.durations = durations
        self.urgent = urgent
        self.names = names

    def seconds(self, test):
        """How long it takes."""
        return self.durations.of(self.names.get(test, test))

    def is_urgent(self, test):
        return self.names.get(test, test) in self.urgent
