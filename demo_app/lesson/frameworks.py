"""The same option in other frameworks. ``tests/lesson`` runs each of them and holds every cell against it."""

from __future__ import annotations

from typing import NamedTuple

from ..cookies.table import Table


class Fact(NamedTuple):
    """How one framework spells an option: a row of the table, cell by cell. What is in backquotes is code."""

    framework: str
    setting: str
    default: str
    #: The unit of the value, or what surprises.
    note: str
    #: What the default puts into the header, or which part it leaves out.
    header_by_default: str


FACTS: dict[str, tuple[Fact, ...]] = {
    "name": (
        Fact("express-session", "`name`", "`'connect.sid'`", "", "`connect.sid=…`"),
        Fact("Flask", "`SESSION_COOKIE_NAME`", "`'session'`", "", "`session=…`"),
        Fact("Flask-Session", "`SESSION_COOKIE_NAME`", "`'session'`", "", "`session=…`"),
        Fact("Django", "`SESSION_COOKIE_NAME`", "`'sessionid'`", "", "`sessionid=…`"),
        Fact("Starlette", "`session_cookie`", "`'session'`", "", "`session=…`"),
    ),
    # There is no header without a secret: here, what it makes of the cookie's value.
    "secret": (
        Fact(
            "express-session",
            "`secret`",
            "none: required",
            "a list: the first signs, all verify",
            "`s%3A<id>.<signature>`",
        ),
        Fact(
            "Flask",
            "`SECRET_KEY`",
            "`None`: writing fails",
            "`SECRET_KEY_FALLBACKS`: a list; a str is read letter by letter",
            "`<data>.<time>.<signature>`",
        ),
        Fact(
            "Flask-Session",
            "none: the id is not signed",
            "",
            "`SESSION_USE_SIGNER`: deprecated, ignores the fallbacks",
            "`<id>`",
        ),
        Fact(
            "Django",
            "`SECRET_KEY`",
            "`''`: writing fails",
            "signs the row in the database, not the cookie",
            "`<id>`",
        ),
        Fact(
            "Starlette",
            "`secret_key`",
            "none: required",
            'one only; `None` signs with the word "None"',
            "`<data>.<time>.<signature>`",
        ),
    ),
    "max_age": (
        Fact(
            "express-session",
            "`cookie.maxAge`",
            "`null`",
            "milliseconds: `3600` is 3.6 s",
            "no `Expires`, no `Max-Age`",
        ),
        Fact(
            "Flask",
            "`PERMANENT_SESSION_LIFETIME`",
            "`timedelta(days=31)`",
            "seconds or timedelta; sent if `session.permanent`",
            "no `Expires`, no `Max-Age`",
        ),
        Fact(
            "Flask-Session",
            "`PERMANENT_SESSION_LIFETIME`",
            "`timedelta(days=31)`",
            "the same, but `SESSION_PERMANENT` is `True`",
            "`Expires=…`",
        ),
        Fact(
            "Django",
            "`SESSION_COOKIE_AGE`",
            "`1209600`",
            "seconds; a timedelta is an error",
            "`expires=…`; `Max-Age=1209600`",
        ),
        Fact(
            "Starlette",
            "`max_age`",
            "`1209600`",
            "seconds; a timedelta is sent as `Max-Age=1:00:00`",
            "`Max-Age=1209600`",
        ),
    ),
    "secure": (
        Fact(
            "express-session",
            "`cookie.secure`",
            "`false`",
            "`true` over http: no header, yet a row in the store; `'auto'` suits both",
            "no `Secure`",
        ),
        Fact("Flask", "`SESSION_COOKIE_SECURE`", "`False`", "`True` over http: sent all the same", "no `Secure`"),
        Fact(
            "Flask-Session",
            "`SESSION_COOKIE_SECURE`",
            "`False`",
            "`True` over http: sent all the same",
            "no `Secure`",
        ),
        Fact("Django", "`SESSION_COOKIE_SECURE`", "`False`", "`True` over http: sent all the same", "no `Secure`"),
        Fact("Starlette", "`https_only`", "`False`", "`True` over http: sent all the same", "no `Secure`"),
    ),
    "httponly": (
        Fact("express-session", "`cookie.httpOnly`", "`true`", "", "`HttpOnly`"),
        Fact("Flask", "`SESSION_COOKIE_HTTPONLY`", "`True`", "", "`HttpOnly`"),
        Fact("Flask-Session", "`SESSION_COOKIE_HTTPONLY`", "`True`", "", "`HttpOnly`"),
        Fact("Django", "`SESSION_COOKIE_HTTPONLY`", "`True`", "", "`HttpOnly`"),
        Fact("Starlette", "none: always on", "", "", "`httponly`"),
    ),
    # The request is one that changes nothing.
    "resave": (
        Fact(
            "express-session",
            "`resave`",
            "`true`",
            "deprecated default; writes the store on every request",
            "no `Set-Cookie`",
        ),
        Fact(
            "Flask",
            "none: the cookie is the store",
            "",
            "a permanent session is sent on every request",
            "no `Set-Cookie`",
        ),
        Fact(
            "Flask-Session",
            "`SESSION_REFRESH_EACH_REQUEST`",
            "`True`",
            "writes the store on every request",
            "`session=…`",
        ),
        Fact(
            "Django",
            "`SESSION_SAVE_EVERY_REQUEST`",
            "`False`",
            "`True` sends the cookie again too",
            "no `Set-Cookie`",
        ),
        Fact("Starlette", "none: the cookie is the store", "", "", "no `Set-Cookie`"),
    ),
    # The request is a first one that leaves the session alone.
    "save_uninitialized": (
        Fact(
            "express-session",
            "`saveUninitialized`",
            "`true`",
            "deprecated default; a row for every visitor",
            "`connect.sid=…`",
        ),
        Fact("Flask", "none: never", "", "but `session.permanent = True` is a change", "no `Set-Cookie`"),
        Fact(
            "Flask-Session",
            "none: never",
            "",
            "`session.permanent = True` alone sends a deletion",
            "no `Set-Cookie`",
        ),
        Fact("Django", "none: never", "", "not even with `SESSION_SAVE_EVERY_REQUEST`", "no `Set-Cookie`"),
        Fact("Starlette", "none: never", "", "", "no `Set-Cookie`"),
    ),
    "path": (
        Fact(
            "express-session",
            "`cookie.path`",
            "`'/'`",
            "no session where the path does not begin so; `/app` takes in `/apple`",
            "`Path=/`",
        ),
        Fact(
            "Flask",
            "`SESSION_COOKIE_PATH`",
            "`None`",
            "`None` is `APPLICATION_ROOT`; where the app is mounted has no say",
            "`Path=/`",
        ),
        Fact(
            "Flask-Session",
            "`SESSION_COOKIE_PATH`",
            "`None`",
            "`None` is `APPLICATION_ROOT`; where the app is mounted has no say",
            "`Path=/`",
        ),
        Fact("Django", "`SESSION_COOKIE_PATH`", "`'/'`", "where the app is mounted has no say", "`Path=/`"),
        Fact("Starlette", "`path`", "`'/'`", "`None` is sent as `path=None`", "`path=/`"),
    ),
    "domain": (
        Fact(
            "express-session",
            "`cookie.domain`",
            "`undefined`",
            "with a scheme or a port: no cookie, and no error",
            "no `Domain`",
        ),
        Fact(
            "Flask",
            "`SESSION_COOKIE_DOMAIN`",
            "`None`",
            "cut at the first colon: `https://shop.example` is sent as `https`",
            "no `Domain`",
        ),
        Fact(
            "Flask-Session",
            "`SESSION_COOKIE_DOMAIN`",
            "`None`",
            "cut at the first colon: `https://shop.example` is sent as `https`",
            "no `Domain`",
        ),
        Fact("Django", "`SESSION_COOKIE_DOMAIN`", "`None`", "sent as it is, scheme and port too", "no `Domain`"),
        Fact("Starlette", "`domain`", "`None`", "sent as it is, scheme and port too", "no `Domain`"),
    ),
    "samesite": (
        Fact(
            "express-session",
            "`cookie.sameSite`",
            "`undefined`",
            "`true` is `Strict`; `'auto'` is `Lax` over http, `None` over https",
            "no `SameSite`",
        ),
        Fact(
            "Flask",
            "`SESSION_COOKIE_SAMESITE`",
            "`None`",
            "`None` sends none, `'None'` sends `None`",
            "no `SameSite`",
        ),
        Fact(
            "Flask-Session",
            "`SESSION_COOKIE_SAMESITE`",
            "`None`",
            "`None` sends none, `'None'` sends `None`; a deletion goes without",
            "no `SameSite`",
        ),
        Fact(
            "Django",
            "`SESSION_COOKIE_SAMESITE`",
            "`'Lax'`",
            "`None` sends none, `'None'` sends `None`",
            "`SameSite=Lax`",
        ),
        Fact(
            "Starlette",
            "`same_site`",
            "`'lax'`",
            "sent as it is, misspelt too; `None` is an error",
            "`samesite=lax`",
        ),
    ),
}


def elsewhere(option: str) -> Table:
    """The setting for ``option`` in five frameworks, its default, its trap, and the header by default."""
    facts = FACTS[option]
    columns = [column for column in Fact._fields if any(getattr(fact, column) for fact in facts)]
    return Table(
        [column.replace("_", " ") for column in columns],
        ([getattr(fact, column) for column in columns] for fact in facts),
    )
