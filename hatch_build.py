"""Puts the executable into the wheel: `make build` makes it, so that its flags are written down in one place only."""

import os
import platform
import shutil
import subprocess
import sys

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

EXECUTABLE = os.path.join(".build", "release", "testmon-xdist")


class ExecutableHook(BuildHookInterface):
    def initialize(self, version, build_data):
        self.build()
        # A file below NAME-VERSION.data/scripts is what becomes a command. The path is spelled out because the
        # `shared_scripts` of build_data is unknown to the hatchling that Python 3.7 gets.
        scripts = "{}.data/scripts".format(self.build_config.builder.artifact_project_id)
        executable = os.path.join(self.root, EXECUTABLE)
        build_data["force_include"][executable] = scripts + "/testmon-xdist"
        build_data["pure_python"] = False
        # Static: any Python, and no libc in particular.
        platforms = ["manylinux_2_17", "manylinux2014", "musllinux_1_1"]
        machine = platform.machine()
        build_data["tag"] = "py3-none-" + ".".join("{}_{}".format(name, machine) for name in platforms)

    def build(self):
        if sys.platform != "linux":
            sys.exit("building testmon-xdist needs Linux: what it builds is a Linux executable")
        if shutil.which("make") is None:
            sys.exit("building testmon-xdist needs make on PATH (Debian: apt-get install make)")
        # Where a make runs us, ours is another one: it has no part in that one's job slots and options.
        outer = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")
        environment = {name: value for name, value in os.environ.items() if name not in outer}
        # The diagnostics of make and swift say what is wrong; stdout belongs to the program that runs this hook.
        make = subprocess.run(
            # Who installs a Python package hasn't asked for a change of the system.
            ["make", "--no-print-directory", "-C", self.root, "build", "INSTALL_MISSING=no"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
        )
        if make.returncode != 0:
            sys.exit("building testmon-xdist failed: see above what `make build` said")
