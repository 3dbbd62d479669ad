"""What is valid and still unwise: weaknesses of a configuration, each with its remedy."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from .cookie_options import CookieOptions
from .options import SessionOptions
from .stores import MemoryStore

#: Browsers may shorten any longer lifetime to this (RFC 6265bis, section 5.5).
LONGEST_LIFETIME = timedelta(days=400)

#: express-session's README: the secret should contain at least 32 bytes of entropy.
SECRET_BYTES = 32


class Finding(NamedTuple):
    """One weakness."""

    #: The option, as :class:`~demo_app.session.SessionOptions` names it.
    option: str
    #: What is wrong with it.
    weakness: str
    #: What to do about it.
    remedy: str


def audit(options: SessionOptions) -> list[Finding]:
    """The weaknesses of ``options`` for an app in production, in the order of the options.

    An empty list does not prove that a configuration is safe; it says that none of the known mistakes is in it. Where
    ``cookie`` is a function, the cookies that it makes are not looked at, and a finding says so.
    """
    return [*_audit_session(options), *_audit_cookie(options)]


def _audit_session(options: SessionOptions) -> Iterator[Finding]:
    if options.name == "connect.sid":
        yield Finding("name", "the default name tells which software runs here", "give it a name of your own")
    shortest = min(map(len, options.secrets))
    if shortest < SECRET_BYTES:
        yield Finding(
            "secret",
            f"{shortest} bytes are too short: unless they are random, one cookie is enough to guess them",
            f"take {SECRET_BYTES} random bytes or more from the environment",
        )
    if options.resave:
        yield Finding(
            "resave", "a request that changes nothing overwrites what another one has changed", "resave=False"
        )
    if options.save_uninitialized:
        yield Finding(
            "save_uninitialized",
            "every visitor without a cookie leaves a session in the store",
            "save_uninitialized=False",
        )
    if options.store is None or isinstance(options.store, MemoryStore):
        yield Finding(
            "store", "sessions are gone with the process, and no second process sees them", "an SQLite or Redis store"
        )
    if options.proxy:
        yield Finding(
            "proxy",
            "whoever reaches the app past the proxy can write X-Forwarded-Proto too",
            "let nothing but the proxy reach the app",
        )


def _audit_cookie(options: SessionOptions) -> Iterator[Finding]:
    cookie = options.cookie
    if not isinstance(cookie, CookieOptions):
        yield Finding("cookie", "a function makes the cookies, and they were not looked at", "audit what it returns")
        return
    if cookie.max_age is None and cookie.expires is None:
        yield Finding("cookie.max_age", "the session never ends on the server", "give it a lifetime")
    elif _seconds(cookie) > LONGEST_LIFETIME.total_seconds():
        yield Finding(
            "cookie.max_age",
            "longer than the 400 days that browsers keep a cookie",
            "a shorter lifetime, and rolling=True",
        )
    if cookie.secure is False:
        yield Finding("cookie.secure", "the cookie also travels over plain HTTP", "secure=True")
    elif cookie.secure == "auto":
        yield Finding("cookie.secure", "over plain HTTP the cookie is sent without Secure", "secure=True in production")
    if not cookie.httponly:
        yield Finding("cookie.httponly", "scripts in the page can read the session id", "httponly=True")
    if cookie.samesite is None:
        yield Finding(
            "cookie.samesite", "what requests from other sites carry is left to each browser", 'samesite="Lax"'
        )
    if cookie.samesite == "None" and cookie.secure is not True:
        yield Finding("cookie.samesite", "browsers refuse SameSite=None without Secure", "secure=True")
    if cookie.partitioned and cookie.secure is not True:
        yield Finding("cookie.partitioned", "browsers refuse Partitioned without Secure", "secure=True")
    if cookie.domain is not None:
        yield _audit_domain(cookie.domain)
    yield from _audit_prefix(options.name, cookie)


def _seconds(cookie: CookieOptions) -> float:
    return cookie.max_age.total_seconds() if isinstance(cookie.max_age, timedelta) else cookie.max_age or 0


def _audit_domain(domain: str) -> Finding:
    try:
        ipaddress.ip_address(domain)
    except ValueError:
        return Finding("cookie.domain", f"every host below {domain} receives the session id", "leave it out")
    return Finding("cookie.domain", "an IP address is no domain", "leave it out")


def _audit_prefix(name: str, cookie: CookieOptions) -> Iterator[Finding]:
    """RFC 6265bis, section 4.1.3. Browsers compare the prefix without regard to case."""
    prefix = next((prefix for prefix in ("__host-", "__secure-") if name.lower().startswith(prefix)), None)
    if prefix is None:
        return
    if cookie.secure is not True:
        yield Finding("name", f"browsers refuse {name} without Secure", "secure=True")
    if prefix == "__host-" and (cookie.path != "/" or cookie.domain is not None):
        yield Finding(
            "name", f"browsers refuse {name} with another path than / or with a domain", 'path="/", domain=None'
        )
