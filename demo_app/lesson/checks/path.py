"""Exercises of lesson 09."""

from __future__ import annotations

from collections.abc import Callable

import requests
from flask import Flask, Response, session
from flask.sessions import NullSession

from ...cookies import Jar
from ...serving import serve
from ...session import ExpressSessionInterface, SessionOptions
from ..exercises import Exercise, Wrong
from ..trying import cookie_of, header, returned_options

_INSIDE = ("/admin", "/admin/", "/admin/users", "/admin/users/7")
_OUTSIDE = ("/", "/shop", "/blog/admin")


def _site(options: SessionOptions) -> Flask:
    """An app with a session wherever its path allows one."""
    app = Flask(__name__)
    app.session_interface = ExpressSessionInterface(options)

    @app.get("/", defaults={"page": ""})
    @app.get("/<path:page>")
    def visit(page: str) -> str:
        if isinstance(session, NullSession):
            return "none"
        session["visits"] = session.get("visits", 0) + 1
        return str(session["visits"])

    return app


def _check_only_the_admins(answer: Callable[[], object]) -> str:
    with serve(_site(returned_options(answer()))) as server:
        for page in _INSIDE:
            client = requests.Session()
            first = client.get(f"{server.url}{page}")
            if first.text == "none":
                raise Wrong(f"At {page} there is no session with these options.")
            cookie = cookie_of(first, server)
            for other in _INSIDE:
                if client.get(f"{server.url}{other}").text == "1":
                    default = "" if "Path" in cookie.attributes else f", and the page was {page}"
                    raise Wrong(
                        f"The server sent: {header(cookie)}{default}. With {other} the client does not send it."
                    )
        for page in _OUTSIDE:
            if "Cookie" in client.get(f"{server.url}{page}").request.headers:
                raise Wrong(f"The server sent: {header(cookie)}. The client sends it with {page}, too.")
    return f"The server sent: {header(cookie)}. It goes to /admin and below, and nowhere else."


only_the_admins = Exercise(
    _check_only_the_admins,
    hints=(
        "The option belongs to the cookie: cookie=CookieOptions(path=…).",
        "A path covers itself and what is below it, segment by segment. It begins with a slash.",
        'With a slash at its end it is one segment longer, and "/admin" itself is not below it.',
    ),
)

_COOKIES = (("/", "the one of today"), ("/shop", "the one of yesterday"))


def _check_log_out(answer: Callable[[Response, str], object]) -> str:
    for name in ("sid", "ticket"):
        jar = Jar()
        for path, _ in _COOKIES:
            jar.take(f"{name}=s%3Aan-id; Path={path}; HttpOnly", "http://shop.localhost/shop/cart")
        jar.take("colour=blue; Path=/", "http://shop.localhost/")
        response = Response()
        answer(response, name)
        lines = response.headers.getlist("Set-Cookie")
        if not lines:
            raise Wrong("The answer has no Set-Cookie header, and nothing else deletes a cookie of a client.")
        for line in lines:
            jar.take(line, "http://shop.localhost/logout")
        held = {
            kept.cookie.path: kept.cookie
            for kept, _ in jar.sent("http://shop.localhost/shop/cart")
            if kept.cookie.name == name
        }
        for path, which in _COOKIES:
            if path in held:
                value = "" if held[path].value else " Its value is empty now; the server is sent it all the same."
                raise Wrong(
                    f"After the answer the client still has {name} with Path={path}, {which}.{value} "
                    f"The answer said: {' and '.join(map(repr, lines))}."
                )
        if held:
            raise Wrong(f"After the answer the client has another {name}, with Path={next(iter(held))}.")
        if "colour" not in jar.sent("http://shop.localhost/").text:
            raise Wrong("The visitor's colour, another cookie, is gone as well.")
    return "Both cookies are gone, each by a line of its own, and the visitor's colour is still there."


log_out = Exercise(
    _check_log_out,
    hints=(
        "A deletion is a Set-Cookie header with a date in the past, for the cookie of the same name, host and path.",
        "response.delete_cookie(name, path=…) writes one. There are two cookies of that name.",
        'The paths are "/" and "/shop".',
    ),
)
