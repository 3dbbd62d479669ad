"""Exercises of lesson 08."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta

import requests

from ...cookies import SetCookie
from ...cookies.sources import set_cookies
from ...serving import serve
from ...session import MemoryStore
from ...session import audit as audit_options
from ..exercises import Exercise, Wrong, returned_options


def _check_this_header(answer: Callable[[], object]) -> str:
    with serve(returned_options(answer()), https=True) as server:
        found = set_cookies(requests.get(f"{server.url}/api/visits", verify=server.ca_path))
    if not found:
        raise Wrong("No cookie was sent.")
    (cookie,) = found
    wanted = SetCookie("__Host-shop=…; Path=/; HttpOnly; Secure; SameSite=Strict")
    if cookie.name != wanted.name:
        raise Wrong(f"The cookie is called {cookie.name!r}.")
    for name, value in wanted.attributes.items():
        if cookie.attributes.get(name) != value:
            raise Wrong(f"The header is: {cookie.name}=…{_attributes(cookie)}. Look at {name}.")
    extra = cookie.attributes.keys() - wanted.attributes.keys()
    if extra:
        raise Wrong(f"The header has {', '.join(sorted(extra))}, which the one above does not have.")
    return f"The server sent: {cookie.name}=…{_attributes(cookie)}"


def _attributes(cookie: SetCookie) -> str:
    return "".join(f"; {name}={value}" if value else f"; {name}" for name, value in cookie.attributes.items())


this_header = Exercise(
    _check_this_header,
    hints=(
        "Compare the header with the defaults: Path=/ and HttpOnly are there without being asked for.",
        "Three things are left: the name, and two attributes inside CookieOptions(…).",
        'CookieOptions(secure=True, samesite="…")',
    ),
)

#: What the last exercise runs in: the environment of a server in production.
ENVIRONMENT = {"SESSION_SECRET": secrets.token_hex(32), "SESSION_MINUTES": "30"}


def _check_production(answer: Callable[[Mapping[str, str], MemoryStore], object]) -> str:
    store = MemoryStore()  # in a real server an SQLite or Redis store
    options = returned_options(answer(ENVIRONMENT, store))
    if options.store is not store:
        raise Wrong("The options do not use the store that was handed in.")
    if options.secrets != (ENVIRONMENT["SESSION_SECRET"].encode(),):
        raise Wrong("The secret is not the one from the environment.")
    cookie = options.cookie
    if callable(cookie):
        raise Wrong("The cookie's settings are a function of the request. Here CookieOptions(…) are enough.")
    lifetime = timedelta(seconds=cookie.max_age) if isinstance(cookie.max_age, int) else cookie.max_age
    if lifetime != timedelta(minutes=30):
        raise Wrong(f"Sessions last {lifetime}. The environment says 30 minutes; its values are str.")
    findings = [finding for finding in audit_options(options) if finding.option != "store"]
    if findings:
        first = findings[0]
        raise Wrong(f"{first.option}: {first.weakness}.")
    return "No known weakness is left."


production = Exercise(
    _check_production,
    hints=(
        "Begin with the article's options, and let audit(…) tell you what to change.",
        'timedelta(minutes=int(environment["SESSION_MINUTES"])) is the lifetime.',
        "Four attributes of the cookie are needed: max_age, secure, httponly (a default) and samesite. "
        'The name is "__Host-" and a word of yours.',
    ),
)
