"""Text: names of tests, and what may be shown."""
import json


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


def file_of(test):
    return test.split("::", 1)[0]


def parents_of(test):
    """The file of a test, and its classes."""
    parts = test.split("::")
    return ["::".join(parts[:length]) for length in range(1, len(parts))]
