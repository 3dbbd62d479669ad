"""When a cookie ends, and what moves that: what lessons 13 and 14 say of both browsers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, HTTPServer
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


@contextmanager
def answering(lines: Sequence[str], slow: timedelta = timedelta(0)) -> Iterator[str]:
    """The address of a server that answers with these ``Set-Cookie`` lines, and whose ``Date`` is slow by so much."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            for line in lines:
                self.send_header("Set-Cookie", line)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def date_time_string(self, timestamp: float | None = None) -> str:
            return formatdate(time.time() - slow.total_seconds(), usegmt=True)

        def log_message(self, *arguments: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("slow", [timedelta(0), timedelta(hours=3), timedelta(days=-3)])
def test_14_a_date_is_read_by_the_clock_of_the_answer(visitor, slow):
    """Where ``Date`` and ``Expires`` are wrong by the same, the lifetime is right."""
    by_its_clock = time.time() - slow.total_seconds()
    lines = [f"dated={slow.days}{slow.seconds}; Expires={formatdate(by_its_clock + 3600, usegmt=True)}"]
    with answering(lines, slow) as url:
        visitor.page.goto(url)
        assert abs(visitor.ends("dated") - time.time() - 3600) < 60


def test_14_where_only_the_cookies_date_is_wrong_browsers_go_by_it(visitor):
    late = formatdate(time.time() - 2 * 3600, usegmt=True)
    with answering([f"late=1; Expires={late}", f"aged=1; Max-Age=3600; Expires={late}"]) as url:
        visitor.page.goto(url)
        assert visitor.ends("late") is None
        assert abs(visitor.ends("aged") - time.time() - 3600) < 60


def test_14_the_spellings_of_the_lesson(request, visitor):
    """All mean the same moment; what each browser makes of them, in hours beside that."""
    noon = datetime(datetime.now(timezone.utc).year + 1, 1, 15, 12, tzinfo=timezone.utc)
    an_hour = 1 if "chromium" in request.node.name else 0  # Chromium does not look at the zone
    spellings = {
        f"{noon:%a, %d %b %Y} 12:00:00 GMT": 0,
        f"{noon:%a %b %d} 12:00:00 {noon.year}": 0,
        f"{noon:%a, %d %b %Y} 13:00:00 +0100": an_hour,
        f"{noon:%a %b %d %Y} 13:00:00 GMT+0100 (CET)": an_hour,
        f"{noon:%Y-%m-%d}T12:00:00Z": None,
        f"{noon.timestamp():.0f}": None,
    }
    with answering([f"s{number}=1; Expires={text}" for number, text in enumerate(spellings)]) as url:
        visitor.page.goto(url)
        ends = [visitor.ends(f"s{number}") for number in range(len(spellings))]
    beside = [None if end == -1 else round((end - noon.timestamp()) / 3600) for end in ends]
    assert dict(zip(spellings, beside, strict=True)) == spellings
