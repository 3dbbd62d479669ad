"""Exercises that are checked by what the learner's code does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from types import CodeType
from typing import Any, Literal, NamedTuple

from flask import Flask

from ..serving import Server
from ..session import ExpressSessionInterface, SessionOptions
from ..session.stores import InspectableStore, inspectable

_BLANK = "____"

_HEADLINES = {
    "untried": "○ Not tried yet.",
    "wrong": "✗ Not yet right.",
    "right": "✓ Right.",
    "raised": "! Your code raised an error.",
}


class Verdict(NamedTuple):
    """What a check found."""

    kind: Literal["untried", "wrong", "right", "raised"]
    message: str

    def __repr__(self) -> str:
        return f"{_HEADLINES[self.kind]} {self.message}"

    def _repr_html_(self) -> str:
        return f"<p><b>{_HEADLINES[self.kind]}</b> {escape(self.message)}</p>"


class Wrong(Exception):
    """Raised by a check that found something not yet right. Its text says what was found."""


def returned_options(made: object) -> SessionOptions:
    """What the learner's function returned, if it is options."""
    if not isinstance(made, SessionOptions):
        raise Wrong(f"The function returned {made!r}. It has to return SessionOptions(…).")
    return made


def store_of(server: Server) -> InspectableStore:
    """Where the sessions of a server of the demo app end up."""
    assert isinstance(server.app, Flask)
    assert isinstance(server.app.session_interface, ExpressSessionInterface)
    return inspectable(server.app.session_interface.store)


class Exercise:
    """One exercise.

    :param check: Gets the learner's function, tries out what it makes, and returns a sentence about what it found;
        raises :exc:`Wrong` with such a sentence if that is not yet right.
    :param hints: Each gives a little more than the one before.
    """

    def __init__(self, check: Callable[[Callable[..., Any]], str], hints: Sequence[str]) -> None:
        self._check = check
        self._hints = tuple(hints)
        self._given = 0

    def check(self, answer: Callable[..., Any]) -> Verdict:
        """Try out the learner's function. Whatever it does, the notebook goes on."""
        if not callable(answer):
            return Verdict("wrong", f"check() takes the function itself, and got {answer!r}. Leave out its brackets.")
        if _has_blank(answer.__code__):
            return Verdict("untried", f"Replace {_BLANK} in the function above, then run its cell again.")
        try:
            return Verdict("right", self._check(answer))
        except Wrong as found:
            return Verdict("wrong", str(found))
        except Exception as error:  # the learner's code may raise anything, and a traceback helps no beginner
            return Verdict("raised", f"{type(error).__name__}: {error}")

    def hint(self) -> str:
        """The next hint; after the last one, the last one again."""
        self._given = min(self._given + 1, len(self._hints))
        return _Text(f"Hint {self._given} of {len(self._hints)}: {self._hints[self._given - 1]}")


class _Text(str):
    """Text that a notebook shows without quotes."""

    def __repr__(self) -> str:
        return str(self)


def _has_blank(code: CodeType) -> bool:
    return _BLANK in code.co_names or any(_has_blank(part) for part in code.co_consts if isinstance(part, CodeType))
