"""What beginners type, in words: a value that is none, a name that is not there, an error of Python's."""

from __future__ import annotations

import builtins
import difflib
import keyword
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any

from requests.exceptions import JSONDecodeError, MissingSchema

#: How other languages write what Python writes in its own way.
_ELSEWHERE = {
    "true": "True",
    "TRUE": "True",
    "false": "False",
    "FALSE": "False",
    "null": "None",
    "NULL": "None",
    "none": "None",
    "undefined": "None",
}

#: What the set-up cells import, besides what shows something.
SET_UP = {
    "requests": "import requests",
    **{
        name: f"from demo_app import {name}"
        for name in (
            "CookieOptions",
            "ExpressSessionInterface",
            "MemoryStore",
            "SessionOptions",
            "TracedStore",
            "create_app",
            "reverse_proxy",
            "serve",
        )
    },
}

_LONGEST = 100


def shown(value: object) -> str:
    """The value for a sentence: as Python writes it, and no longer than a line."""
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if callable(value) and hasattr(value, "__name__"):
        return f"the function {value.__name__}"
    try:
        text = repr(value)
    except Exception:  # a class of the learner's own
        text = f"an object of type {type(value).__name__}"
    return _cut(text)


def explained(error: BaseException, answer: Callable[..., Any]) -> str:
    """What an error in the learner's function says, and what to do where the cause is known."""
    if type(error) is NameError and error.name:
        return _unknown(error.name, getattr(answer, "__globals__", {}))
    text = _cut(f"{type(error).__name__}: {error}", 4 * _LONGEST)
    if isinstance(error, MissingSchema) and "{" in text:
        return "The address still has its braces. They are filled in if an f stands before the quotes."
    if isinstance(error, JSONDecodeError):
        return f"{text}. What came back is no JSON: look at its address."
    return text


def passed_through(answer: FunctionType, error: BaseException) -> bool:
    """Whether the error comes from the cell of the learner's function, or from what that has called."""
    step = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == answer.__code__.co_filename:
            return True
        step = step.tb_next
    return False


def _cut(text: str, longest: int = _LONGEST) -> str:
    return text if len(text) <= longest else f"{text[: longest - 20]}… ({len(text)} characters)"


def _unknown(name: str, known: Mapping[str, object]) -> str:
    """What to do about a name that is not there."""
    if name in _ELSEWHERE:
        return f"There is no {name} in Python: it is written {_ELSEWHERE[name]}."
    if name in SET_UP and "serve" not in known:  # which each of them imports
        return (
            f"{name} is not there: in this kernel the set-up cell has not been run. Run the cells above first "
            "(in the menu: Run › Run All Above Selected Cell), then this one again."
        )
    if name in SET_UP:
        return f"{name} is not imported. Write above the function: {SET_UP[name]}"
    near = difflib.get_close_matches(name, [*known, *dir(builtins), *keyword.kwlist], n=1, cutoff=0.85)
    if near:
        return f"There is no {name}. Did you mean {near[0]}?"
    return f'There is no {name}: nothing has been given that name. If it is text, it stands in quotes: "{name}".'
