"""Text that may be shown, or handed to the executable."""
import json
import shlex
import sys


def printable(text):
    """Text from outside, with nothing in it that could drive a terminal."""
    return "".join(letter if letter.isprintable() else json.dumps(letter)[1:-1] for letter in text)


def is_utf8(path):
    """Whether the executable, which takes paths for text, can name it."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def install_command(what):
    """The command that installs something in this Python, as it may be pasted."""
    import importlib.util

    if importlib.util.find_spec("pip") is None:  # as in the environments that uv makes
        return "uv pip install --python %s %s" % (own_python(), what)
    return "%s -m pip install %s" % (own_python(), what)


def own_python():
    """This Python, as a word of a command that may be pasted."""
    return shlex.quote(sys.executable or "python")
