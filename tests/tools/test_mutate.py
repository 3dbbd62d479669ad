"""The mutation tester, on a module with one decision that its test does not hold."""

from __future__ import annotations

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
TEST = """\
from ticket import price


def test_price():
    assert (price(), price(17), price(18)) == (1000, 500, 1000)
"""


def test_it_finds_what_the_test_does_not_hold_and_ends_loops_that_do_not_end(tmp_path, monkeypatch, capsys):
    (tmp_path / "ticket.py").write_text(MODULE)
    (tmp_path / "test_ticket.py").write_text(TEST)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(mutate, "PATIENCE", 4)
    assert mutate.main(["ticket.py", "--tests", "test_ticket.py"]) == 1
    *survivors, last = capsys.readouterr().out.splitlines()
    assert survivors == [
        "ticket.py:4  def price(age: int=30) -> int: → def price(age: int=31) -> int:",
        "ticket.py:7  while cents > 500 and age < 18: → while cents > 501 and age < 18:",
    ]
    assert last == "caught 12 of 14 (85.7 %; 95 %: 60.1 to 96.0 %)"
    assert (tmp_path / "ticket.py").read_text() == MODULE
    assert sorted(path.name for path in tmp_path.iterdir()) == ["test_ticket.py", "ticket.py"]


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
