"""Exercises of lesson 00."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import requests
from flask import Flask, session

from ...serving import serve
from ...session import ExpressSessionInterface, SessionOptions
from ..exercises import Exercise, Wrong
from ..trying import returned

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def _check_second_visitor(answer: Callable[[str], object]) -> str:
    for start in (0, 20):  # the second server gives each visitor twenty visits to begin with
        cookies: list[str | None] = []
        with serve(_noting(_counter(start), cookies)) as server:
            first = requests.Session()
            for _ in range(3):
                first.get(f"{server.url}/api/visits")
            cookies.clear()
            _judge(answer(server.url), cookies, start + 1)
    return "A client without a cookie is a new visitor, and its count starts at 1."


def _judge(found: object, cookies: list[str | None], count: int) -> None:
    if not cookies:
        raise Wrong(f"{returned(found)} But nobody has asked the check's server: its address is the parameter url.")
    if cookies[0]:
        raise Wrong(
            f"The request carried a cookie, {cookies[0].partition('=')[0]}. Whoever brings a cookie is no new visitor: "
            "make a client in your function, one that holds none."
        )
    if isinstance(found, requests.Response):
        raise Wrong("The function returned the whole response. Return the number in it: response.json()['visits'].")
    if any(cookies):
        raise Wrong(f"{returned(found)} It sent its cookie back on a later request: send one request.")
    if found != count:
        raise Wrong(f"{returned(found)} The answer's JSON said {count} under 'visits', if /api/visits was asked.")


def _counter(start: int) -> Flask:
    """Counts visits as the demo app does."""
    app = Flask("counter")
    app.session_interface = ExpressSessionInterface(SessionOptions(secret="exercise"))

    @app.get("/api/visits")
    def visits() -> dict[str, int]:
        session["visits"] = session.get("visits", start) + 1
        return {"visits": session["visits"]}

    @app.get("/api/peek")
    def peek() -> dict[str, int]:
        return {"visits": session.get("visits", start)}

    return app


def _noting(app: Flask, cookies: list[str | None]) -> WSGIApplication:
    """The app, with the Cookie header of each request written into a list."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> object:
        cookies.append(environ.get("HTTP_COOKIE"))
        return app(environ, start_response)

    return answer  # type: ignore[return-value]


second_visitor = Exercise(
    _check_second_visitor,
    hints=(
        "A visitor is whoever holds a cookie. A new requests.Session() holds none.",
        "requests.Session().get(…) returns the response; its .json() is a dict.",
        'requests.Session().get(f"{url}/api/visits").json()["visits"]',
    ),
)
