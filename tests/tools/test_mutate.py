"""The mutation tester, on a module with one decision that its test does not hold."""

from __future__ import annotations

import json
import os
import signal

import pytest

from tests.tools import mutate
from tests.tools.mutants import mutants

MODULE = '''\
"""Prices."""


def price(age: int = 30) -> int:
    """What a ticket costs."""
    cents = 1000
    while cents > 500 and age < 18:
        cents -= 250
    return cents


'''
NAME = '''\
def name() -> str:
    """What is printed on it."""
    return "Ticket"
'''
TEST = """\
from ticket import price


def test_price():
    assert (price(), price(17), price(18)) == (1000, 500, 1000)
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    if os.name != "posix":
        pytest.skip("it forks processes")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "ticket.py").write_text(MODULE + NAME)
    (folder / "test_ticket.py").write_text(TEST)
    monkeypatch.chdir(folder)
    monkeypatch.setattr(mutate, "PATIENCE", 2)
    return folder


def test_it_finds_what_the_test_does_not_hold_and_ends_loops_that_do_not_end(folder, capsys):
    assert mutate.main(["ticket.py", "--tests", "test_ticket.py"]) == 1
    *survivors, last = capsys.readouterr().out.splitlines()
    assert survivors == [
        "ticket.py:4  def price(age: int=30) -> int: → def price(age: int=31) -> int:",
        "ticket.py:7  while cents > 500 and age < 18: → while cents > 501 and age < 18:",
        "ticket.py:14  return 'Ticket' → return None",
        "ticket.py:14  return 'Ticket' → return ''",
    ]
    assert last == "caught 12 of 16 (75.0 %; 95 %: 50.5 to 89.8 %)"
    assert (folder / "ticket.py").read_text() == MODULE + NAME
    assert sorted(path.name for path in folder.iterdir()) == ["test_ticket.py", "ticket.py"]


@pytest.mark.parametrize(
    "test",
    [
        pytest.param("def test():\n    assert ticket.name() == 'Ticket'", id="in a test"),
        pytest.param("def test():\n    assert NAME == 'Ticket'", id="once for all"),
        pytest.param("@pytest.mark.parametrize('name', [ticket.name()])\ndef test(name):\n    assert name == 'Ticket'",
                     id="in the name of a test"),
        pytest.param("@pytest.fixture(scope='module')\ndef name():\n    return ticket.name()\n\n"
                     "def test_1(name):\n    pass\n\ndef test(name):\n    assert name == 'Ticket'", id="in a fixture"),
        pytest.param("def test():\n    with ThreadPoolExecutor() as pool:\n"
                     "        assert pool.submit(ticket.name).result() == 'Ticket'", id="in a thread"),
        pytest.param("def test():\n    code = 'import ticket; print(ticket.name())'\n"
                     "    assert subprocess.check_output([sys.executable, '-c', code]) == b'Ticket\\n'",
                     id="in another process"),
    ],
)  # fmt: skip
def test_it_runs_what_reaches_a_line(folder, capsys, test):
    imports = "import subprocess, sys, ticket\nimport pytest\nfrom concurrent.futures import ThreadPoolExecutor\n"
    (folder / "test_ticket.py").write_text(f"{imports}\nNAME = ticket.name()\n\n{test}")
    (folder / "ticket.py").write_text(NAME)
    assert mutate.main(["ticket.py", "--tests", "test_ticket.py"]) == 0
    assert "caught 2 of 2" in capsys.readouterr().out


def test_it_goes_on_where_it_was(folder, tmp_path, capsys):
    results = tmp_path / "results"
    arguments = ["ticket.py", "--tests", "test_ticket.py", "--most", "3", "--results", str(results)]
    mutate.main(arguments)
    printed = capsys.readouterr().out
    of, part, *tried = results.read_text().splitlines(keepends=True)
    assert sorted(map(json.loads, tried)) == [
        ["mutant", 0, None],
        ["mutant", 1, "test_ticket.py"],
        ["mutant", 2, "test_ticket.py"],
    ]
    results.write_text("".join((of, part, '["mutant", 0, "as it was"]\n')))
    mutate.main(arguments)
    assert capsys.readouterr().out != printed
    assert len(results.read_text().splitlines()) == 5
    mutate.main(arguments)
    assert len(results.read_text().splitlines()) == 5
    (folder / "test_ticket.py").write_text(TEST + "\n")
    with pytest.raises(SystemExit, match="are of other code, tests or mutants. Name another file"):
        mutate.main(arguments)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_somebody_ends_catches_nothing(folder, tmp_path, number):
    results = tmp_path / "results"
    ended = f"def test():\n    if ticket.name() != 'Ticket':\n        os.kill(os.getpid(), {number})\n"
    (folder / "test_ticket.py").write_text("import os, ticket\n\n" + ended)
    with pytest.raises(
        SystemExit, match=f"Something ended the run of test_ticket.py .-{number}., and nothing is known"
    ):
        mutate.main(["ticket.py", "--tests", "test_ticket.py", "--workers", "1", "--results", str(results)])
    assert '"mutant", 14, ' not in results.read_text()


def test_what_is_changed_and_what_is_not():
    source = '''
"""A docstring."""
if TYPE_CHECKING:
    from flask import Flask

def check(text: str | None, most: "int") -> "str":
    log.debug("checked")
    if not text or most is None:
        raise ValueError("a message")
    while True:
        return
    return text

class Checked:
    def __repr__(self):
        return "Checked"
'''
    assert [(mutant.line, mutant.before, mutant.after) for mutant in mutants("check.py", source)] == [
        (8, "if not text or most is None:", "if not text and most is None:"),
        (8, "if not text or most is None:", "if not (not text or most is None):"),
        (8, "if not text or most is None:", "if text or most is None:"),
        (8, "if not text or most is None:", "if not text or most is not None:"),
        (9, "raise ValueError('a message')", "pass"),
        (10, "while True:", "while False:"),
        (11, "return", "pass"),
        (12, "return text", "return None"),
    ]
