"""Exercises of lesson 03."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import requests

from ...cookies.sources import set_cookies
from ...serving import serve
from ...session import SessionOptions
from ..exercises import Exercise, Wrong, returned_options, store_of


def _lifetime(options: SessionOptions) -> timedelta | None:
    """The lifetime of a session that a server with these options stores."""
    with serve(options) as server:
        requests.get(f"{server.url}/api/visits")
        (stored,) = store_of(server).all().values() or (None,)
    if stored is None:
        raise Wrong("The session had ended before it could be read: its lifetime is shorter than a request takes.")
    milliseconds = stored.cookie.original_max_age
    return None if milliseconds is None else timedelta(milliseconds=milliseconds)


def _check_lifetime(options: SessionOptions, wanted: timedelta) -> None:
    found = _lifetime(options)
    if found is None:
        raise Wrong("The cookie has no Expires: it ends with the browser session.")
    if found == wanted:
        return
    unit = ""
    if found == wanted * 1000:
        unit = " That is a thousand times too long: an int counts seconds, not milliseconds."
    elif found * 60 == wanted:
        unit = " An int counts seconds, not minutes."
    raise Wrong(f"Sessions last {found}.{unit}")


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
        if not set_cookies(client.get(f"{server.url}/api/visits")):
            raise Wrong(
                "No cookie was sent: the check speaks plain HTTP, and the cookie is Secure. Leave that to lesson 04."
            )
        if not set_cookies(client.get(f"{server.url}/api/peek")):
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
