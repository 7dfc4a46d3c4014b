"""Follows a document: does what it says, in a folder and a Python environment of its own."""

import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import sys

import documents_output
import documents_recipes
import environments
from documents_blocks import FILES, OUTPUT, RECIPES, SHELL, Wrong

PATIENCE = 900  # seconds: only so that nothing waits for ever
READY = "the small project, and all installed"
EMPTY = None
OTHER_STATUS = 99
PROJECT = pathlib.Path(__file__).with_name("documents_project.sh")


class Surroundings:
    """What all documents share: the wheels, and two Python environments to copy."""

    def __init__(self, folder, wheel, wheels, root):
        self.folder, self.wheel, self.wheels, self.root = folder, wheel, wheels, root
        self.environment = environments.clean_environment()
        self.environment.update(
            LANG="C.UTF-8",
            COLUMNS="80",
            WHEEL=str(wheel),
            CLONE=str(root),
            PIP_NO_INDEX="1",
            PIP_FIND_LINKS=str(wheels),
            PIP_DISABLE_PIP_VERSION_CHECK="1",
            PIP_REQUIRE_VIRTUALENV="1",  # whatever a document gets wrong, nothing is installed outside of its own
            # An edit within the second that the file was made in, to the same length, wouldn't be seen.
            PYTHONDONTWRITEBYTECODE="1",
        )
        for name in "NO_COLOR", "GITHUB_ACTIONS", "CI", "COVERAGE_CORE", "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "GNUMAKEFLAGS":
            self.environment.pop(name, None)

    def make_environments(self):
        self._run(sys.executable, "-m", "venv", self.folder / "empty")
        self.copy_environment(EMPTY, self.folder / "ready")
        packages = ["pytest", "pytest-testmon", "pytest-xdist", self.wheel]
        self._run(self.folder / "ready" / "bin" / "python", "-m", "pip", "--quiet", "install", *packages)

    def copy_environment(self, kind, target):
        source = self.folder / ("empty" if kind is EMPTY else "ready")
        shutil.copytree(source, target, symlinks=True)
        for script in (target / "bin").iterdir():
            if script.is_symlink() or script.name == "testmon-xdist":
                continue
            text = script.read_text()
            # Each names its folder: in its first line, or, those that activate it, further below.
            script.write_text(text.replace(str(source), str(target)))

    def _run(self, *command):
        subprocess.run([str(word) for word in command], env=self.environment, check=True, stdout=sys.stderr)


