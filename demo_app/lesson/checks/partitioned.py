"""Exercises of lesson 12. What a browser does is asked of a client that keeps its cookies as one does."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response

from ...cookies import Context, Jar
from ...serving import serve
from ..browserlike import BrowserLike
from ..exercises import Exercise, Wrong
from ..trying import ask, cookie_of, header, returned_options

_PAGES = ("https://news.example", "https://sport.example")
_BROWSERS = (
    ("chromium", None, "In Chromium"),
    ("chromium", False, "In Chromium, where third-party cookies are blocked"),
    ("firefox", None, "In Firefox"),
)


def _in(page: str, third_party_cookies: bool | None) -> Context:
    return Context(request="frame", set_by="frame", page=page, third_party_cookies=third_party_cookies)


def _check_embedded(answer: Callable[[], object]) -> str:
    for client, third_party_cookies, where in _BROWSERS:
        with serve(returned_options(answer()), https=True) as server:
            visitor, said = BrowserLike(client), ""
            for page in _PAGES:
                context = _in(page, third_party_cookies)
                first = ask(visitor, server, "/api/visits", context=context)
                if first.json()["visits"] > 1:
                    raise Wrong(f"The server sent: {said}. {where} the second page has the session of the first one.")
                cookie = cookie_of(first, server)
                said = header(cookie)
                if ask(visitor, server, "/api/visits", context=context).json()["visits"] == 1:
                    because = visitor.jar.take(cookie, server.url, context).stored.because
                    raise Wrong(f"The server sent: {said}. {where} the second visit is a first one. {because}")
    return f"The server sent: {said}. Each page has its own session, in both browsers."


embedded = Exercise(
    _check_embedded,
    hints=(
        "partitioned is True or False. What does a browser refuse it without?",
        "It needs Secure. And in a frame of another site, no word means Lax in Chromium.",
        'CookieOptions(partitioned=True, secure=True, samesite="None")',
    ),
)


def _check_forget(answer: Callable[[Response, str], object]) -> str:
    for name, (client, third_party_cookies, where) in zip(("map", "chat", "sid"), _BROWSERS, strict=True):
        jar, url = Jar(client), "https://map.example/"
        line = f"{name}=s%3Aan-id; Path=/; Secure; HttpOnly; SameSite=None; Partitioned"
        here, there = (_in(page, third_party_cookies) for page in _PAGES)
        for context in (here, there):
            jar.take(line, url, context)
        response = Response()
        answer(response, name)
        lines = response.headers.getlist("Set-Cookie")
        if not lines:
            raise Wrong("The answer has no Set-Cookie header, and nothing else deletes a cookie of a client.")
        taken = [jar.take(each, url, here) for each in lines]
        if jar.sent(url, here).text:
            because = " ".join(one.stored.because for one in taken)
            raise Wrong(f"{where} the cookie {name} is still there. The answer said: {', '.join(lines)}. {because}")
        if not jar.sent(url, there).text:
            raise Wrong(f"{where} the cookie of another page is gone as well.")
    return "The cookie is gone in this page, and those in other pages are still there."


forget_in_frame = Exercise(
    _check_forget,
    hints=(
        "The deletion is a Set-Cookie line like any other. Which words does a line need in a frame of another site?",
        "All of the words with which the cookie was set.",
        'response.delete_cookie(name, secure=True, samesite="None", partitioned=True)',
    ),
)
