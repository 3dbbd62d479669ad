"""When a cookie ends: ``Expires`` and ``Max-Age`` as a browser reads them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from functools import lru_cache

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

# What stands between the parts of a date (RFC 6265bis, section 5.1.1). A colon is none: it holds a time together.
_PART = re.compile(r"[^\t !-/;-@\[-`{-~]+")
_TIME = re.compile(r"[0-9]+:[0-9]+:[0-9]+")

# As servers write them: today, with a year of two digits or with hyphens, and as C's asctime() does.
_USUAL = (
    re.compile(r"[A-Z][a-z]+, [0-9]{2}([ -])[A-Z][a-z]{2}\1([0-9]{2}|[0-9]{4}) [0-9]{2}:[0-9]{2}:[0-9]{2} GMT"),
    re.compile(r"[A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2} [0-9]{4}"),
)

# In seconds. Longer than any lifetime that counts; what is more may not fit into a timedelta.
_LONGEST_AGE = 10**10


@lru_cache(maxsize=64)  # a line is asked for its date more than once
def read_date(text: str) -> datetime | None:
    """The date that a browser finds in the value of ``Expires``, in UTC; ``None`` if it finds none.

    It knows no format. The first part that can be a time is the time; so with the day of the month, the month and the
    year, whatever stands between, before and behind them. Weekdays and time zones are not looked at (RFC 6265bis,
    section 5.1.1). As Chromium does it, which differs from the RFC in two ways: what is a number has nothing but digits
    (``1st`` is no day), and years have up to five digits and may lie before 1601.
    """
    time = day = month = year = None
    for part in _PART.findall(text):
        if _TIME.fullmatch(part):
            time = time or part
        elif not re.fullmatch("[0-9]+", part):
            month = month or _month(part)
        elif day is None and len(part) <= 2:
            day = int(part)
        elif year is None and len(part) <= 5:
            year = int(part)
    if time is None or day is None or month is None or year is None:
        return None
    if year < 100:
        year += 2000 if year < 70 else 1900
    if year > datetime.max.year:
        year = 9600 + year % 400  # the calendar repeats itself; so far away, the year itself makes no difference
    try:
        hour, minute, second = map(int, time.split(":"))
        return datetime(year, month, day, hour, minute, second, tzinfo=timezone.utc)
    except (ValueError, OverflowError):  # there is no such day, or no such time
        return None


def _month(word: str) -> int | None:
    """The number of the month with whose name a word begins."""
    start = word[:3].lower()
    return _MONTHS.index(start) + 1 if start in _MONTHS else None


def is_usual_date(text: str) -> bool:
    """Whether it is a date in one of the three forms of HTTP, which all read alike (RFC 9110, section 5.6.7)."""
    return any(form.fullmatch(text) for form in _USUAL) and read_date(text) is not None


def read_age(text: str, by_first_sign: bool = False) -> timedelta | None:
    """How long ``Max-Age`` lets a cookie live; ``None`` if a browser ignores it.

    Digits alone, a sign before them, in seconds; nothing or less deletes the cookie (RFC 6265bis, section 5.6.2). The
    plus is Chromium's: the RFC does not know it; nor that behind a number of more than 64 bits anything may stand. What
    is longer than any lifetime that counts is shortened.

    :param by_first_sign: As Firefox does it: no plus, and after a minus it looks no further.
    """
    if by_first_sign and text.startswith("-"):
        return timedelta(0)
    found = re.match("[0-9]+" if by_first_sign else "[+-]?[0-9]+", text)
    if found is None or (found[0] != text and abs(int(found[0])) < 2**63):
        return None
    return timedelta(seconds=max(0, min(int(found[0]), _LONGEST_AGE)))