class Document:
    def __init__(self, name, blocks, beginning, surroundings, folder=None):
        self.name, self.blocks, self.beginning = name, blocks, beginning
        self.surroundings = surroundings
        self.folder = folder or surroundings.folder / name.replace("/", "-")
        self.project, self.output = self.folder / "project", self.folder / "output"

    def follow(self):
        """Raises Wrong where it goes another way than the document says."""
        if self.beginning not in (EMPTY, READY):
            raise Wrong("{}: what is '{}'? It may begin with: {}".format(self.name, self.beginning, READY))
        for path in self.project, self.output, self.folder / "home":
            path.mkdir(parents=True)
        venv = self.folder / "venv"
        self.surroundings.copy_environment(self.beginning, venv)
        if self.beginning == READY:
            subprocess.run(["/bin/sh", str(PROJECT)], cwd=self.project, check=True)
        script = self.folder / "script"
        script.write_text(self._script())
        environment = dict(self.surroundings.environment, HOME=str(self.folder / "home"), VIRTUAL_ENV=str(venv))
        environment["PATH"] = os.pathsep.join([str(venv / "bin"), environment.get("PATH", os.defpath)])
        shell = subprocess.Popen(
            ["/bin/sh", str(script)], cwd=self.project, env=environment, stdin=subprocess.DEVNULL, start_new_session=True
        )
        try:
            status = shell.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(shell.pid, signal.SIGKILL)
            status = "none: it didn't end"
        self._compare(status)
        if (self.project / ".testmon_xdist").exists():
            raise Wrong("{}: it leaves a run behind: .testmon_xdist is still there".format(self.name))

    def _script(self):
        return "set -e\n" + "".join(
            "exec >{} 2>&1\n{}\n".format(shlex.quote(str(self.output / str(number))), self._commands(number, block))
            for number, block in enumerate(self.blocks)
            if block.language != OUTPUT and block.reason is None and block.language != ""
        )

    def _commands(self, number, block):
        if "file" in block.marks:
            return self._write(block)
        if block.language in RECIPES:
            return self._recipe(number, documents_recipes.recipe(block))
        if "in a clone" in block.marks:
            return '(cd "$CLONE"; make() {{ command make -n "$@"; }}\n{}\n)'.format(block.text)
        status = block.marks.get("status")
        if status is None:
            return block.text
        return "set +e\n{}\ndone_with=$?\nset -e\n[ $done_with = {} ] || {{ echo ended with $done_with; exit {}; }}".format(
            block.text, status, OTHER_STATUS
        )

    def _write(self, block):
        name = shlex.quote(block.marks["file"])
        return 'mkdir -p "$(dirname {0})"\ncat >{0} <<\'END OF THE FILE\'\n{1}\nEND OF THE FILE'.format(name, block.text)

    def _recipe(self, number, recipe):
        """Two runs in two copies of the project. The second has nothing of the first but what the recipe keeps."""
        runs = [self._recipe_run(number, "first", recipe, [], "[0-9] passed")]
        if recipe.cached:
            runs.append(self._recipe_run(number, "second", recipe, recipe.cached, "no tests ran"))
        return "\n".join(runs)

    def _recipe_run(self, number, turn, recipe, kept, expected):
        here = self.folder / "recipe-{}".format(number)
        here.mkdir(exist_ok=True)
        # A process of its own: in a part of this script whose status is looked at, `set -e` would mean nothing.
        script = here / (turn + ".sh")
        commands = "".join("(\n{}\n)\n".format(command) for command in recipe.commands)
        script.write_text(documents_recipes.exports(recipe.variables) + commands)
        lines = ["cp -a . {0}/{1}"]
        lines += ["cp -a {{0}}/first/{0} {{0}}/{{1}}/{0}".format(path) for path in kept]
        lines += [
            "(cd {0}/{1}; exec sh -e {2}) >{0}/{1}.txt 2>&1 || {{ cat {0}/{1}.txt; exit 1; }}",
            "cat {0}/{1}.txt",
            "grep -q '{3}' {0}/{1}.txt || {{ echo 'the {1} run: not {3}'; exit 1; }}",
        ]
        for path in recipe.cached:
            lines.append("[ -e {{0}}/{{1}}/{0} ] || {{{{ echo the {{1}} run left no {0} to keep; exit 1; }}}}".format(path))
        words = [shlex.quote(str(here)), turn, shlex.quote(str(script)), expected]
        return "\n".join(lines).format(*words)

    def _compare(self, status):
        done = [number for number in range(len(self.blocks)) if (self.output / str(number)).exists()]
        for number, block in enumerate(self.blocks):
            if block.language != OUTPUT or block.reason is not None or number - 1 not in done[: None if status == 0 else -1]:
                continue
            printed = self._printed(number - 1)
            line = documents_output.difference(block.text, printed)
            if line is not None:
                raise Wrong("{}: this isn't printed: {}\nbut this:\n{}".format(block.place, line, printed))
        if status != 0:
            block = self.blocks[done[-1]]
            raise Wrong(
                "{}: exit status {} of this, or of a part of it:\n{}\nIt printed:\n{}".format(
                    block.place, status, block.text, self._printed(done[-1])
                )
            )

    def _printed(self, number):
        return (self.output / str(number)).read_text(errors="replace")


def is_run(block):
    return block.reason is None and (block.language in SHELL + RECIPES or block.language in FILES)
