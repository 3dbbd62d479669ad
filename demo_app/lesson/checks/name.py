"""Exercises of lesson 01."""

from __future__ import annotations

from collections.abc import Callable

import requests

from ...serving import serve
from ...session import SessionOptions
from ..exercises import Exercise, Wrong
from ..trying import LOGIN, ask, cookie_of, header, returned_options, visits, why_none

_DEFAULT_NAMES = ("connect.sid", "session", "sessionid")


def _check_rename(answer: Callable[[], object]) -> str:
    with serve(returned_options(answer())) as server:
        cookie = cookie_of(ask(requests.Session(), server, "/api/visits"), server)
    if cookie.name in _DEFAULT_NAMES:
        raise Wrong(f"The server sent a cookie called {cookie.name!r}, which is a framework's default name.")
    if cookie.name != "shop_session":
        case = " Upper and lower case count as well." if cookie.name.lower() == "shop_session" else ""
        raise Wrong(f"The server sent a cookie called {cookie.name!r}, and not 'shop_session'.{case}")
    return f"The server sent: {header(cookie)}"


rename = Exercise(
    _check_rename,
    hints=(
        "The option is called name, and its value is the name as a str.",
        'SessionOptions(name="…", secret="cookiesaregood")',
    ),
)


def _check_two_apps(answer: Callable[[], object]) -> str:
    shop_options = SessionOptions(name="shop_session", secret="cookiesaregood")
    for shop_first in (True, False):
        with serve(shop_options) as shop, serve(returned_options(answer())) as blog:
            client = requests.Session()
            if not shop_first:
                visits(client, blog)
            ask(client, shop, "/api/login", "POST", json=LOGIN)
            count = visits(client, blog)
            if not ask(client, shop, "/api/me").ok:
                raise Wrong(
                    "After a visit to the blog, the shop answered 401: the blog's cookie took the shop's place."
                )
            count = visits(client, blog) - count
        if count != 1:
            raise Wrong(
                "The blog took a visitor who came back for a new one: the client did not send its cookie."
                f"{why_none(blog)}"
            )
    return "The client holds two cookies, one for each app: " + ", ".join(sorted(client.cookies.keys())) + "."


two_apps = Exercise(
    _check_two_apps,
    hints=(
        "A client keeps one cookie for each name, host and path. The port is not among them.",
        "Host and path are the same for both apps. What is left to differ?",
        'Any name but "shop_session" does, such as "blog_session".',
    ),
)
