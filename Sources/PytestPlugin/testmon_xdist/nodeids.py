"""What the node id of a test tells, which is its name for testmon."""


def file_of(test):
    return test.partition("::")[0]


def parents_of(test):
    """The file of a test, and its classes."""
    parts = test.split("::")
    return ["::".join(parts[:length]) for length in range(1, len(parts))]
