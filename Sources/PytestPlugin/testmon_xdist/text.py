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


def own_python():
    """This Python, as a word of a command that may be pasted."""
    return shlex.quote(sys.executable or "python")
