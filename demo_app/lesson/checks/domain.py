"""Exercises of lesson 10. What a browser does is asked of a client that keeps its cookies as one does."""

from __future__ import annotations

from collections.abc import Callable

import requests

from ...serving import Server, serve
from ..browserlike import BrowserLike
from ..exercises import Exercise, Wrong
from ..trying import LOGIN, cookie_of, header, returned_options

_APP, _API, _BANK = "app.shop.localhost", "api.shop.localhost", "bank.localhost"
_SHOP, _BLOG = "shop.localhost", "blog.shop.localhost"


def _visit(client: requests.Session, server: Server, host: str) -> requests.Response:
    return client.get(server.at(host) + "/api/visits", timeout=60)


def _check_one_log_in(answer: Callable[[], object]) -> str:
    for first, second in ((_APP, _API), (_API, _APP)):
        with serve(returned_options(answer())) as server:
            client = BrowserLike()
            cookie = cookie_of(_visit(client, server, first), server)
            if _visit(client, server, first).json()["visits"] != 2:
                held = client.jar.take(cookie, server.at(first))
                raise Wrong(f"At {first} the server sent: {header(cookie)}. {held.stored.because}")
            if _visit(client, server, second).json()["visits"] != 3:
                raise Wrong(f"At {first} the server sent: {header(cookie)}. With {second} it is not sent back.")
            if "Cookie" in _visit(client, server, _BANK).request.headers:
                raise Wrong(f"The server sent: {header(cookie)}. It is sent to {_BANK}, too.")
    return f"The server sent: {header(cookie)}. One session does for {_APP} and {_API}."


one_log_in = Exercise(
    _check_one_log_in,
    hints=(
        "The option belongs to the cookie: cookie=CookieOptions(domain=…).",
        "A host may name itself, or what it is below. Which name are both hosts below?",
        "app.shop.localhost and api.shop.localhost: what is left when the first part is taken away?",
    ),
)


def _check_no_neighbours(answer: Callable[[], object]) -> str:
    with serve(returned_options(answer()), https=True) as server:
        shop, blog = server.at(_SHOP), server.at(_BLOG)
        ada = BrowserLike()
        ada.verify = server.ca_path or True
        cookie = cookie_of(ada.post(f"{shop}/api/login", json=LOGIN, timeout=60), server)
        if not _is_ada(ada, shop):
            because = ada.jar.take(cookie, shop).stored.because
            raise Wrong(f"The log-in does not stick. The server sent: {header(cookie)}. {because}")
        for path in ("/api", "/"):
            for domain in ("; Domain=shop.localhost", ""):
                tossed = f"{cookie.name}=s%3Aan-id.of-another; Path={path}{domain}; Secure"
                for neighbour in (blog, blog.replace("https://", "http://")):
                    ada.jar.take(tossed, neighbour)
                if not _is_ada(ada, shop):
                    raise Wrong(
                        f"The server sent: {header(cookie)}. The blog set {cookie.name} for Domain=shop.localhost with "
                        f"Path={path}, and Ada is a stranger at the shop."
                    )
        early = BrowserLike()
        early.verify = ada.verify
        early.jar.take(f"{cookie.name}=s%3Aan-id.of-another; Path=/; Domain=shop.localhost; Secure", blog)
        early.post(f"{shop}/api/login", json=LOGIN, timeout=60)
        if not _is_ada(early, shop):
            raise Wrong(
                f"The server sent: {header(cookie)}. Somebody who was at the blog first, which set {cookie.name} for "
                "Domain=shop.localhost, cannot log in at the shop."
            )
    return f"The server sent: {header(cookie)}. No other host can set a cookie of that name for the shop."


def _is_ada(client: requests.Session, shop: str) -> bool:
    return bool(client.get(f"{shop}/api/me", timeout=60).json().get("user") == "ada")


no_neighbours = Exercise(
    _check_no_neighbours,
    hints=(
        "There is a beginning of a name which browsers store without Domain only.",
        "Names that begin with __Host- need Secure and Path=/ as well.",
        'name="__Host-…", and cookie=CookieOptions(secure=True).',
    ),
)
