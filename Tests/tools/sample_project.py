"""The small project of the demonstration and the matrix: `add` and `mul`, a module and three tests each."""

CODE = """\
def {name}(a, b):
    return a {operator} b
"""
TESTS = """\
import pytest
from {name} import {name}


@pytest.mark.parametrize("a", range(3))
def test_{name}(a):
    assert {name}(a, 2) == a {operator} 2
"""


def write(folder):
    for name, operator in ("add", "+"), ("mul", "*"):
        (folder / (name + ".py")).write_text(CODE.format(name=name, operator=operator))
        (folder / "test_{}.py".format(name)).write_text(TESTS.format(name=name, operator=operator))
