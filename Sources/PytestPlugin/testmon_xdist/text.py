"""Text that may be shown, or handed to the executable."""
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
