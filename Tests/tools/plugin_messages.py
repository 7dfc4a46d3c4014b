#!/usr/bin/env python3
"""plugin_messages.py: provokes every message of the pytest plugin, and prints them as JSON, with what makes each one that
helps: the place that it names, and with what its advice begins. MessageTests looks at them.

It also prints the words of the plugin's sources that none of them has: whoever adds a message adds what provokes it.
"""

import ast
import contextlib
import io
import json
import os
import pathlib
import re
import sys
import types

SOURCES = pathlib.Path(__file__).resolve().parents[2] / "Sources" / "PytestPlugin"
sys.path.insert(0, str(SOURCES))

import pytest  # noqa: E402
import testmon.pytest_testmon  # noqa: E402, F401

from testmon_xdist import (  # noqa: E402
    border,
    companion,
    executable,
    messages,
    misspelt,
    other_pythons,
    testmon_collector,
    testmon_db,
    variables,
)

PIP = sys.executable + " -m pip install"
MESSAGES = []


def provoke(place, advice, function, *arguments):
    """Notes what is said when the function is called, in an error or on stderr."""
    errors = io.StringIO()
    said = ""
    with contextlib.redirect_stderr(errors):
        try:
            function(*arguments)
        except pytest.UsageError as error:
            said = str(error)
    MESSAGES.append({"text": said + errors.getvalue(), "place": place, "next": advice})


def script(text):
    """A program that stands for the executable."""
    path = pathlib.Path(os.environ["HOME"]) / ("program%d" % len(MESSAGES))
    path.write_text("#!/bin/sh\n" + text + "\n")
    path.chmod(0o755)
    return str(path)


def config(**options):
    return types.SimpleNamespace(rootdir=os.environ["HOME"], option=types.SimpleNamespace(**options), add_cleanup=print)


def started(text):
    os.environ[variables.EXECUTABLE] = script(text)
    its_companion = companion.Companion(executable.find("/"), "/project")
    del os.environ[variables.EXECUTABLE]
    return its_companion


def answered(text):
    started("printf '%s\\n'; exec cat >/dev/null" % text).answer("on")


def stopped():
    companion.PATIENCE = 0.1
    its_companion = started("trap '' TERM; echo; exec sleep 60")
    its_companion.process.stdout.readline()
    its_companion.finish()


def found(**variables_set):
    os.environ.update(variables_set)
    try:
        executable.find(os.environ["HOME"])
    finally:
        for name in variables_set:
            del os.environ[name]


def misspelt_variable(name):
    os.environ[name] = "true"
    misspelt.warn(config(testmon=True))
    del os.environ[name]


def other_coverage():
    base = type("Collector", (), {"setup_coverage": lambda self: None})
    collector = testmon_collector._collector_class(base, None)()
    collector.cov = types.SimpleNamespace(_collector=None, get_data=object)
    collector.setup_coverage()


def provoke_all():
    executable_is = "TESTMON_XDIST_EXECUTABLE"
    provoke("/none", PIP, lambda: found(TESTMON_XDIST_EXECUTABLE="/none", TESTMON_XDIST_WORKER_ID="gw0"))
    path, os.environ["PATH"] = os.environ["PATH"], "/none"
    provoke("TESTMON_XDIST_CONTROLLER_PRECREATION", PIP, lambda: found(TESTMON_XDIST_CONTROLLER_PRECREATION="true"))
    pathlib.Path(os.environ["HOME"], "testmon-xdist.toml").touch()
    provoke("testmon-xdist.toml", PIP, found)
    os.environ["PATH"] = path
    provoke("/none", PIP, executable.start, ["/none"])
    sys.modules["pip"] = None  # as if it weren't installed
    provoke("/none", "uv pip install --python " + sys.executable, executable.start, ["/none"])
    del sys.modules["pip"]
    question = border.PytestReport("2.2.0", None)
    provoke("program", PIP, lambda: executable.ask([script("echo hello; exec cat")], question, "readable"))
    provoke("status 3", "testmon-xdist doctor", lambda: executable.ask([script("exit 3")], question, "readable"))
    provoke("program", executable_is, answered, '{"state": "off"}')
    newer = started("""echo '{"state": "newer", "message": "NEWER"}'; exec cat >/dev/null""")
    provoke("NEWER", "without coordination", newer.answer, "newer")
    old = border.Answer("on", version="0.1.0")
    provoke("0.1.0", executable_is, started("exit 0").compare_protocols, old)
    provoke("pid ", "testmon-xdist status", stopped)
    odd = config(testmon=True)
    odd.rootdir = "/project/\udcff"
    os.environ[executable_is] = script("exit 0")
    provoke("\\udcff", "renamed", companion.start, odd, None)
    del os.environ[executable_is]
    environment = border.PreparedEnvironment(1, "default", "3.12.1", False, "/p/.testmondata", 13)
    provoke("data version 14", "-m pip show pytest-testmon", testmon_db.ReaderAccess, environment, False)
    provoke("coverage ", PIP, other_coverage)
    provoke("TESTMON_XDIST_CONTROLER", "did you mean", misspelt_variable, "TESTMON_XDIST_CONTROLER_PRECREATION")
    provoke("TESTMON_XDIST_XYZZY", "unset TESTMON_XDIST_XYZZY", misspelt_variable, "TESTMON_XDIST_XYZZY")
    different = script("""cat >/dev/null; echo '{"state": "different", "message": "ssh=there differs"}'""")
    other_pythons._look_around_all = lambda proxies, specs: [border.Python("popen", "python", 14, "3.12.1", [])] * 2
    provoke("ssh=there", "differs", other_pythons.warn_of_differences, config(), [], different)


def words_of_messages():
    """The words of each text that the sources show to somebody, taken apart where a value is put in."""
    for path in sorted((SOURCES / "testmon_xdist").glob("*.py")):
        tree = ast.parse(path.read_text())
        shown = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and is_shown(node.func)]
        advice = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in ("install_command", "reinstall")]
        shown += [node for function in advice for node in function.body if isinstance(node, ast.Return)]
        for node in shown:
            for part in ast.walk(node):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    for words in re.split(r"%[srd]|\n", part.value):
                        if len(words.split()) >= 3:
                            yield path.name, words.strip()


def is_shown(function):
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in ("UsageError", "warn", "write")


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as home:
        os.environ["HOME"] = home
        for name in [name for name in os.environ if name.startswith(variables.PREFIX) or name.startswith("XDG_")]:
            del os.environ[name]
        messages.begin("pytest")
        provoke_all()
    said = "\n".join(message["text"] for message in MESSAGES)
    unseen = ["%s: %s" % (file, words) for file, words in words_of_messages() if words not in said]
    print(json.dumps({"messages": MESSAGES, "unseen": unseen}))
