"""The steps of a sequence: edits of the generated project, and runs of pytest on it.

All of them are drawn before the first is carried out. A step for which something is missing, because another step was
left out, does nothing: so a sequence that fails can be made shorter.
"""

import dataclasses

from sequences_model import Function, Test

FOLDERS = ("tests", "tests/sub")
MODULES = ("m0", "m1", "m2")


@dataclasses.dataclass(frozen=True)
class Edit:
    what: str
    where: tuple
    value: object = None

    def apply(self, project):
        """Carries it out; answers whether it could be."""
        return getattr(self, "_" + self.what)(project, *self.where)

    def _add_function(self, project, name):
        can = name not in project.functions and self.value.calls in ("", *project.functions)
        if can:
            project.functions[name] = dataclasses.replace(self.value)
        return can

    def _write_function(self, project, name):
        if name in project.functions:
            for field, value in self.value.items():
                setattr(project.functions[name], field, value)
        return name in project.functions

    def _write_constant(self, project, module):
        project.constants[module] = self.value
        return True

    def _add_test(self, project, path, name):
        can = self.value.uses in project.functions
        if can:
            project.tests.setdefault(path, {})[name] = dataclasses.replace(self.value)
        return can

    def _write_test(self, project, path, name):
        can = name in project.tests.get(path, {})
        if can:
            project.tests[path][name].form = self.value
        return can

    def _remove_test(self, project, path, name):
        can = name in project.tests.get(path, {}) and len(project.tests[path]) > 1
        if can:
            del project.tests[path][name]
        return can

    def _rename_test(self, project, path, name):
        can = name in project.tests.get(path, {})
        if can:
            project.tests[path][self.value] = project.tests[path].pop(name)
        return can

    def _remove_file(self, project, path):
        project.unreadable.discard(path)
        return project.tests.pop(path, None) is not None

    def _break_syntax(self, project, path):
        if path in project.tests:
            project.unreadable.add(path)
        return path in project.tests

    def _repair_syntax(self, project, path):
        can = path in project.unreadable
        project.unreadable.discard(path)
        return can

    def _install(self, project):
        project.packages = self.value
        return True


@dataclasses.dataclass(frozen=True)
class Run:
    """A run of pytest. `narrow` is pairs of how and by what: ("-k", name), ("path", id), ("--deselect", id), ..."""

    way: str = "plugin"
    workers: tuple = ("-n", "2")
    narrow: tuple = ()
    testmon: tuple = ("--testmon",)
    missing: str = ""  # a path or id that isn't there
    stop: tuple = ()  # -x, --maxfail=1, --sw
    at: str = ""  # the id of a test that doesn't end: the user interrupts, or its worker dies
    crashes: bool = False

    @property
    def is_whole(self):
        return not (self.narrow or self.missing or self.stop or self.at)

    def arguments(self):
        paths = [value for how, value in self.narrow if how == "path"] + [self.missing] * bool(self.missing)
        options = [word for how, value in self.narrow if how != "path" for word in (how, value)]
        return [*self.testmon, *self.workers, *options, *self.stop, *paths]

    def takes(self, id_, test):
        """Whether a test is among those that were asked for."""
        paths = [value for how, value in self.narrow if how == "path"]
        if paths and not any(_is_in(id_, path) for path in paths):
            return False
        for how, value in self.narrow:
            if how == "-k" and value not in id_:
                return False
            if how == "-m" and test.is_slow != (value == "slow"):
                return False
            if how == "--deselect" and id_.startswith(value):
                return False
        return True

    def has_targets(self, project):
        """Whether the paths and ids that it names are there: pytest refuses others."""
        ids = list(project.tests_by_id())
        named = [value for how, value in self.narrow if how == "path"] + [self.at] * bool(self.at)
        return all(any(_is_in(id_, name) for id_ in ids) for name in named)

    def selects(self):
        """Whether testmon leaves out what isn't affected: it doesn't where tests are named one by one."""
        if "--testmon-forceselect" in self.testmon:
            return True
        if "--testmon-noselect" in self.testmon:
            return False
        return not any(how in ("-k", "-m") or (how == "path" and "::" in value) for how, value in self.narrow)


def _is_in(id_, path):
    return id_ == path or any(id_.startswith(path + separator) for separator in ("/", "::", "["))


