"""Spellings of dates and ages, and what browsers make of each. ``tests/browser`` asks it again."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import NamedTuple


class Spelling(NamedTuple):
    """A value of ``Expires``, and the date that it means."""

    text: str
    date: datetime | None


#: ``%Y`` in a spelling, and ``%y`` its last two digits: browsers shorten lifetimes to 400 days, so it has to be near.
NEXT_YEAR = datetime.now(timezone.utc).year + 1

_DATES = {
    # the forms that servers send
    "Fri, 01 Jan %Y 00:00:00 GMT": "%Y-01-01 00:00:00",
    "Fri, 01-Jan-%Y 00:00:00 GMT": "%Y-01-01 00:00:00",
    "Friday, 01-Jan-%y 00:00:00 GMT": "%Y-01-01 00:00:00",
    "Fri Jan  1 00:00:00 %Y": "%Y-01-01 00:00:00",
    "Fri Jan 01 %Y 00:00:00 GMT+0100 (CET)": "%Y-01-01 00:00:00",
    "Fri, 01 Jan %Y 00:00:00 -0800": "%Y-01-01 00:00:00",
    "Fri, 01 Jan %Y 00:00:00 UTC": "%Y-01-01 00:00:00",
    '"Fri, 01 Jan %Y 00:00:00 GMT"': "%Y-01-01 00:00:00",
    "January 1, %Y 10:00:00 AM": "%Y-01-01 10:00:00",
    "%Y-Jan-01 00:00:00": "%Y-01-01 00:00:00",
    "%Y-01-01 00:00:00": None,
    "%Y-01-01T00:00:00Z": None,
    "%Y-Jan-01T00:00:00Z": None,
    "01/01/%Y 00:00:00": None,
    "Fri, 01 Jan %Y": None,
    "1893456000": None,
    "tomorrow": None,
    "0": None,
    "": None,
    # what deletes
    "Thu, 01 Jan 1970 00:00:00 GMT": "1970-01-01 00:00:00",
    "Thu, 01-Jan-70 00:00:10 GMT": "1970-01-01 00:00:10",
    "Thu Jan  1 00:00:00 GMT 1970": "1970-01-01 00:00:00",
    "Thu, 1 Jan 1970 0:0:1 GMT": "1970-01-01 00:00:01",
    "Mon, 01 Jan 1601 00:00:01 GMT": "1601-01-01 00:00:01",
    "01 Foo 1970 00:00:00": None,
    # any order, between any signs
    "00:00:00 %Y Jan 1": "%Y-01-01 00:00:00",
    "1 %Y 00:00:00 Jan": "%Y-01-01 00:00:00",
    "1 %y Jan 00:00:00": "%Y-01-01 00:00:00",
    "1.Jan.%Y 0:0:0": "%Y-01-01 00:00:00",
    "1_Jan_%Y_0:0:0": "%Y-01-01 00:00:00",
    "[1] Jan \\%Y 0:0:0": "%Y-01-01 00:00:00",
    "{1|Jan}%Y^0:0:0~": "%Y-01-01 00:00:00",
    "@1 #Jan $%Y %0:0:0": "%Y-01-01 00:00:00",
    "&1 *Jan (%Y) +0:0:0": "%Y-01-01 00:00:00",
    "1!Jan?%Y <0:0:0>": "%Y-01-01 00:00:00",
    "1=Jan=%Y=0:0:0": "%Y-01-01 00:00:00",
    "1\xa0Jan %Y 0:0:0": None,
    "01Jan%Y 00:00:00": None,
    "01 Jan %Y 00.00.00": None,
    # the month: how a word begins
    "jAnUaRy 1 %Y 0:00:00": "%Y-01-01 00:00:00",
    "1 Janfoo %Y 00:00:00": "%Y-01-01 00:00:00",
    "Vendredi, 01 janvier %Y 00:00:00": "%Y-01-01 00:00:00",
    "1 Ja %Y 00:00:00": None,
    "1 xJan %Y 00:00:00": None,
    "Febrile 01 Jan %Y 00:00:00": "%Y-02-01 00:00:00",
    "01 Jan Feb %Y 00:00:00": "%Y-01-01 00:00:00",
    "01 ene %Y 00:00:00": None,
    # the day
    "1st Jan %Y 00:00:00": None,
    "Jan, 1st %Y 00:00:00 1": "%Y-01-01 00:00:00",
    "01x Jan %Y 00:00:00": None,
    "001 Jan %Y 00:00:00": None,
    "0 Jan %Y 00:00:00": None,
    "32 Jan %Y 00:00:00": None,
    "32 1 Jan %Y 00:00:00": None,
    "31 Apr %Y 00:00:00": None,
    "30 Feb %Y 00:00:00": None,
    # the year
    "01 Jan 0%y 00:00:00": "%Y-01-01 00:00:00",
    "01 Jan 0%Y 00:00:00": "%Y-01-01 00:00:00",
    "01 Jan %Yx 00:00:00": None,
    "123456 1 Jan %Y 00:00:00": "%Y-01-01 00:00:00",
    "1 Jan 123456 00:00:00": None,
    "1 5 Jan %Y 00:00:00": "2005-01-01 00:00:00",
    "1 Jan 0 00:00:00": "2000-01-01 00:00:00",
    "1 Jan 00002 00:00:00": "2002-01-01 00:00:00",
    "1 Jan 69 00:00:00": "2069-01-01 00:00:00",
    "1 Jan 70 00:00:00": "1970-01-01 00:00:00",
    "1 Jan 99 00:00:00": "1999-01-01 00:00:00",
    "1 Jan 100 00:00:00": "0100-01-01 00:00:00",
    "1 Jan 1600 00:00:00": "1600-01-01 00:00:00",
    "29 Feb 1900 00:00:00": None,
    "31 Dec 9999 23:59:59": "9999-12-31 23:59:59",
    "29 Feb 10000 00:00:00": "9600-02-29 00:00:00",  # far enough
    "29 Feb 10001 00:00:00": None,
    "31 Feb 99999 00:00:00": None,
    # the time
    "1 Jan %Y 1:2:3": "%Y-01-01 01:02:03",
    "1 Jan %Y 000:00:0007": "%Y-01-01 00:00:07",
    "1 Jan %Y 12:00:00 PM": "%Y-01-01 12:00:00",
    "1 Jan %Y 12:00 PM": None,
    "1 Jan %Y 12:00": None,
    "12:00 1 Jan %Y 1:2:3": "%Y-01-01 01:02:03",
    "1 Jan %Y 00:00:00.000": "%Y-01-01 00:00:00",
    "1 Jan %Y 00:00:00GMT": None,
    "1 Jan %Y 1:2:3:4": None,
    "1:2:3:4 1 Jan %Y 5:6:7": "%Y-01-01 05:06:07",
    "1 Jan %Y 1::3": None,
    "1 Jan %Y 00 :00:00": None,
    "1 Jan %Y 01:00:00 02:00:00": "%Y-01-01 01:00:00",
    "1 Jan %Y 24:00:00": None,
    "1 Jan %Y 25:00:00 01:00:00": None,
    "1 Jan %Y 23:60:00": None,
    "1 Jan %Y 23:59:60": None,
    "1 Jan %Y 99999999999999999999:0:0": None,
}


def _of_next_year(text: str) -> str:
    return text.replace("%Y", str(NEXT_YEAR)).replace("%y", str(NEXT_YEAR)[2:])


DATES = [
    Spelling(_of_next_year(text), date and datetime.fromisoformat(f"{_of_next_year(date)}+00:00"))
    for text, date in _DATES.items()
]

#: Values of ``Max-Age``, and the seconds that they mean; ``None`` for one that is ignored.
AGES = {
    "86400": 86400,
    "+86400": 86400,
    "0086400": 86400,
    "0": 0,
    "-0": 0,
    "-86400": 0,
    "-" + "9" * 30: 0,
    "9" * 10: 9_999_999_999,
    "9" * 30: 10**10,
    "9" * 30 + "abc": 10**10,
    "-" + "9" * 30 + "abc": 0,
    "9223372036854775808.": 10**10,
    "": None,
    "+": None,
    "-": None,
    "--5": None,
    "-1h": None,
    "+-5": None,
    "1h": None,
    "1 day": None,
    "60 60": None,
    "60,": None,
    "1.5": None,
    "0.0": None,
    "1e3": None,
    "0x10": None,
    "1_000": None,
    '"60"': None,
    "\xb2": None,
    "soon": None,
}

#: What Firefox makes of some of them instead. (Its dates are its own, but for the usual forms.)
FIREFOX_AGES = {**AGES, "+86400": None, "-": 0, "--5": 0, "-1h": 0}
