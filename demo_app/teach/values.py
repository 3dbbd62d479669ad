"""What differs from run to run: which value of a new run stands for which stored one.

``sanitize.cfg`` has the rules by which nbval makes two runs comparable. To them, an id that is no longer renewed looks
like any other id. Here the values themselves are followed through a notebook: where one stands a second time, the same
one has to be stored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import chain, repeat
from pathlib import Path
from typing import NamedTuple, TypeVar
from urllib.parse import quote, unquote

from nbformat import NotebookNode
from nbval.plugin import get_sanitize_patterns

RULES: list[tuple[str, str]] = get_sanitize_patterns(
    (Path(__file__).parent / "sanitize.cfg").read_text(encoding="ascii")
)
_VALUE = re.compile("|".join(f"({regex})" for regex, _ in RULES))
#: What nobody can guess: two that are equal are the same one. Two servers may come by one port, and two dates agree.
_UNGUESSABLE = {"<id>": "id", "<signature>": "signature", "<secret>": "secret in the address"}


class Part(NamedTuple):
    """A word of a text, or a value that differs from run to run."""

    text: str
    #: What the rules put in its place; for a word, the word.
    shape: str

    @property
    def is_value(self) -> bool:
        return self.text != self.shape


class Values:
    """The values of a new run of a notebook, and the stored ones that they stand for.

    :param own: What the author has written. The values in it are the same in each run.
    """

    def __init__(self, own: str = "") -> None:
        self._own = {unquote(part.text) for part in _parts(own) if part.is_value}
        self._stored: dict[str, str] = {}
        # Where each stored value that nobody can guess has come first.
        self._places: dict[str, str] = {}
        self._told: set[tuple[str, str]] = set()

    def compare(self, place: str, stored: str, now: str) -> list[str]:
        """Learn the values of a text; say of each that is not the one it was whose it is. Each is told of once.

        Lines that say something else now are left out.

        :param place: What the sentences call this text, such as ``cell 3``.
        """
        said: list[str] = []
        for same, before, after in _blocks(_lines(stored), _lines(now), _shape_of):
            for was, line in zip(before, after, strict=same) if same else ():
                # The signature of another id is another one, too: that is no news.
                said += list(self._compare_line(place, was, line))[:1]
        return said

    def _compare_line(self, place: str, before: Sequence[Part], after: Sequence[Part]) -> Iterator[str]:
        for was, part in zip(before, after, strict=True):
            old, new = unquote(was.text), unquote(part.text)
            if not part.is_value or new in self._own:
                continue
            if part.shape not in _UNGUESSABLE:
                self._stored.setdefault(new, old)
            elif not self._is_now(new, old, place) and (old, new) not in self._told:
                self._told.add((old, new))
                line = "".join(part.shape for part in after).strip()
                is_, was_ = (self._name(each, place) for each in (self._stored.get(new), old))
                yield f"the {_UNGUESSABLE[part.shape]} is {is_}, where {was_} is stored: {line}"

    def _is_now(self, new: str, old: str, place: str) -> bool:
        """Whether ``new`` stands for ``old``; from here on, if neither has come before."""
        if new not in self._stored and old not in self._places:
            self._stored[new], self._places[old] = old, place
        return self._stored.get(new) == old

    def _name(self, stored: str | None, place: str) -> str:
        first = self._places.get(stored or "")
        return "a new one" if first is None else "one from above" if first == place else f"that of {first}"

    def translate(self, stored: str, now: str) -> str:
        """The new text, with the stored values in the places of those that stand for them."""
        text = ""
        for was, part in _aligned(stored, now):
            value = unquote(part.text)
            if not part.is_value or value in self._own:
                text += part.text
            elif part.shape in _UNGUESSABLE:
                if was is not None:
                    self._is_now(value, unquote(was.text), "")
                value = self._stored.get(value, value)
                # Behind the id in a header, a signature is written for addresses.
                text += quote(value, safe="") if text[-37:-33] == "s%3A" else value
            else:
                text += was.text if was is not None else self._stored.get(value, value)
        return text


def texts(outputs: Sequence[NotebookNode]) -> dict[tuple[int, str], str]:
    """The texts of a cell's outputs, by the output's number and the text's type; plain text comes before HTML."""
    return {
        (number, key): text
        for number, output in enumerate(outputs)
        for key, text in sorted({**output.get("data", {}), "text": output.get("text")}.items(), reverse=True)
        if isinstance(text, str)
    }


def sanitized(text: str) -> str:
    """The text as nbval compares it."""
    return _shape_of(_parts(text))


def _shape_of(parts: Iterable[Part]) -> str:
    return "".join(part.shape for part in parts)


def _parts(text: str) -> list[Part]:
    parts: list[Part] = []
    end = 0
    for match in _VALUE.finditer(text):
        parts += _words(text[end : match.start()])
        parts.append(Part(match[0], RULES[(match.lastindex or 0) - 1][1]))
        end = match.end()
    return parts + _words(text[end:])


def _words(text: str) -> list[Part]:
    return [Part(word, word) for word in re.findall(r"\w+|\W", text)]


def _lines(text: str) -> list[list[Part]]:
    lines: list[list[Part]] = [[]]
    for part in _parts(text):
        lines[-1].append(part)
        if part.text == "\n":
            lines.append([])
    return lines


_Item = TypeVar("_Item")


def _blocks(
    before: Sequence[_Item], after: Sequence[_Item], key: Callable[[_Item], str]
) -> Iterator[tuple[bool, Sequence[_Item], Sequence[_Item]]]:
    """Both from the beginning to the end, in pieces; whether a piece is the same in both, by this key."""
    keys = SequenceMatcher(None, list(map(key, before)), list(map(key, after)), autojunk=False)
    for what, i, j, k, m in keys.get_opcodes():
        yield what == "equal", before[i:j], after[k:m]


def _aligned(stored: str, now: str) -> Iterator[tuple[Part | None, Part]]:
    """Each part of the new text, with the one that stood there; ``None`` if there was none."""
    for same, *lines in _blocks(_lines(stored), _lines(now), _shape_of):
        before, after = (list(chain.from_iterable(each)) for each in lines)
        if same:
            yield from zip(before, after, strict=True)
        elif any(part.is_value for part in after):
            for alike, old, new in _blocks(before, after, lambda part: part.shape):
                yield from zip(old if alike else repeat(None), new, strict=False)
        else:
            yield from zip(repeat(None), after, strict=False)
