"""Exercises of lesson 08."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta

import requests

from ...cookies import SetCookie
from ...serving import serve
from ...session import MemoryStore, SessionOptions
from ...session import audit as audit_options
from ..exercises import Exercise, Wrong
from ..trying import ask, cookie_of, header, returned_options


def _check_this_header(answer: Callable[[], object]) -> str:
    with serve(returned_options(answer()), https=True) as server:
        cookie = cookie_of(ask(requests.Session(), server, "/api/visits"), server)
    wanted = SetCookie("__Host-shop=…; Path=/; HttpOnly; Secure; SameSite=Strict")
    if cookie.name != wanted.name:
        raise Wrong(f"The cookie is called {cookie.name!r}, and not {wanted.name!r}.")
    for name, value in wanted.attributes.items():
        if cookie.attributes.get(name) != value:
            raise Wrong(f"The header is: {header(cookie)}. Look at {name}.")
    extra = cookie.attributes.keys() - wanted.attributes.keys()
    if extra:
        raise Wrong(f"The header has {', '.join(sorted(extra))}, which the one above does not have.")
    return f"The server sent: {header(cookie)}"


this_header = Exercise(
    _check_this_header,
    hints=(
        "Compare the header with the defaults: Path=/ and HttpOnly are there without being asked for.",
        "Three things are left: the name, and two attributes inside CookieOptions(…).",
        'CookieOptions(secure=True, samesite="…")',
    ),
)


def _check_production(answer: Callable[[Mapping[str, str], MemoryStore], object]) -> str:
    for minutes in (30, 45):  # two servers, each with an environment of its own
        environment = {"SESSION_SECRET": secrets.token_hex(32), "SESSION_MINUTES": str(minutes)}
        store = MemoryStore()  # in a real server an SQLite or Redis store
        _judge(returned_options(answer(environment, store)), environment, store)
    return "No known weakness is left."


def _judge(options: SessionOptions, environment: Mapping[str, str], store: MemoryStore) -> None:
    if options.store is not store:
        raise Wrong("The options do not use the store that was handed in: it is the parameter store.")
    if options.secrets != (environment["SESSION_SECRET"].encode(),):
        raise Wrong("The secret is not the one from the environment, which is the parameter environment.")
    cookie = options.cookie
    if callable(cookie):
        raise Wrong("The cookie's settings are a function of the request. Here CookieOptions(…) are enough.")
    if cookie.expires is not None:
        raise Wrong("expires is one date for everybody. max_age is a lifetime.")
    lifetime = timedelta(seconds=cookie.max_age) if isinstance(cookie.max_age, int) else cookie.max_age
    minutes = environment["SESSION_MINUTES"]
    if lifetime is None:
        raise Wrong(f"Sessions have no lifetime. The environment says {minutes} minutes, as a str.")
    if lifetime != timedelta(minutes=int(minutes)):
        raise Wrong(f"Sessions last {lifetime}. The environment says {minutes} minutes, as a str.")
    findings = [finding for finding in audit_options(options) if finding.option != "store"]
    if findings:
        first = findings[0]
        raise Wrong(f"{first.option}: {first.weakness}.")


production = Exercise(
    _check_production,
    hints=(
        "Begin with the article's options, and let audit(…) tell you what to change.",
        'timedelta(minutes=int(environment["SESSION_MINUTES"])) is the lifetime.',
        "Four attributes of the cookie are needed: max_age, secure, httponly (a default) and samesite. "
        'The name is "__Host-" and a word of yours.',
    ),
)
