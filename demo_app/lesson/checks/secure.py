"""Exercises of lesson 04."""

from __future__ import annotations

from collections.abc import Callable

import requests

from ...cookies.sources import SetCookies, set_cookies
from ...serving import Server, reverse_proxy, serve
from ..exercises import Exercise, Wrong
from ..trying import LOGIN, ask, returned_options, why_none


def _log_in(server: Server) -> tuple[SetCookies, bool]:
    """What the log-in sets, and whether it sticks."""
    client = requests.Session()
    answer = ask(client, server, "/api/login", "POST", json=LOGIN)
    return set_cookies(answer), ask(client, server, "/api/me").ok


def _check_both_worlds(answer: Callable[[], object]) -> str:
    options = returned_options(answer())
    with serve(options) as http, serve(options, https=True) as https:
        (sent, sticks), (sent_over_tls, sticks_over_tls) = _log_in(http), _log_in(https)
        if not sticks:
            raise Wrong(f"On the laptop, over plain HTTP, the log-in did not stick: {_why(sent, http)}")
        if not sticks_over_tls:
            raise Wrong(f"Over HTTPS the log-in did not stick: {_why(sent_over_tls, https)}")
    if "Secure" not in sent_over_tls[0].attributes:
        raise Wrong("The log-in sticks in both places. But the cookie sent over HTTPS has no Secure.")
    return "It sticks over HTTP, and over HTTPS the cookie is Secure."


def _why(sent: SetCookies, server: Server) -> str:
    return "its cookie did not come back." if sent else f"no cookie was sent.{why_none(server)}"


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
        sent, sticks = _log_in(front)
        open_line, _ = _log_in(backend)
        if not sticks:
            believed = " So the app believes: the proxy has sent it on." if not sent and why_none(backend) else ""
            raise Wrong(f"Behind the proxy the log-in did not stick: {_why(sent, backend)}{believed}")
    if "Secure" not in sent[0].attributes:
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
