"""Exercises of lesson 15."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from flask import Flask, Response, make_response

from ...serving import serve
from ...session import ExpressSessionInterface, MemoryStore, SessionOptions
from ...web import create_app
from ..browserlike import BrowserLike
from ..exercises import Exercise, Wrong
from ..trying import ask, cookie_of, header, returned_options


def _check_kept(answer: Callable[[], object]) -> str:
    for pages, word in ((4, ""), (7, "; Priority=Low")):
        with serve(_with_campaign(returned_options(answer()), word)) as server:
            client = BrowserLike()
            line = header(cookie_of(ask(client, server, "/api/visits"), server))
            for page in range(pages):
                ask(client, server, f"/campaign/{page}")
            found = ask(client, server, "/api/visits").json()["visits"]
        if found != 2:
            raise Wrong(
                f"The customer visited the shop, saw {pages} pages with fifty cookies each (c0-0=1; Path=/{word}), "
                f"and was counted as {found}. The session's cookie had left: {line}"
            )
    return (
        "The customer is counted as two, after two hundred cookies, and after three hundred and fifty of low priority."
    )


def _with_campaign(options: SessionOptions, word: str) -> Flask:
    app = create_app(options)

    @app.get("/campaign/<int:page>")
    def campaign(page: int) -> Response:
        response = make_response("A page of the campaign.")
        for number in range(50):
            response.headers.add("Set-Cookie", f"c{page}-{number}=1; Path=/{word}")
        return response

    return app


kept = Exercise(
    _check_kept,
    hints=(
        "Secure would help, and needs HTTPS. There is a word for what is to go last.",
        "The word is one of three, and belongs to the cookie: CookieOptions(…).",
        'CookieOptions(priority="…")',
    ),
)


def _check_one_for_all(answer: Callable[[str, str], object]) -> str:
    store = MemoryStore()
    app = Flask("shop")
    app.testing = True  # what a view raises comes out at the client
    app.session_interface = ExpressSessionInterface(SessionOptions(secret="exercise", store=store))

    @app.post("/<name>/<value>")
    def remember(name: str, value: str) -> dict[str, str]:
        answer(name, value)
        return {}

    given: list[dict[str, str]] = [
        {"colour": "blue", "currency": "euro", "size": "large"},
        {"colour": "red", "language": "en"},
    ]
    for settings in given:
        customer = app.test_client()
        before = {*store.all()}
        for name, value in settings.items():
            customer.post(f"/{name}/{value}")
        mine = [stored.data for sid, stored in store.all().items() if sid not in before]
        if not mine:
            raise Wrong("Nothing is in the session: the store is as it was.")
        found = dict(_pairs(json.loads(mine[0])))
        for name, value in settings.items():
            if found.get(name) != value:
                has = f"says {found[name]!r}" if name in found else "is not there"
                raise Wrong(f"A customer has chosen {settings}. In the session, {name} {has}: {mine[0]}")
        strange = [name for name in found if name not in settings and any(name in each for each in given)]
        if strange:
            raise Wrong(f"A customer has chosen {settings}, and has {strange[0]} of another customer: {mine[0]}")
        cookies = [name for name in settings if customer.get_cookie(name) is not None]
        if cookies:
            raise Wrong(f"The setting is in the session, and still in a cookie called {cookies[0]}.")
    return "Each customer has one cookie, and all of their settings."


def _pairs(data: object) -> Iterator[tuple[str, object]]:
    """All keys and values, those of the dicts within too."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield key, value
            yield from _pairs(value)


one_for_all = Exercise(
    _check_one_for_all,
    hints=(
        "The session is a dict of this customer. name and value are variables here, not text.",
        "A key that is not in quotes is the value of a variable.",
        "session[…] = …",
    ),
)
