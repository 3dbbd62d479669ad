"""Exercises of lesson 14."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

import flask
from flask import Flask

from ...cookies import Jar, SetCookie
from ...session import CookieOptions, ExpressSessionInterface, SessionOptions
from ..exercises import Exercise, Wrong
from ..mistakes import shown
from ..trying import returned, stopped_at

_DAY = datetime(2027, 1, 15, 22, 30, tzinfo=timezone.utc)
_ZONES = (timezone.utc, timezone(timedelta(hours=1)), timezone(timedelta(hours=-8)))


def _check_readable(answer: Callable[[datetime], object]) -> str:
    for zone, later in zip(_ZONES, (timedelta(0), timedelta(days=20), timedelta(minutes=7)), strict=True):
        date = (_DAY + later).astimezone(zone)
        text = answer(date)
        if not isinstance(text, str):
            raise Wrong(f"{returned(text)} It has to return text.")
        _read(text, date)
    return "Browsers read each of three dates as the moment that it is."


def _read(text: str, date: datetime) -> None:
    """Raise :exc:`Wrong` if a browser finds another moment in the text than this."""
    asked = _DAY - timedelta(days=1)
    kept = Jar().take(f"id=1; Expires={text}", "http://localhost/", at=asked).kept
    given = f"For {date.isoformat(' ')} the function returned {shown(text)}."
    if ";" in text or text.lower().startswith("expires="):
        raise Wrong(f"{given} What is asked for is what stands behind Expires=, and nothing else.")
    if kept is not None and kept.until is None:
        raise Wrong(f"{given} Browsers find no date in that, and keep the cookie until the browser session ends.")
    if kept is None or kept.until != date:
        found = "a date that has passed" if kept is None else f"{kept.until:%d %b %Y %H:%M:%S} GMT"
        raise Wrong(
            f"{given} A browser reads {found}, and the moment is {date.astimezone(timezone.utc):%d %b %Y %H:%M:%S} GMT."
        )
    if not text.endswith(" GMT"):
        raise Wrong(
            f"{given} Chromium reads it so; it does not look at the zone, and others do. The header's form ends in GMT."
        )


readable = Exercise(
    _check_readable,
    hints=(
        "The header knows one time zone, GMT, which is UTC. astimezone(…) tells the same moment in another zone.",
        "format_datetime(…, usegmt=True) writes a date of UTC in the header's form.",
        "format_datetime(date.astimezone(…), usegmt=True)",
    ),
)


def _check_closing_time(answer: Callable[[datetime], object]) -> str:
    for day in (datetime(2027, 1, 15, tzinfo=timezone.utc), datetime(2027, 2, 28, tzinfo=timezone.utc)):
        for hour, minute, second in ((8, 30, 0), (23, 59, 59), (0, 0, 0), (2, 59, 59), (3, 0, 0), (3, 12, 40)):
            now = day.replace(hour=hour, minute=minute, second=second)
            wanted = day.replace(hour=3) + timedelta(days=int(hour >= 3))
            ends = _ends(answer, now)
            if ends != wanted:
                found = "no date" if ends is None else f"the date {ends:%d %b, %H:%M:%S}"
                passed = ", which has passed" if ends is not None and ends <= now else ""
                raise Wrong(
                    f"On {now:%d %b at %H:%M:%S} the cookie has {found}{passed}. "
                    f"The next three o'clock is that of {wanted:%d %b}."
                )
    return "All sessions end at three, whenever somebody asks."


def _ends(answer: Callable[[datetime], object], now: datetime) -> datetime | None:
    """The date of a cookie that an app sends at a moment, if its view assigns what the function returns."""
    app = Flask("office")
    app.testing = True  # what a view raises comes out at the client
    app.session_interface = ExpressSessionInterface(SessionOptions(secret="exercise", cookie=CookieOptions()))

    @app.get("/")
    def page() -> dict[str, str]:
        flask.session["user"] = "ada"
        flask.session.cookie.expires = answer(now)  # type: ignore[attr-defined]
        return {}

    with stopped_at(now):
        line = SetCookie(app.test_client().get("/").headers["Set-Cookie"])
    date = line.attributes.get("Expires")
    return None if date is None else parsedate_to_datetime(date)


closing_time = Exercise(
    _check_closing_time,
    hints=(
        "now.replace(hour=3, minute=0, second=0, microsecond=0) is today's three o'clock. When has it passed?",
        "A day later is + timedelta(days=1).",
        "Write a line above: three = now.replace(…). Then: return three if now < three else …",
    ),
)
