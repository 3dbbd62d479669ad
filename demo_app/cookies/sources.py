"""Where ``Set-Cookie`` lines come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .line import SetCookie
from .table import preformatted

if TYPE_CHECKING:
    from requests import Response


class SetCookies(list[SetCookie]):
    """The ``Set-Cookie`` lines of a response, one below the other."""

    def __repr__(self) -> str:
        return "\n".join(map(repr, self)) or "(no Set-Cookie header)"

    def _repr_html_(self) -> str:
        return preformatted(repr(self))


def set_cookies(response: Response) -> SetCookies:
    """Every ``Set-Cookie`` line of a response.

    ``response.headers["Set-Cookie"]`` of requests joins several lines with commas, and a date has a comma as well.
    """
    return SetCookies(SetCookie(line) for line in response.raw.headers.getlist("Set-Cookie"))
