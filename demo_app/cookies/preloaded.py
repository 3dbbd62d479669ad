"""Hosts that no browser asks over plain HTTP, because it has come with a list of them.

The list has more than a hundred thousand names (Chromium's net/http/transport_security_state_static.json; Firefox and
Safari make theirs of it). Here are its top-level domains, below which a host need not be on it. Chromium 156 was asked
about every top-level domain that there is.
"""

from __future__ import annotations

_NAMES = (
    "amazon android app audible azure bank bing boo channel chrome dad day dev eat esq fire fly foo "
    "fujitsu gle gmail google hangout hotmail imdb ing insurance kindle meet meme microsoft mov new "
    "nexus office page phd play prime prof rsvp search silk skype windows xbox xn--cckwcxetd "
    "xn--jlq480n2rg youtube zappos zip "
)
_DOMAINS = frozenset(_NAMES.split())


def is_preloaded(host: str) -> bool:
    """Whether a browser asks this host over HTTPS alone, whatever an address says, because of its last name."""
    return host.removesuffix(".").rpartition(".")[2] in _DOMAINS
