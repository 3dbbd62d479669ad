"""When a cookie ends, and what moves that: what lessons 13 and 14 say of both browsers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from flask import Flask, make_response, session

from demo_app import CookieOptions, ExpressSessionInterface, SessionOptions, serve
from demo_app.session import clock
from tests.browser.chromium import chromium
from tests.browser.firefox import NAMES, firefox


class Visitor(NamedTuple):
    """A browser's page, and the browser's list of cookies."""

    page: Any
    cookies: Callable[[], list[dict[str, Any]]]

    def ends(self, name: str) -> float | None:
        """When a cookie ends, in seconds since the epoch; -1: with the browser; ``None``: there is none."""
        return next((cookie["expires"] for cookie in self.cookies() if cookie["name"] == name), None)


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def visitor(request: pytest.FixtureRequest) -> Iterator[Visitor]:
    if request.param == "chromium":
        with chromium(request.getfixturevalue("playwright")) as browser:
            yield Visitor(browser.new_page(), browser.cookies)
    else:
        request.getfixturevalue("require_tool")(*NAMES)
        with firefox() as browser:
            yield Visitor(browser.pages[0], browser.cookies)


#: What a page does that is answered; and last, what takes no cookie from its answer, or has none.
MOVES = {
    "fetch": "fetch('/text').then(() => 0)",
    "HEAD": "fetch('/text', { method: 'HEAD' }).then(() => 0)",
    "an error": "fetch('/nowhere').then(() => 0)",
    "a picture": """new Promise(done => {
        const image = new Image();
        image.onload = image.onerror = () => done(0);
        image.src = '/text?picture';
    })""",
    "a page from the server": "fetch('/kept').then(() => 0)",
}
STAYS = {
    "a page from the browser's cache": "fetch('/kept').then(() => 0)",
    "credentials: omit": "fetch('/text', { credentials: 'omit' }).then(() => 0)",
}


def test_13_with_rolling_every_answer_moves_the_date_and_nothing_else_does(visitor, monkeypatch):
    app = Flask(__name__)
    options = SessionOptions(secret="s", cookie=CookieOptions(max_age=timedelta(hours=1)), rolling=True)
    app.session_interface = ExpressSessionInterface(options)

    @app.get("/")
    def begin():
        session.setdefault("seen", 1)
        return "<!doctype html><title>A page</title>"

    @app.get("/text")
    def text():
        return "text"

    @app.get("/kept")
    def kept():
        response = make_response("kept")
        response.headers["Cache-Control"] = "private, max-age=3600"
        return response

    start, moved = clock.now(), {}
    with serve(app) as server:
        visitor.page.goto(server.url)
        before = visitor.ends("connect.sid")
        for minutes, (what, script) in enumerate((MOVES | STAYS).items(), start=1):
            monkeypatch.setattr(clock, "now", lambda minutes=minutes: start + minutes * 60_000)
            visitor.page.evaluate(script)
            after = visitor.ends("connect.sid")
            moved[what] = after - before > 30
            before = after
    assert moved == dict.fromkeys(MOVES, True) | dict.fromkeys(STAYS, False)
