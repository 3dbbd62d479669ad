"""What a browser ignores in a ``Set-Cookie`` line, and what was probably meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence

from .dates import read_age, read_date
from .line import ATTRIBUTES, SPELLINGS, SetCookie
from .rules import LONGEST_ATTRIBUTE, Reason, octets

_SECTION = "RFC 6265bis, 5.6"
_WORDS = {
    "samesite": (("Strict", "Lax", "None"), f"{_SECTION}.7"),
    "priority": (("Low", "Medium", "High"), "Chromium"),
}
_FLAGS = ("httponly", "secure", "partitioned")
_UNITS = {"s": 1, "m": 60, "h": 60 * 60, "d": 24 * 60 * 60}
#: What looks like the beginning of another cookie. (A date has a comma too, and no such thing behind it.)
_ANOTHER = re.compile(r", *([!#$%&'*+.^_`|~\w-]+)=[^,;]*")
_AGE = re.compile("([0-9]{1,6}) ?(s|seconds?|m|min|minutes?|h|hours?|d|days?)", re.IGNORECASE)


def ignored_words(line: SetCookie) -> Iterator[Reason]:
    """The parts of a line that mean nothing to a browser, with the nearest right ones. They do not harm the others."""
    is_joined = "," in line.line and _ANOTHER.search(line.line) is not None
    for said in (line.value, *map("=".join, line.parts)) if is_joined else ():
        for found in _ANOTHER.finditer(said):
            because = f"{found[1]}=…: a comma begins no other cookie. Each has a Set-Cookie header of its own."
            yield Reason(because, "RFC 6265bis, 3")
    counting = {name.lower(): number for number, (name, value) in enumerate(line.parts) if _is_short(value)}
    for number, (name, value) in enumerate(line.parts):
        said = f"{name}={value}" if value else name
        if is_joined:
            said = _ANOTHER.sub(r", \1=…", said)  # the value of the other cookie may be a secret
        key = name.lower()
        if not said:
            continue  # a semicolon at the end, or two in a row
        if key not in SPELLINGS:
            yield Reason(f"{said}: there is no such attribute.{_near(name, ATTRIBUTES)}", _SECTION)
        elif not _is_short(value):
            yield Reason(f"{SPELLINGS[key]}: its value has more than {LONGEST_ATTRIBUTE:,} octets.", _SECTION)
        elif counting[key] != number:
            yield Reason(f"{said}: the last {SPELLINGS[key]} counts.", _SECTION)
        else:
            yield from _of_value(key, said, value)


def _is_short(value: str) -> bool:
    return octets(value) <= LONGEST_ATTRIBUTE


def _of_value(key: str, said: str, value: str) -> Iterator[Reason]:
    if key == "expires" and value and read_date(value) is None:
        form = "Expires=Thu, 31 Dec 2037 23:59:59 GMT"
        yield Reason(f"{said}: that is no date. It is written {form}, for example.", f"{_SECTION}.1")
    elif key == "max-age" and read_age(value) is None:
        yield Reason(f"{said}: it takes seconds, in digits alone.{_in_seconds(value)}", f"{_SECTION}.2")
    elif key == "path" and not value.startswith("/"):
        hint = f" Did you mean Path=/{said.partition('=')[2]}?" if value else ""
        yield Reason(f"{said}: a path begins with /.{hint}", f"{_SECTION}.4")
    elif key in _WORDS:
        words, section = _WORDS[key]
        if value.lower() not in map(str.lower, words):
            yield Reason(f"{said}: it is one of {', '.join(words)}.{_near(value, words)}", section)
    elif key in _FLAGS and value:
        yield Reason(f"{said}: the value means nothing, the word alone counts.", _SECTION)


def _near(word: str, words: Sequence[str]) -> str:
    small = {re.sub("[^a-z]", "", known.lower()): known for known in words}
    found = difflib.get_close_matches(re.sub("[^a-z]", "", word.lower()), small, 1)
    return f" Did you mean {small[found[0]]}?" if found else ""


def _in_seconds(age: str) -> str:
    """What a number with a unit comes to."""
    found = _AGE.fullmatch(age)
    return f" Did you mean Max-Age={int(found[1]) * _UNITS[found[2][0].lower()]}?" if found else ""
