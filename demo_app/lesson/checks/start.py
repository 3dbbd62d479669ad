"""Exercises of lesson 00."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

import requests
from flask import Flask, session

from ...serving import serve
from ...session import ExpressSessionInterface, SessionOptions
from ..exercises import Exercise, Wrong
from ..trying import returned

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class _Request(NamedTuple):
    path: str
    cookie: str


def _check_second_visitor(answer: Callable[[str], object]) -> str:
    for start in (0, 20):  # the second server gives each visitor twenty visits to begin with
        asked: list[_Request] = []
        with serve(_noting(_counter(start), asked)) as server:
            first = requests.Session()
            for _ in range(3):
                first.get(f"{server.url}/api/visits")
            asked.clear()
            _judge(answer(server.url), asked, start + 1)
    return "A client without a cookie is a new visitor, and its count starts at 1."


def _judge(found: object, asked: list[_Request], count: int) -> None:
    if not asked:
        raise Wrong(f"{returned(found)} But nobody has asked the check's server: its address is the parameter url.")
    if asked[0].cookie:
        raise Wrong(
            f"The request carried a cookie, {asked[0].cookie.partition('=')[0]}. Whoever brings a cookie is no new "
            "visitor: make a client in your function, one that holds none."
        )
    if isinstance(found, requests.Response):
        raise Wrong("The function returned the whole response. Return the number in it: response.json()['visits'].")
    if any(request.cookie for request in asked):
        raise Wrong(f"{returned(found)} It sent its cookie back on a later request: send one request.")
    if asked[-1].path != "/api/visits":
        raise Wrong(f"{returned(found)} But it asked {asked[-1].path}, and /api/visits is what counts.")
    if found != count:
        raise Wrong(f"{returned(found)} The server counted {count}: it is in the answer's JSON, under 'visits'.")


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


def _noting(app: Flask, asked: list[_Request]) -> WSGIApplication:
    """The app, with each request written into a list."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        asked.append(_Request(environ["PATH_INFO"], environ.get("HTTP_COOKIE", "")))
        return app(environ, start_response)

    return answer


second_visitor = Exercise(
    _check_second_visitor,
    hints=(
        "A visitor is whoever holds a cookie. A new requests.Session() holds none.",
        "requests.Session().get(…) returns the response; its .json() is a dict.",
        'requests.Session().get(f"{url}/api/visits").json()["visits"]',
    ),
)
