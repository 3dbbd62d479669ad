"""Whose a domain is, by the Public Suffix List: the names below which anybody can register one (https://publicsuffix.org).

No rule says that ``example.com`` is somebody's and ``co.uk`` and ``github.io`` are not: browsers carry this list.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

#: Names come and go: an older list than this is worth a remark.
OLD = timedelta(days=366)


@lru_cache(maxsize=1024)
def registrable_domain(host: str) -> str:
    """The public suffix of a name and one label more; the whole name if it is a public suffix itself."""
    name = host.removesuffix(".")
    return (_load()[0].privatesuffix(name) or name) + host[len(name) :]


@lru_cache(maxsize=1024)
def is_public_suffix(domain: str) -> bool:
    return _load()[0].privatesuffix(domain.removesuffix(".")) is None


def remark_on_age() -> str:
    """What to say of an answer that the list has decided: nothing, unless the list is more than a year old."""
    day = _load()[1]
    if date.today() - day <= OLD:
        return ""
    return f" (The Public Suffix List that says so is of {day}: pip install --upgrade publicsuffixlist.)"


@cache
def _load() -> tuple[PublicSuffixList, date]:
    """The list, and the day of its data. Takes a moment, and nobody needs it who asks about one host alone."""
    from publicsuffixlist import PSLFILE, PublicSuffixList

    with open(PSLFILE, encoding="utf-8") as file:
        text = file.read()
    version = re.search(r"^// VERSION: (\d{4}-\d\d-\d\d)", text, re.MULTILINE)
    assert version is not None  # the list has had this line since 2024, the oldest package allowed here is younger
    return PublicSuffixList(text), date.fromisoformat(version[1])
