"""Exercises of lesson 03."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import requests

from ...cookies.sources import set_cookies
from ...serving import serve
from ...session import CookieOptions, SessionOptions
from ..exercises import Exercise, Wrong
from ..trying import ask, returned_options, store_of, why_none


def _lifetime(options: SessionOptions) -> timedelta | None:
    """The lifetime of a session that a server with these options stores."""
    with serve(options) as server:
        ask(requests.Session(), server, "/api/visits")
        stored = [*store_of(server).all().values()]
    if not stored:
        raise Wrong("The session had ended before it could be read: its lifetime is shorter than a request takes.")
    milliseconds = stored[0].cookie.original_max_age
    return None if milliseconds is None else timedelta(milliseconds=milliseconds)


def _check_lifetime(options: SessionOptions, wanted: timedelta) -> None:
    if isinstance(options.cookie, CookieOptions) and options.cookie.expires is not None:
        raise Wrong("expires is one date for everybody, and whoever comes later gets less. max_age is a lifetime.")
    found = _lifetime(options)
    if found is None:
        raise Wrong("The cookie has no Expires: it ends with the browser session.")
    if found == wanted:
        return
    units = {
        wanted * 1000: " That is a thousand times too long: an int counts seconds, not milliseconds.",
        wanted / 60: " An int counts seconds, not minutes.",
        wanted * 60: " That is sixty times too long.",
        wanted * 60 * 24: " A timedelta counts days where no unit is named.",
    }
    raise Wrong(f"Sessions last {found}, and not {wanted}.{units.get(found, '')}")


def _check_half_an_hour(answer: Callable[[], object]) -> str:
    _check_lifetime(returned_options(answer()), timedelta(minutes=30))
    return "Sessions last 0:30:00."


half_an_hour = Exercise(
    _check_half_an_hour,
    hints=(
        "max_age is a timedelta, or an int of seconds.",
        "timedelta(hours=1) is one hour. What else can stand in its brackets?",
        "timedelta(minutes=…)",
    ),
)


def _check_idle_timeout(answer: Callable[[], object]) -> str:
    options = returned_options(answer())
    _check_lifetime(options, timedelta(minutes=15))
    with serve(options) as server:
        client = requests.Session()
        if not set_cookies(ask(client, server, "/api/visits")):
            raise Wrong(f"The lifetime is right. But no cookie was sent.{why_none(server)} Leave that to lesson 04.")
        # A request that only reads, and one more: the date moves each time.
        if not all(set_cookies(ask(client, server, "/api/peek")) for _ in range(2)):
            raise Wrong(
                "The lifetime is right. But an answer to a request that only reads carried no new date, so a customer "
                "who reads for fifteen minutes is logged out."
            )
    return "Fifteen minutes, and every answer starts them again."


idle_timeout = Exercise(
    _check_idle_timeout,
    hints=(
        "Two options play together: how long it lasts, and when the date moves.",
        "The first one is inside cookie=CookieOptions(…), the second one beside it.",
        "CookieOptions(max_age=timedelta(minutes=15)), and rolling=…",
    ),
)
