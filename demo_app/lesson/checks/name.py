"""Exercises of lesson 01."""

from __future__ import annotations

from collections.abc import Callable

import requests

from ...cookies.sources import set_cookies
from ...serving import serve
from ...session import SessionOptions
from ..exercises import Exercise, Wrong, returned_options

_DEFAULT_NAMES = ("connect.sid", "session", "sessionid")


def _check_rename(answer: Callable[[], object]) -> str:
    with serve(returned_options(answer())) as server:
        (cookie,) = set_cookies(requests.get(f"{server.url}/api/visits"))
    if cookie.name in _DEFAULT_NAMES:
        raise Wrong(f"The server sent a cookie called {cookie.name!r}, which is a framework's default name.")
    if cookie.name != "shop_session":
        raise Wrong(f"The server sent a cookie called {cookie.name!r}. Upper and lower case count as well.")
    return f"The server sent: {cookie.name}=…; Path=/; HttpOnly"


rename = Exercise(
    _check_rename,
    hints=(
        "The option is called name, and its value is the name as a str.",
        'SessionOptions(name="…", secret="cookiesaregood")',
    ),
)

_LOGIN = {"username": "ada", "password": "lovelace"}


def _check_two_apps(answer: Callable[[], object]) -> str:
    shop_options = SessionOptions(name="shop_session", secret="cookiesaregood")
    with serve(shop_options) as shop, serve(returned_options(answer())) as blog:
        client = requests.Session()
        client.post(f"{shop.url}/api/login", json=_LOGIN)
        client.get(f"{blog.url}/api/visits")
        if client.get(f"{shop.url}/api/me").status_code == 401:
            raise Wrong("After a visit to the blog, the shop answered 401: the blog's cookie took the shop's place.")
        count = client.get(f"{blog.url}/api/visits").json()["visits"]
    if count != 2:
        raise Wrong(f"The blog's second answer counted {count} visits: its own cookie did not come back.")
    return "The client holds two cookies, one for each app: " + ", ".join(sorted(client.cookies.keys())) + "."


two_apps = Exercise(
    _check_two_apps,
    hints=(
        "A client keeps one cookie for each name, host and path. The port is not among them.",
        "Host and path are the same for both apps. What is left to differ?",
        'Any name but "shop_session" does, such as "blog_session".',
    ),
)
