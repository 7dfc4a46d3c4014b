"""A generated project, and what is known of it without asking testmon: which test uses what, and which tests are owed.

Every function adds two numbers, by itself or by calling another one, and every test asserts that one of them does. A
broken function subtracts: then the tests that use it fail, and a run that leaves one of them out is green on broken code.
"""

import dataclasses


@dataclasses.dataclass
class Function:
    module: str
    calls: str = ""  # another function
    form: int = 0  # how it is written; it computes the same in all forms
    is_broken: bool = False


@dataclasses.dataclass
class Test:
    uses: str  # a function
    in_class: str = ""
    parameters: int = 0
    is_slow: bool = False
    group: str = ""
    form: int = 0


@dataclasses.dataclass
class Project:
    functions: dict = dataclasses.field(default_factory=dict)  # by their names
    constants: dict = dataclasses.field(default_factory=dict)  # of modules: code outside of functions
    tests: dict = dataclasses.field(default_factory=dict)  # by test file: by their names
    unreadable: set = dataclasses.field(default_factory=set)  # test files with a syntax error
    packages: str = ""  # that are installed, and which nothing uses

    def files(self):
        """The text of each file."""
        return {path: "".join(text for _, text in parts) for path, parts in self._parts().items()}

    def _parts(self):
        """For each file the parts that testmon tells apart: ("", text) of the module itself, (name, body) of functions."""
        found = {}
        for module in sorted({function.module for function in self.functions.values()}):
            found[module + ".py"] = self._module_parts(module)
        for path, tests in self.tests.items():
            found[path] = self._test_file_parts(path, tests)
        return found

    def _module_parts(self, module):
        own = {name: function for name, function in self.functions.items() if function.module == module}
        # What a function has ever called: breaking it changes nothing else than its body.
        called = {self.functions[function.calls].module for function in own.values() if function.calls} - {module}
        parts = [("", "".join("import {}\n".format(name) for name in sorted(called)))]
        parts.append(("", "CONSTANT = {}\n".format(self.constants.get(module, 0))))
        for name, function in own.items():
            sum_ = "a + b"
            if function.is_broken:
                sum_ = "b - a"
            elif function.calls:
                sum_ = self._call(function.calls, module) + "(a, b)"
            parts.append(("", "\n\ndef {}(a, b):\n".format(name)))
            parts.append((name, "    return {}\n".format(sum_ + " + 0" * function.form)))
        return parts

    def _call(self, name, module=""):
        home = self.functions[name].module
        return name if home == module else "{}.{}".format(home, name)

    def _test_file_parts(self, path, tests):
        modules = sorted({self.functions[test.uses].module for test in tests.values()})
        parts = [("", "import pytest\n" + "".join("import {}\n".format(name) for name in modules))]
        in_class = ""
        for name, test in sorted(tests.items(), key=lambda item: item[1].in_class):
            if test.in_class != in_class:
                in_class = test.in_class
                parts.append(("", "\n\nclass {}:\n".format(in_class)))
            indent = "    " if in_class else ""
            lines = [] if in_class else ["", ""]
            if test.is_slow:
                lines.append(indent + "@pytest.mark.slow")
            if test.group:
                lines.append(indent + '@pytest.mark.xdist_group("{}")'.format(test.group))
            if test.parameters:
                lines.append(indent + '@pytest.mark.parametrize("i", range({}))'.format(test.parameters))
            arguments = ["self"] * bool(in_class) + ["i"] * bool(test.parameters)
            lines.append("{}def {}({}):".format(indent, name, ", ".join(arguments)))
            parts.append(("", "\n".join(lines) + "\n"))
            parts.append((name, "{}    assert {}(1, 2) == 3{}\n".format(indent, self._call(test.uses), " + 0" * test.form)))
        if path in self.unreadable:
            parts.append(("", "\n\ndef (:\n"))
        return parts

    def tests_by_id(self):
        """(path, name, test) by pytest's id."""
        found = {}
        for path, tests in self.tests.items():
            for name, test in tests.items():
                whole = "::".join(filter(None, [path, test.in_class, name]))
                for id_ in ["{}[{}]".format(whole, i) for i in range(test.parameters)] or [whole]:
                    found[id_] = (path, name, test)
        return found

    def _called(self, name):
        """A function and what is called when it is."""
        found = [name]
        while self.functions[found[-1]].calls and not self.functions[found[-1]].is_broken:
            found.append(self.functions[found[-1]].calls)
        return found

    def failing(self):
        """The ids of the tests that fail."""
        return {
            id_
            for id_, (_, _, test) in self.tests_by_id().items()
            if any(self.functions[name].is_broken for name in self._called(test.uses))
        }

    def used(self):
        """What each test uses, by its id: the text of all parts that it runs, and of the modules that these are in."""
        texts = {}
        for path, parts in self._parts().items():
            for name, text in parts:
                texts[path, name] = texts.get((path, name), "") + text
        found = {}
        for id_, (path, name, test) in self.tests_by_id().items():
            used = [(path, ""), (path, name)]
            for called in self._called(test.uses):
                module = self.functions[called].module + ".py"
                used += [(module, ""), (module, called)]
            found[id_] = frozenset((part, texts[part]) for part in used)
        return found


class Records:
    """What the runs have recorded: for each set of packages, what each test used when it was last run.

    Where a run was stopped before it reported what a worker had done, that may be recorded or not: there are two answers.
    """

    def __init__(self):
        self._used = {}

    def add(self, project, packages, passed, unreported):
        """Takes over whether each of these tests passed: reported ones, and others that workers have run."""
        used = project.used()
        for id_, has_passed in {**unreported, **passed}.items():
            # A test that failed runs again, changed or not.
            answers = set() if id_ in passed else self._answers(packages, id_)
            self._used[packages, id_] = answers | {used[id_] if has_passed else None}

    def owed(self, project, packages):
        """The ids of the tests that have to run: never recorded, failed, or something that they use has changed.

        First those that must, then those that may, as it isn't sure what is recorded.
        """
        must, may = set(), set()
        for id_, used in project.used().items():
            answers = self._answers(packages, id_)
            if used not in answers:
                must.add(id_)
            if answers != {used}:
                may.add(id_)
        return must, may

    def _answers(self, packages, id_):
        return self._used.get((packages, id_), {None})
