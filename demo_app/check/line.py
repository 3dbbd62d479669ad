"""What of a ``Set-Cookie`` line stays from run to run."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from ..cookies import SetCookie
from ..cookies.dates import read_age, read_date
from ..cookies.line import ATTRIBUTES
from ..cookies.rules import LONGEST_ATTRIBUTE
from .value import form

#: What is taken for the same lifetime: an app takes the time before the server writes it into the answer.
TOLERANCE = timedelta(seconds=5)

# Browsers keep no cookie longer (RFC 6265bis, section 5.5). What ends later is meant to stay.
_LONGEST = timedelta(days=400)

_FLAGS = ("HttpOnly", "Secure", "Partitioned")
_WORDS = ("SameSite", "Priority")
_DURATION = re.compile(r"(?:(\d+) days?)? ?(?:(\d+):(\d\d):(\d\d))?")


def deletes(cookie: SetCookie, now: datetime) -> bool:
    """Whether the line deletes the cookie, whichever way it says so: ``Max-Age`` goes before ``Expires``."""
    attributes = cookie.attributes
    age = _age(attributes.get("Max-Age", ""))
    if age is not None:
        return age <= timedelta(0)
    date = read_date(attributes.get("Expires", ""))
    return date is not None and date <= now


def lasting(
    cookie: SetCookie, now: datetime, relation: str, pattern: re.Pattern[str] | None, hide: Callable[[str], str]
) -> str:
    """The line with the form of its value, ``relation`` behind it, and how far away its date is.

    Attributes are in the spelling and the order of their standards. Of a deletion, the value and the date are left out:
    there are many ways to write it.

    :param now: When it was answered.
    :param pattern: What the value has to match, in place of its form and its relation.
    :param hide: What takes out of a text whatever belongs into no file.
    """
    is_over = deletes(cookie, now)
    if is_over:
        value = "<deleted>"
    elif pattern:
        value = f"<{'as' if pattern.fullmatch(cookie.value) else 'NOT as'} {pattern.pattern}>".replace(";", r"\x3b")
    else:
        value = f"{form(cookie.value)} ({relation})"
    parts = [f"{hide(cookie.name)}={value}"]
    attributes = cookie.attributes
    known = [name for name in ATTRIBUTES if name in attributes]
    for name in (*known, *sorted({*attributes} - {*known})):
        if is_over and name in ("Expires", "Max-Age"):
            continue
        parts.append(_attribute(name, attributes[name], now, hide))
    return "; ".join(parts)


def _attribute(name: str, value: str, now: datetime, hide: Callable[[str], str]) -> str:
    if name in _FLAGS:
        return name
    if name == "Expires":
        return f"Expires=<{_how_far(read_date(value), now)}>"
    if name == "Max-Age":
        age = _age(value)
        return f"Max-Age={value if age is None else int(age.total_seconds())}"
    if name in _WORDS:
        return f"{name}={value.capitalize()}"
    if name == "Domain":
        value = value.lower().removeprefix(".")  # no difference to a browser (RFC 6265bis, section 5.6.3)
    return hide(f"{name}={value}" if value else name)


def _age(value: str) -> timedelta | None:
    """``Max-Age``; nothing of one so long that browsers ignore it (RFC 6265bis, section 5.6)."""
    return read_age(value) if len(value) <= LONGEST_ATTRIBUTE else None


def _how_far(date: datetime | None, now: datetime) -> str:
    """How far away a date is; a far one that does not move with the clock as it is."""
    if date is None:
        return "no date"
    left = date - now
    if left > _LONGEST and abs(_round(left, timedelta(days=1)) - left) > TOLERANCE:
        return f"{date:%Y-%m-%d %H:%M:%S}"
    minutes = _round(left, timedelta(minutes=1))
    left = minutes if minutes and abs(minutes - left) <= TOLERANCE else timedelta(seconds=round(left.total_seconds()))
    return str(left).replace(",", "").removesuffix(" 0:00:00")


def _round(time: timedelta, unit: timedelta) -> timedelta:
    return unit * round(time / unit)


def is_same_lifetime(one: str, other: str) -> bool:
    """Whether two recorded values of ``Expires`` or ``Max-Age`` are the same but for what clocks do."""
    lengths = [_length(text) for text in (one, other)]
    if lengths[0] is None or lengths[1] is None:
        return one == other
    is_far = min(lengths[0], lengths[1]) > _LONGEST  # ten years have two or three leap days
    return abs(lengths[0] - lengths[1]) <= (timedelta(days=2) if is_far else TOLERANCE)


def _length(text: str) -> timedelta | None:
    if text.isdecimal():
        return timedelta(seconds=int(text))
    found = _DURATION.fullmatch(text.strip("<>"))
    if found is None or not found[0]:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