class Generator:
    """Draws steps. It carries out the edits on a project of its own, so that they are of something that is there."""

    def __init__(self, random, project):
        self.random, self.project = random, project
        self.count = 0
        self.steps = []

    def draw(self, length):
        for number in range(self.random.randint(3, 5)):
            called = self.random.choice(["", *self.project.functions]) if number else ""
            self._edit("add_function", self._new("f"), value=Function(self.random.choice(MODULES), called))
        for _ in range(self.random.randint(4, 7)):
            self._add_test()
        self.steps.append(Run(*self._mode()))
        for _ in range(length):
            for _ in range(self.random.choice((0, 0, 1, 2))):
                self._draw_edit()
            self._draw_run()
        for path in sorted(self.project.unreadable):
            self._edit("repair_syntax", path)
        return self.steps

    def _new(self, letter):
        self.count += 1
        return "{}{}_".format(letter, self.count)  # so that none is part of another one

    def _edit(self, what, *where, value=None):
        edit = Edit(what, where, value)
        if edit.apply(self.project):
            self.steps.append(edit)

    def _add_test(self, path=None):
        path = path or "{}/test_{}.py".format(self.random.choice(FOLDERS), self.random.choice("abc"))
        if path.startswith(FOLDERS[1]):
            path = path.replace("/test_", "/test_sub_")  # two files of one name need packages
        test = Test(
            uses=self.random.choice(list(self.project.functions)),
            in_class=self.random.choice(("", "", "TestC")),
            parameters=self.random.choice((0, 0, 0, 2)),
            is_slow=self.random.random() < 0.3,
            group=self.random.choice(("", "", "g", "h")),
        )
        self._edit("add_test", path, self._new("test_"), value=test)

    def _draw_edit(self):
        function = self.random.choice(list(self.project.functions))
        paths = sorted(self.project.tests)
        path = self.random.choice(paths) if paths else ""
        name = self.random.choice(list(self.project.tests[path])) if path else ""
        kind = self.random.choice(
            ["break"] * 6 + ["mend"] * 4 + ["rewrite"] * 4 + "constant test add add remove rename file syntax install".split()
        )
        if kind == "break":
            self._edit("write_function", function, value={"is_broken": True})
        elif kind == "mend":
            broken = [name for name, function in self.project.functions.items() if function.is_broken]
            if broken:
                self._edit("write_function", self.random.choice(broken), value={"is_broken": False})
        elif kind == "rewrite":
            self._edit("write_function", function, value={"form": self.random.randrange(3)})
        elif kind == "constant":
            self._edit("write_constant", self.random.choice(MODULES), value=self.random.randrange(3))
        elif kind == "test":
            self._edit("write_test", path, name, value=self.random.randrange(3))
        elif kind == "add":
            self._add_test()
        elif kind == "remove":
            self._edit("remove_test", path, name)
        elif kind == "rename":
            self._edit("rename_test", path, name, value=self._new("test_"))
        elif kind == "file" and len(paths) > 1:
            self._edit("remove_file", path)
        elif kind == "syntax":
            self._edit("repair_syntax" if path in self.project.unreadable else "break_syntax", path)
        elif kind == "install":
            self._edit("install", value="" if self.project.packages else "some-package")

    def _mode(self):
        """The way, and the workers."""
        dist = self.random.choice("load load loadscope loadfile loadgroup worksteal".split())
        workers = self.random.choice(
            [("-n", "2", "--dist", dist)] * 3 + [("-n", "1"), ("-n", "0"), ("-p", "no:xdist")]
        )
        return self.random.choice(("plugin", "plugin", "wrapper")), workers

    def _draw_run(self):
        tests = self.project.tests_by_id()
        if not tests:
            return
        way, workers = self._mode()
        run = Run(way, workers)
        id_ = self.random.choice(sorted(tests))
        path, name, test = tests[id_]
        # Something that the test uses changes: else there would often be nothing to forget.
        form = (self.project.functions[test.uses].form + 1) % 3
        change = self.random.choice(({"is_broken": True}, {"is_broken": False, "form": form}))
        self._edit("write_function", test.uses, value=change)
        if self.random.random() < 0.5:  # not always the one that is asked for
            id_ = self.random.choice(sorted(tests))
            path, name, test = tests[id_]
        kind = self.random.choice("whole narrow narrow narrow narrow missing stop stop interrupt crash noselect".split())
        if kind == "narrow":
            narrow = [self._narrowing(id_, path, name, test)]
            if self.random.random() < 0.2:
                other = self.random.choice(sorted(tests))
                second = self._narrowing(other, *tests[other])
                if second[0] == "path" or second[0] != narrow[0][0]:  # of two -k, or -m, the last one counts
                    narrow.append(second)
            testmon = self.random.choice([("--testmon",)] * 3 + [("--testmon-forceselect",), ("--testmon-noselect",)])
            run = Run(way, workers, tuple(narrow), testmon)
        elif kind == "missing":
            missing = self.random.choice(("tests/nope.py", path + "::test_nope", "nope"))
            run = Run(way, workers, (("path", self.random.choice((path, id_))),), missing=missing)
        elif kind == "stop":
            run = Run(way, workers, stop=(self.random.choice(("-x", "--maxfail=1", "--sw")),))
        elif kind == "interrupt":
            run = Run(way, workers, at=id_)
        elif kind == "crash":
            # With the other distribution modes xdist itself runs that test again and again, or hangs.
            run = Run(way, ("-n", "2", "--dist", self.random.choice(("load", "worksteal"))), at=id_, crashes=True)
        elif kind == "noselect":
            run = Run(way, workers, testmon=("--testmon-noselect",))
        self.steps.append(run)

    def _narrowing(self, id_, path, name, test):
        whole = "::".join(filter(None, [path, test.in_class, name]))
        return self.random.choice(
            [
                ("path", id_),
                ("path", whole),
                ("path", "::".join(filter(None, [path, test.in_class]))),
                ("path", path),
                ("path", path.rpartition("/")[0]),
                ("-k", name),
                ("-m", self.random.choice(("slow", "not slow"))),
                ("--deselect", self.random.choice((whole, path))),
            ]
        )
