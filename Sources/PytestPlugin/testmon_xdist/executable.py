"""Where the executable is, and calling it."""
import json
import os
import sys

import pytest

from . import border, settings, variables


def find(rootdir):
    """The executable beside this Python, or in PATH. Whoever has settings must have it: it alone can read them."""
    import shutil
    import sysconfig

    given = os.environ.get(variables.EXECUTABLE)
    folders = [
        sysconfig.get_path("scripts"),
        os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "bin"),  # pip install --target
        sysconfig.get_path("scripts", "posix_user"),  # pip install --user
    ]
    for path in [given] if given else [os.path.join(folder, "testmon-xdist") for folder in folders]:
        if os.access(path, os.X_OK):
            return path
    path = None if given else shutil.which("testmon-xdist")
    if path is not None:
        return path
    what = variables.SWITCH + " is set" if os.environ.get(variables.SWITCH) else settings.find_file(rootdir) + " is there"
    place = "isn't at %s (%s)" % (given, variables.EXECUTABLE) if given else "is neither beside this Python nor in PATH"
    raise pytest.UsageError(
        "testmon-xdist: %s, but the executable 'testmon-xdist' %s, and it alone can tell what the settings say; "
        "reinstall it, or say where it is in %s" % (what, place, variables.EXECUTABLE)
    )


def ask(command, question):
    """Runs the executable with a question, one of ``border``'s, and returns its ``border.Answer``."""
    import subprocess

    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    output, _ = process.communicate(json.dumps(question.to_json()).encode() + b"\n")
    try:
        answer = border.Answer.from_json(json.loads(output.decode()))
    except (ValueError, TypeError):
        raise pytest.UsageError("testmon-xdist: %s ended with status %d" % (command[0], process.returncode))
    answer.raise_error()
    return answer


def acknowledge(handover, worker_id):
    """Checks by the executable that the run is live and its data readable, and says so to the controller.

    What the worker needs it has from xdist; where the check fails it says so and goes on: a test run must not die of a
    controller that did.
    """
    import subprocess

    command = [handover.executable, "worker", worker_id, "--rootdir", handover.rootdir]
    environment = dict(os.environ)
    environment[variables.RUN_ID] = handover.run_id
    try:
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        _, errors = process.communicate()
        failed, message = process.returncode != 0, errors.decode("utf-8", "replace").strip()
    except OSError as error:
        failed, message = True, "%s: %s" % (handover.executable, error.strerror)
    if failed or message:
        sys.stderr.write("[%s] %s\n" % (worker_id, message))
