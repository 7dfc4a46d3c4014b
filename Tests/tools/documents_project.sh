# Makes the project that README.md and docs/ speak of, in the current folder.
mkdir -p tests/unit tests/api
printf '[pytest]\npythonpath = .\n' >pytest.ini
printf 'test:\n\tpytest --testmon\n' >Makefile
printf 'def add(a, b):\n    return a + b\n' >add.py
printf 'def mul(a, b):\n    return a * b\n' >mul.py
printf 'import pytest\nfrom add import add\n\n\n@pytest.mark.parametrize("a", range(3))\ndef test_add(a):\n    assert add(a, 2) == a + 2\n' >tests/unit/test_add.py
printf 'import pytest\nfrom mul import mul\n\n\n@pytest.mark.parametrize("a", range(3))\ndef test_mul(a):\n    assert mul(a, 2) == a * 2\n' >tests/api/test_mul.py
