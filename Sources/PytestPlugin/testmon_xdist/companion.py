"""The executable that accompanies a controlling pytest."""
import json
import os
import select
import time

import pytest

from . import border, executable, messages, rootdir, testmon_api
from .text import is_utf8

PATIENCE = 30  # how long the executable may take to end, in seconds


def start(config, arguments):
    """Starts the companion of this pytest; None where it can't be told of paths.

    :param arguments: by which testmon is about to open its data; None where this testmon isn't like those we know
    """
    folder = rootdir(config)
    program = executable.find(folder)
    for path in (folder, testmon_api.data_file(arguments) if arguments else ""):
        if not is_utf8(path):
            messages.warn("the path %s isn't UTF-8; the run goes on without coordination, until it is renamed" % ascii(path))
            return None
    its_companion = Companion(program, folder)
    config.add_cleanup(its_companion.finish)
    return its_companion


class Companion:
    """``testmon-xdist controller --companion``: it knows by the end of its standard input that this pytest is gone."""

    def __init__(self, program, rootdir):
        self.program = program
        self.rootdir = rootdir
        messages.debug("starting %s for %s", program, rootdir)
        self.process = executable.start(
            [program, "controller", "--companion", str(border.PROTOCOL), "--rootdir", rootdir],
            start_new_session=True,  # what ends this pytest's process group must leave time to clean up
        )
        self.is_answered = False
        self.farewell = None
        self.spoke_at = time.monotonic()

    def tell(self, message):
        try:
            self.process.stdin.write(_line(message))
            self.process.stdin.flush()
        except OSError:  # it has ended: its answer, or its exit status, says why
            pass

    def answer(self, *states):
        """The next answer, which has one of the states."""
        line = self.process.stdout.readline()
        try:
            answer = border.Answer.from_line(line)
        except ValueError:
            raise pytest.UsageError("testmon-xdist: %s" % executable.describe_end(self.process, line))
        if answer.state == "on":
            messages.begin("pytest", debug=answer.debug)
        messages.debug("the controller says %s, after %s", answer.state, messages.milliseconds(self.spoke_at))
        self.spoke_at = time.monotonic()
        self.is_answered = answer.state != "on"
        answer.require(self.program, *states)
        if answer.state == "newer":
            messages.warn("%s; the run goes on without coordination" % answer.message)
        return answer

    def compare_protocols(self, answer):
        """Stops where the executable is of a release that means something else by what it says."""
        if answer.protocol == border.PROTOCOL:
            return
        raise pytest.UsageError(
            "testmon-xdist: the pytest plugin is of testmon-xdist %s (protocol %d), but %s of %s (protocol %s); %s, "
            "so that both are of one release, or name this one's executable in TESTMON_XDIST_EXECUTABLE"
            % (_own_release(), border.PROTOCOL, self.program, answer.version, answer.protocol or "none", executable.reinstall())
        )

    def finish(self):
        """Ends the run, and returns when its folder is gone, or the executable doesn't end."""
        import subprocess

        began = time.monotonic()
        if not self.is_answered:
            self.process.terminate()  # interrupted while it waits for another run, or prepares the data
        if self.farewell is not None:
            self._say_farewell()
        for stream in (self.process.stdin, self.process.stdout):
            try:
                stream.close()
            except OSError:
                pass
        try:
            status = self._wait(began + PATIENCE - time.monotonic())
        except subprocess.TimeoutExpired:  # somebody has stopped it
            messages.warn(
                "the controller (pid %d) hasn't ended after %s s, as if it was stopped; it is killed, and what it left is "
                "removed. See what is left: testmon-xdist status" % (self.process.pid, PATIENCE)
            )
            self.process.kill()
            status = self.process.wait()
        messages.debug("the controller ended with status %d, after %s", status, messages.milliseconds(began))
        if status < 0 and self.is_answered:
            # What it left is only in the way.
            subprocess.call([self.program, "cleanup", "--quiet", "--rootdir", self.rootdir], stdout=subprocess.DEVNULL)

    def _say_farewell(self):
        """It may be longer than a pipe holds: a stopped executable would have us wait for ever."""
        end, rest = time.monotonic() + PATIENCE, memoryview(_line(self.farewell))
        pipe = self.process.stdin.fileno()
        os.set_blocking(pipe, False)
        try:
            while rest and _wait_for(pipe, end - time.monotonic(), to_write=True):
                rest = rest[os.write(pipe, rest) :]
        except OSError:  # it has ended
            pass

    def _wait(self, patience):
        """Waits for its end, and returns its exit status. ``Popen.wait`` alone sleeps, longer each time."""
        patience = max(0, patience)
        if self.process.poll() is None and hasattr(os, "pidfd_open"):  # from Python 3.9 on
            try:
                descriptor = os.pidfd_open(self.process.pid)
            except OSError:  # no descriptor is left, or a sandbox forbids it
                return self.process.wait(patience)
            _wait_for(descriptor, patience)
            os.close(descriptor)
            patience = 0
        return self.process.wait(patience)


def _wait_for(descriptor, seconds, to_write=False):
    """Waits until it can be read or written, and returns whether it can."""
    seconds = max(0, seconds)
    if not hasattr(select, "poll"):  # eventlet takes it away
        return any(select.select([] if to_write else [descriptor], [descriptor] if to_write else [], [], seconds))
    poller = select.poll()
    poller.register(descriptor, select.POLLOUT if to_write else select.POLLIN)
    return bool(poller.poll(seconds * 1000))


def _line(message):
    fields = message if isinstance(message, dict) else message.to_json()
    # The name of a test may have what UTF-8 can't.
    return json.dumps(fields, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _own_release():
    try:
        from importlib.metadata import version
    except ImportError:  # Python 3.7
        return "another release"
    try:
        return version("testmon-xdist")
    except Exception:  # brought by a wrapper
        return "another release"
