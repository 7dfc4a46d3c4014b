"""The steps of a sequence: edits of the generated project, and runs of pytest on it.

All of them are known before the first is carried out. A step for which something is missing, because another step was
left out, does nothing: so a sequence that fails can be made shorter.
"""

import dataclasses


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
