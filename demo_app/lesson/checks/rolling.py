"""Exercises of lesson 13."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from itertools import product

import flask
from flask import Flask
from flask.testing import FlaskClient

from ...cookies import SetCookie
from ...session import CookieOptions, ExpressSessionInterface, SessionOptions
from ..exercises import Exercise, Wrong
from ..mistakes import shown
from ..trying import stopped_at

HALF_AN_HOUR, EIGHT_HOURS = timedelta(minutes=30), timedelta(hours=8)


def _check_carried(answer: Callable[[bool, bool, bool], object]) -> str:
    for rolling, is_new, is_changed in product((False, True), repeat=3):
        said = answer(rolling, is_new, is_changed)
        found = _is_carried(rolling, is_new, is_changed)
        if said is not found:
            rule = "" if isinstance(said, bool) else " It has to return True or False."
            raise Wrong(
                f"rolling={rolling}, and a {'newcomer' if is_new else 'known visitor'} changes "
                f"{'something' if is_changed else 'nothing'}: the answer carried {'the' if found else 'no'} cookie, "
                f"and the function returned {shown(said)}.{rule}"
            )
    return "In all eight situations the app does what the function says."


def _is_carried(rolling: bool, is_new: bool, is_changed: bool) -> bool:
    visitor = _app(rolling).test_client()
    if not is_new:
        visitor.get("/change")
    return "Set-Cookie" in visitor.get("/change" if is_changed else "/read").headers


def _app(rolling: bool) -> Flask:
    """An app whose views run in the thread that asks, so that the stop button reaches them."""
    app = Flask("app")
    app.testing = True  # what a view raises comes out at the client
    app.session_interface = ExpressSessionInterface(
        SessionOptions(secret="exercise", cookie=CookieOptions(max_age=HALF_AN_HOUR), rolling=rolling)
    )

    @app.get("/read")
    def read() -> dict[str, int]:
        return {"changes": flask.session.get("changes", 0)}

    @app.get("/change")
    def change() -> dict[str, int]:
        flask.session["changes"] = flask.session.get("changes", 0) + 1
        return {"changes": flask.session["changes"]}

    return app


carried = Exercise(
    _check_carried,
    hints=(
        "Two things lead to a cookie. A change is one of them, with rolling and without.",
        "rolling starts a lifetime again. A newcomer who changes nothing has no session, and so none to start again.",
        "is_changed or (… and not …)",
    ),
)


def _check_both_limits(answer: Callable[[datetime, datetime], object]) -> str:
    for logged_in in (datetime(2027, 1, 15, 8, tzinfo=timezone.utc), datetime(2027, 6, 30, 20, 7, tzinfo=timezone.utc)):
        user = _app_of_one_day(answer, logged_in).test_client()
        # Never half an hour without a request, and some times that are no round ones.
        for minutes in (*range(0, 470, 25), 451, 465, 479):
            since = timedelta(minutes=minutes)
            left, wanted = _left(user, logged_in + since), min(HALF_AN_HOUR, EIGHT_HOURS - since)
            if left != wanted:
                raise Wrong(f"{_hours(since)} after the log-in, {_words(left, since)}")
    return "Half an hour each time, and nothing is left when eight hours are over."


def _app_of_one_day(answer: Callable[[datetime, datetime], object], logged_in: datetime) -> Flask:
    app = _app(rolling=True)

    @app.get("/<float:now>")
    def page(now: float) -> dict[str, object]:
        session = flask.session
        session.setdefault("user", "ada")
        session.cookie.max_age = answer(logged_in, datetime.fromtimestamp(now, timezone.utc))  # type: ignore[attr-defined]
        return {}

    return app


def _left(user: FlaskClient, now: datetime) -> timedelta | None:
    """How long the cookie of an answer is good for, from now on; ``None`` if it has no date."""
    with stopped_at(now):
        line = SetCookie(user.get(f"/{now.timestamp()}").headers["Set-Cookie"])
    date = line.attributes.get("Expires")
    return None if date is None else parsedate_to_datetime(date) - now


def _words(left: timedelta | None, since: timedelta) -> str:
    if left is None:
        return "the cookie has no date: the lifetime is None, as that of a function without return."
    if left <= timedelta(0):
        return "the session has ended: nothing is left of its lifetime."
    text = f"the session has {left} left"
    if since + left > EIGHT_HOURS:
        return f"{text}, and so would go on until {_hours(since + left)} after it. Eight hours are the end."
    if left > HALF_AN_HOUR:
        return f"{text}. Half an hour is the most."
    return f"{text}. It may have {min(HALF_AN_HOUR, EIGHT_HOURS - since)}."


def _hours(time: timedelta) -> str:
    minutes = round(time.total_seconds() / 60)
    return f"{minutes // 60}:{minutes % 60:02}"


both_limits = Exercise(
    _check_both_limits,
    hints=(
        "There are two lifetimes, and the shorter one counts.",
        "What is left until the end is a date minus a date: logged_in + timedelta(hours=8) - now.",
        "min(timedelta(minutes=30), …)",
    ),
)
