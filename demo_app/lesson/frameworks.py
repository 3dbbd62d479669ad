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
    "partitioned": (
        Fact("express-session", "`cookie.partitioned`", "`undefined`", "does not bring `Secure`", "no `Partitioned`"),
        Fact("Flask", "`SESSION_COOKIE_PARTITIONED`", "`False`", "brings `Secure`", "no `Partitioned`"),
        Fact("Flask-Session", "none: `SESSION_COOKIE_PARTITIONED` does nothing", "", "", "no `Partitioned`"),
        Fact("Django", "none", "", "", "no `Partitioned`"),
        Fact("Starlette", "`partitioned`", "`False`", "does not bring `Secure`", "no `Partitioned`"),
    ),
    # The request only reads, in a session that has a lifetime.
    "rolling": (
        Fact(
            "express-session",
            "`rolling`",
            "`false`",
            "`true`: with every answer, the cookie of a browser session too",
            "no `Set-Cookie`",
        ),
        Fact(
            "Flask",
            "`SESSION_REFRESH_EACH_REQUEST`",
            "`True`",
            "only where `session.permanent` is `True`",
            "`session=…`",
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
            "`True` writes the store on every request",
            "no `Set-Cookie`",
        ),
        Fact("Starlette", "none: only a change sends it", "", "", "no `Set-Cookie`"),
    ),
    "expires": (
        Fact(
            "express-session",
            "`cookie.expires`",
            "`undefined`",
            "becomes a lifetime, which every request starts again",
            "no `Expires`",
        ),
        Fact("Flask", "none: override `get_expiration_time`", "", "", "no `Expires`"),
        Fact("Flask-Session", "none: override `get_expiration_time`", "", "the store takes no notice", "`Expires=…`"),
        Fact("Django", "none: `session.set_expiry(…)` in a view", "", "stays the same date", "`expires=…`"),
        Fact("Starlette", "none: `Max-Age` only", "", "", "no `Expires`"),
    ),
    "priority": (
        Fact(
            "express-session",
            "`cookie.priority`",
            "`undefined`",
            "not low, medium or high: no cookie, and no error",
            "no `Priority`",
        ),
        Fact("Flask", "none", "", "", "no `Priority`"),
        Fact("Flask-Session", "none", "", "", "no `Priority`"),
        Fact("Django", "none", "", "", "no `Priority`"),
        Fact("Starlette", "none", "", "", "no `Priority`"),
    ),
    "genid": (
        Fact(
            "express-session",
            "`genid`",
            "24 random bytes",
            "what is no string: no cookie, and no error",
            "an id of 32 characters",
        ),
        Fact("Flask", "none: there is no id", "", "", "no id"),
        Fact("Flask-Session", "`SESSION_ID_LENGTH`", "`32`", "in bytes", "an id of 43 characters"),
        Fact("Django", "none", "", "of a–z and 0–9; override `_get_new_session_key`", "an id of 32 characters"),
        Fact("Starlette", "none: there is no id", "", "", "no id"),
    ),
    "store": (
        Fact(
            "express-session",
            "`store`",
            "in memory",
            "in production, a warning",
            "an id",
        ),
        Fact(
            "Flask",
            "none: the cookie is the store",
            "",
            "above 4093 bytes a warning, and sent all the same",
            "the data",
        ),
        Fact(
            "Flask-Session",
            "`SESSION_TYPE`",
            "none: required",
            "such as `cachelib`, `redis` or `sqlalchemy`",
            "an id",
        ),
        Fact(
            "Django",
            "`SESSION_ENGINE`",
            "`'django.contrib.sessions.backends.db'`",
            "with `signed_cookies` the cookie is the store",
            "an id",
        ),
        Fact("Starlette", "none: the cookie is the store", "", "no warning, however large", "the data"),
    ),
    # The cookie is to be Secure, and X-Forwarded-Proto says that the client has come over HTTPS.
    "proxy": (
        Fact(
            "express-session",
            "`proxy`",
            "`undefined`",
            "`true` believes the first of several; otherwise, as `trust proxy` says",
            "no `Set-Cookie`",
        ),
        Fact(
            "Flask",
            "none: `ProxyFix(…, x_proto=1)`",
            "",
            "believes the last of several, with `2` the last but one",
            "`Secure`",
        ),
        Fact(
            "Flask-Session",
            "none: `ProxyFix(…, x_proto=1)`",
            "",
            "believes the last of several, with `2` the last but one",
            "`Secure`",
        ),
        Fact(
            "Django",
            "`SECURE_PROXY_SSL_HEADER`",
            "`None`",
            "names the header and its value; believes the first of several",
            "`Secure`",
        ),
        Fact("Starlette", "none: the server decides", "", "", "`secure`"),
    ),
    # The view lets go of the session.
    "unset": (
        Fact(
            "express-session",
            "`unset`",
            "`'keep'`",
            "`'destroy'` removes the row; the client keeps its cookie",
            "no `Set-Cookie`",
        ),
        Fact(
            "Flask",
            "none: `session.clear()`",
            "",
            "a copy of the cookie is good still",
            "`session=`; `Expires=…`; `Max-Age=0`",
        ),
        Fact(
            "Flask-Session",
            "none: `session.clear()`",
            "",
            "removes the row; the deletion lacks `Secure`",
            "`session=`; `Expires=…`; `Max-Age=0`",
        ),
        Fact(
            "Django",
            "none: `session.flush()`",
            "",
            "removes the row",
            '`sessionid=""`; `expires=…`; `Max-Age=0`',
        ),
        Fact(
            "Starlette",
            "none: `session.clear()`",
            "",
            "a copy of the cookie is good still",
            "`session=null`; `expires=…`",
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
