"""How many cookies a site may have, and which ones leave when it has more.

RFC 6265bis asks for fifty at least (section 6.1) and leaves the rest to the browser. Chromium and Firefox have the same
number, and choose otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence

from .clients import Browser
from .rules import Cookie, Reason, octets

#: The cookies that a site may have; with one more, it is brought down to ``_LEFT``.
MOST, _LEFT = 180, 150

#: Octets of the names and values that a site may have for the pages of one other site (``Partitioned``).
_MOST_OCTETS = 10 * 1024

TOO_MANY = Reason(
    f"A site has {MOST} cookies at most. The oldest leave first, and before them those without Secure. In Chromium "
    f"also those of low Priority, and a partition has {_MOST_OCTETS:,} octets at most.",
    "RFC 6265bis, 6.1",
)

# Which priority has to give, round by round, and whether its Secure cookies have to.
_ROUNDS = (("Low", False), ("Low", True), ("Medium", False), ("High", False), ("Medium", True), ("High", True))

# How many cookies of a priority stay, whatever else has to leave.
_STAY = {"Low": 30, "Medium": 50, "High": 70}


def too_many(cookies: Sequence[Cookie], partitioned: bool, browser: Browser) -> list[Cookie]:
    """Which of the cookies of a site, the oldest first, have to leave. It may be the last one itself."""
    if browser.knows_no_priority:
        return _beyond_number_of_any(cookies)
    return _beyond_octets(cookies) if partitioned else _beyond_number(cookies)


def _beyond_number_of_any(cookies: Sequence[Cookie]) -> list[Cookie]:
    """As Firefox does it: if there is one without Secure, none with it leaves, though there stay too many."""
    if len(cookies) <= MOST:
        return []
    *others, new = cookies
    weak = [cookie for cookie in others if not cookie.secure] or (others if new.secure else [new])
    return weak[: len(cookies) - _LEFT]


def _beyond_number(cookies: Sequence[Cookie]) -> list[Cookie]:
    staying = list(cookies)
    if len(cookies) > MOST:
        for priority, secure_too in _ROUNDS:
            mine = [cookie for cookie in staying if cookie.priority == priority]
            weak = [cookie for cookie in mine if secure_too or not cookie.secure]
            # The Secure ones that this round spares count among those that stay.
            number = len(mine) - max(_STAY[priority], len(mine) - len(weak))
            for cookie in weak[: max(0, min(number, len(staying) - _LEFT))]:
                staying.remove(cookie)
    return [cookie for cookie in cookies if cookie not in staying]


def _beyond_octets(cookies: Sequence[Cookie]) -> list[Cookie]:
    first, total = max(0, len(cookies) - MOST), sum(octets(cookie.name + cookie.value) for cookie in cookies)
    for number, cookie in enumerate(cookies):
        if number >= first and total <= _MOST_OCTETS:
            return [*cookies[:number]]
        total -= octets(cookie.name + cookie.value)
    return [*cookies]
