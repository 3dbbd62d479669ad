"""Exercises that are checked by what the learner's code does."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from html import escape
from types import CodeType, FunctionType
from typing import Any, Literal, NamedTuple

from ..cookies.table import preformatted
from .mistakes import explained, passed_through, shown

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


class Exercise:
    """One exercise.

    :param check: Gets the learner's function, tries out what it makes, and returns a sentence about what it found;
        raises :exc:`Wrong` with such a sentence if that is not yet right. It calls the function in the thread it is
        called in itself, so that the stop button ends a loop in it.
    :param hints: Each gives a little more than the one before.
    """

    def __init__(self, check: Callable[[Callable[..., Any]], str], hints: Sequence[str]) -> None:
        self._check = check
        self._hints = tuple(hints)
        self._given = 0

    def check(self, answer: Callable[..., Any]) -> Verdict:
        """Try out the learner's function. Whatever it does, the notebook goes on."""
        if not isinstance(answer, FunctionType):
            advice = "Hand in the function of this cell: its name, without brackets."
            return Verdict("wrong", f"check() takes the function itself, and got {shown(answer)}. {advice}")
        if _has_blank(answer.__code__):
            return Verdict("untried", f"Replace {_BLANK} in the function above, then run its cell again.")
        try:
            return Verdict("right", self._check(_plain_function(answer)))
        except Wrong as found:
            return Verdict("wrong", str(found))
        except KeyboardInterrupt:
            return Verdict("wrong", "It was stopped before it came to an end. Is there a loop that never ends?")
        except BaseException as error:  # the learner's code may raise anything, and a traceback helps no beginner
            if passed_through(answer, error):
                return Verdict("raised", explained(error, answer))
            return Verdict("wrong", f"What the function made cannot be tried out. {explained(error, answer)}")

    def hint(self) -> _Text:
        """The next hint; after the last one, the last one again."""
        self._given = min(self._given + 1, len(self._hints))
        again = "" if self._given == len(self._hints) else " (run the cell again for the next)"
        return _Text(f"Hint {self._given} of {len(self._hints)}{again}: {self._hints[self._given - 1]}")


class _Text(str):
    """Text that a notebook shows without quotes, and wraps between words."""

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return preformatted(self)


def _has_blank(code: CodeType) -> bool:
    return _BLANK in code.co_names or any(_has_blank(part) for part in code.co_consts if isinstance(part, CodeType))


def _plain_function(answer: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which has to take what it is called with, and to return something at once."""

    def call(*given: Any) -> Any:
        if inspect.iscoroutinefunction(answer):
            raise Wrong("The function begins with async def. Write def.")
        if inspect.isgeneratorfunction(answer):
            raise Wrong("The function says yield. Write return.")
        signature = inspect.signature(answer)
        try:
            signature.bind(*given)
        except TypeError:
            takes = ", ".join(signature.parameters) or "nothing"
            values = {0: "nothing", 1: "one value"}.get(len(given), f"{len(given)} values")
            raise Wrong(
                f"The function takes {takes}, and is called with {values}. Leave its first line as it was."
            ) from None
        return answer(*given)

    return call
