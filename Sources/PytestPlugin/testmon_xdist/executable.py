"""Where the executable is, and calling it."""
import json
import os
import sys
import time

import pytest

from . import border, messages, settings, variables
from .text import install_command


def places():
    """Where it may be, but for PATH."""
    import sysconfig

    given = os.environ.get(variables.EXECUTABLE)
    folders = [
        sysconfig.get_path("scripts"),
        os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "bin"),  # pip install --target
        sysconfig.get_path("scripts", "posix_user"),  # pip install --user
    ]
    return [given] if given else [os.path.join(folder, "testmon-xdist") for folder in folders]


def find(rootdir):
    """The executable beside this Python, or in PATH. Whoever has settings must have it: it alone can read them."""
    import shutil

    given = os.environ.get(variables.EXECUTABLE)
    for path in places():
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    path = None if given else shutil.which("testmon-xdist")
    if path is not None:
        return path
    what = "%s is there" % settings.find_file(rootdir)
    for variable in (variables.WORKER_ID, variables.SWITCH):
        if os.environ.get(variable):
            what = variable + " is set"
    place = "isn't at %s (%s)" % (given, variables.EXECUTABLE) if given else "is neither beside this Python nor in PATH"
    raise pytest.UsageError(
        "testmon-xdist: %s, but the executable 'testmon-xdist' %s, and it alone can tell what the settings say; "
        "%s, or say where the executable is in %s" % (what, place, reinstall(), variables.EXECUTABLE)
    )


def reinstall():
    """What helps where the executable isn't there, or isn't the plugin's."""
    return "reinstall testmon-xdist from its wheel: %s" % install_command("--force-reinstall --no-deps WHEEL")


def start(command, **more):
    """Starts the executable, with pipes for questions and answers."""
    import subprocess

    try:
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **more)
    except OSError as error:
        raise pytest.UsageError("testmon-xdist: %s can't be started: %s; %s" % (command[0], error.strerror, reinstall()))


def ask(command, question, *states):
    """Runs the executable with a question, one of ``border``'s, and returns its answer, which has one of the states."""
    process = start(command)
    output, _ = process.communicate(json.dumps(question.to_json()).encode() + b"\n")
    try:
        answer = border.Answer.from_line(output)
    except ValueError:
        raise pytest.UsageError("testmon-xdist: %s" % describe_end(process, output))
    answer.require(command[0], *states)
    return answer


def describe_end(process, output):
    """What has become of a process that gave no answer, but this. It is ended."""
    if output:
        process.kill()  # it may go on for ever, whatever it is
    status = process.wait()
    if output:
        return "%s isn't testmon-xdist, or of another release: it answers %r; %s" % (process.args[0], output[:80], reinstall())
    return "%s ended with status %d and no answer; see what is wrong: testmon-xdist doctor" % (process.args[0], status)


def acknowledge(handover, worker_id):
    """Checks by the executable that the run is live and its data readable, and says so to the controller.

    What the worker needs it has from xdist; where the check fails it says so and goes on: a test run must not die of a
    controller that did.
    """
    import subprocess

    command = [handover.executable, "worker", worker_id, "--rootdir", handover.rootdir] + messages.options()
    # Its debug lines are not to come after those of later moments.
    errors_to = None if messages.shows_debug else subprocess.PIPE
    began = time.monotonic()
    environment = dict(os.environ)
    environment[variables.RUN_ID] = handover.run_id
    try:
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors_to
        )
        _, errors = process.communicate()
        failed, message = process.returncode != 0, (errors or b"").decode("utf-8", "replace").strip()
        took = messages.milliseconds(began)
        messages.debug("acknowledging as %s took %s: status %d", worker_id, took, process.returncode)
    except OSError as error:
        failed, message = True, "%s: %s" % (handover.executable, error.strerror)
    if message or failed and not messages.shows_debug:
        sys.stderr.write("[%s] %s\n" % (worker_id, message))
