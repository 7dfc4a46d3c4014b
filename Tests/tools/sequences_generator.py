"""Draws the steps of a sequence."""

from sequences_model import Function, Test
from sequences_steps import Edit, Run

# Few: what is forgotten shows where another test of the same file is not affected.
PATHS = ("tests/test_a.py", "tests/test_b.py", "tests/sub/test_c.py")
MODULES = ("m0", "m1", "m2")


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
        for _ in range(self.random.randint(5, 8)):
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

    def _add_test(self):
        path = self.random.choice(PATHS)
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
            there = self.random.choice((path, id_))
            if missing.startswith(path):  # beside its whole file pytest 9 doesn't look for it
                there = id_
            run = Run(way, workers, (("path", there),), missing=missing)
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
