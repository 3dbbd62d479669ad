"""Exercises of lesson 04."""

from __future__ import annotations

from collections.abc import Callable

import requests

from ...cookies.sources import SetCookies, set_cookies
from ...serving import Server, reverse_proxy, serve
from ..exercises import Exercise, Wrong, returned_options

_LOGIN = {"username": "ada", "password": "lovelace"}


def _log_in(server: Server) -> tuple[SetCookies, bool]:
    """What the log-in sets, and whether it sticks."""
    client = requests.Session()
    client.verify = server.ca_path or True
    answer = client.post(f"{server.url}/api/login", json=_LOGIN)
    return set_cookies(answer), client.get(f"{server.url}/api/me").ok


def _check_both_worlds(answer: Callable[[], object]) -> str:
    options = returned_options(answer())
    with serve(options) as http, serve(options, https=True) as https:
        (_, sticks), (cookies, sticks_over_tls) = _log_in(http), _log_in(https)
    if not sticks:
        raise Wrong("On the laptop, over plain HTTP, the log-in did not stick: no cookie was sent.")
    if not sticks_over_tls:
        raise Wrong("Over HTTPS the log-in did not stick.")
    if "Secure" not in cookies[0].attributes:
        raise Wrong("The log-in sticks in both places. But the cookie sent over HTTPS has no Secure.")
    return "It sticks over HTTP, and over HTTPS the cookie is Secure."


both_worlds = Exercise(
    _check_both_worlds,
    hints=(
        "secure has a third value besides True and False.",
        "It is a str, and lets the connection decide.",
    ),
)


def _check_behind_a_proxy(answer: Callable[[], object]) -> str:
    with (
        serve(returned_options(answer())) as backend,
        serve(reverse_proxy(backend.url), https=True) as front,
    ):
        cookies, sticks = _log_in(front)
        open_line, _ = _log_in(backend)
    if not sticks:
        raise Wrong("Behind the proxy the log-in did not stick: the app believes that its client came over HTTP.")
    if "Secure" not in cookies[0].attributes:
        raise Wrong("The log-in sticks. But the cookie has no Secure, and would travel over plain HTTP as well.")
    if open_line:
        raise Wrong("Behind the proxy all is well. But a client that came over plain HTTP got a cookie without Secure.")
    return "Behind the proxy the log-in sticks, and its cookie is Secure."


behind_a_proxy = Exercise(
    _check_behind_a_proxy,
    hints=(
        "Two options play together: what the cookie demands, and whom the app believes.",
        "The first one is inside cookie=CookieOptions(…), the second one beside it.",
        "proxy=True believes X-Forwarded-Proto.",
    ),
)
