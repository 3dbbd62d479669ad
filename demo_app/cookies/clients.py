"""The browsers that the rules speak of: where RFC 6265bis leaves them a choice, and what each has chosen."""

from __future__ import annotations

from typing import NamedTuple


class Browser(NamedTuple):
    """A browser, with its setting for third parties: a row of the table of deviations."""

    #: As people call it.
    name: str
    #: Whether what a page loads from other sites has cookies (RFC 6265bis, section 7.1).
    third_party_cookies: bool


def chromium(third_party_cookies: bool) -> Browser:
    """Chromium, with or without cookies for third parties."""
    return Browser("Chromium", third_party_cookies)
