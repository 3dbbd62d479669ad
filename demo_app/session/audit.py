"""What is valid and still unwise: weaknesses of a configuration, each with its remedy."""

from __future__ import annotations

import ipaddress
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from math import log2
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits
from typing import NamedTuple

from flask import Flask, Request

from .cookie_options import CookieOptions
from .errors import OptionError, found_type
from .options import SessionOptions
from .stores import MemoryStore

#: Browsers may shorten any longer lifetime to this (RFC 6265bis, section 5.5).
LONGEST_LIFETIME = timedelta(days=400)

#: OWASP, Session Management Cheat Sheet, "Session Expiration": four to eight hours for a whole session, used or not.
LONGEST_SESSION = timedelta(hours=8)

#: express-session's README: the secret should contain at least 32 bytes of entropy.
SECRET_BYTES = 32

#: OWASP, Session Management Cheat Sheet, "Session ID Entropy".
ID_BITS = 64

# A third and more of the pairs of neighbouring letters in English words are among these; of random letters, 6 %.
_COMMON_PAIRS = re.compile(
    rb"(?=th|he|in|er|an|re|nd|on|en|at|ou|ed|ha|to|or|it|is|hi|es|ng"
    rb"|st|ar|se|te|nt|me|of|le|ve|al|ro|as|ea|ri|ne|co|ra|li|de|ll)",
    re.IGNORECASE,
)

# What ids are written with, the smallest first.
_ALPHABETS = (
    digits,
    digits + "abcdef",
    digits + "ABCDEF",
    digits + ascii_lowercase,
    digits + ascii_uppercase,
    digits + ascii_letters,
)
_PRINTABLE = 95


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
    ``cookie`` is a function, the cookies that it makes are not looked at, and a finding says so. ``genid`` is called
    sixteen times, each with an empty request in an app of its own; whether ids and secrets are random nobody can see,
    but some that are not.

    No option ends a session that is used, because each request starts its lifetime again. That is a finding where it
    weighs most: with ``rolling``, and with lifetimes of more than eight hours.

    :raises OptionError: if these are no options.
    """
    if not isinstance(options, SessionOptions):
        raise OptionError("options", found_type(options), "the audit takes SessionOptions(…).")
    return [*_audit_session(options), *_audit_cookie(options)]


def _audit_session(options: SessionOptions) -> Iterator[Finding]:
    if options.name.endswith("connect.sid"):
        yield Finding("name", "the default name tells which software runs here", "give it a name of your own")
    yield from _audit_secrets(options.secrets)
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
    if options.rolling:
        yield Finding(
            "rolling",
            "no absolute end: whoever keeps asking, a thief too, is never logged out",
            "in the app: end it 4 to 8 hours after the log-in",
        )
    if options.store is None or isinstance(options.store, MemoryStore):
        yield Finding(
            "store", "sessions are gone with the process, and no second process sees them", "an SQLite or Redis store"
        )
    if options.genid is not None:
        yield from _audit_genid(options.genid)
    if options.proxy:
        yield Finding(
            "proxy",
            "whoever reaches the app past the proxy can write X-Forwarded-Proto too",
            "let nothing but the proxy reach the app",
        )


def _audit_secrets(secrets: Sequence[bytes]) -> Iterator[Finding]:
    remedy = f"take {SECRET_BYTES} random bytes or more from the environment"
    shortest = min(map(len, secrets))
    if shortest < SECRET_BYTES:
        yield Finding(
            "secret",
            f"{shortest} bytes are too short: unless they are random, one cookie is enough to guess them",
            remedy,
        )
    long = [secret for secret in secrets if len(secret) >= SECRET_BYTES]
    if any(map(_repeats, long)):
        yield Finding("secret", "it repeats itself, and what is repeated adds nothing", remedy)
    elif any(map(_reads, long)):
        yield Finding("secret", "it reads like words, which are tried before random letters are", remedy)


def _repeats(secret: bytes) -> bool:
    """Whether the secret is as good as a shorter one. 32 random characters take zlib more bytes, hex digits too."""
    return len(zlib.compress(secret, 9)) < SECRET_BYTES


def _reads(secret: bytes) -> bool:
    """Whether the secret is made of words, as far as its letters tell."""
    letters = re.sub(rb"[ _.,-]", b"", secret)
    return len(_COMMON_PAIRS.findall(letters)) > (len(letters) - 1) / 3


def _audit_genid(genid: Callable[[Request], str]) -> Iterator[Finding]:
    remedy = "leave it out: the default is 24 random bytes"
    app = Flask(__name__, static_folder=None)
    ids = []
    try:
        for _ in range(16):
            with app.test_request_context() as context:
                ids.append(genid(context.request))
    except Exception as error:
        yield Finding(
            "genid",
            f"it was not looked at: called with an empty request, it raises {type(error).__name__}",
            f"see yourself that its ids have {ID_BITS} random bits or more",
        )
        return
    no_id = [sid for sid in ids if not (isinstance(sid, str) and sid)]
    if no_id:
        kind = "an empty str" if no_id[0] == "" else f"a value of type {type(no_id[0]).__name__}"
        yield Finding("genid", f"it returns {kind}, and no session can begin with that", remedy)
    elif len(set(ids)) < len(ids):
        yield Finding("genid", "it gives the same id twice, and two visitors share one session", remedy)
    elif (bits := _most_bits(ids)) < ID_BITS:
        yield Finding("genid", f"no more than {bits:.0f} bits differ from id to id, which can be guessed", remedy)


def _in_milliseconds(given: timedelta | int | None) -> str:
    """A hint where a number of seconds would be a lifetime that people give if it were one of milliseconds."""
    if not isinstance(given, int) or given / 1000 > LONGEST_LIFETIME.total_seconds():
        return ""
    return f" (an int counts seconds: as milliseconds, this would be {timedelta(milliseconds=given)})"


def _most_bits(ids: Sequence[str]) -> float:
    """How many bits of the ids can be random at most: a position that is the same in all of them is not."""
    changing = [*filter(lambda column: len(set(column)) > 1, zip(*ids, strict=False))]
    used = set().union(*changing)
    size = next((len(alphabet) for alphabet in _ALPHABETS if used <= set(alphabet)), _PRINTABLE)
    return len(changing) * log2(size)


def _audit_cookie(options: SessionOptions) -> Iterator[Finding]:
    cookie = options.cookie
    if not isinstance(cookie, CookieOptions):
        yield Finding("cookie", "a function makes the cookies, and they were not looked at", "audit what it returns")
        return
    lifetime = _seconds(cookie)
    if lifetime is None:
        yield Finding("cookie.max_age", "the session never ends on the server", "give it a lifetime")
    elif lifetime > LONGEST_LIFETIME.total_seconds():
        yield Finding(
            "cookie.max_age",
            "longer than the 400 days that browsers keep a cookie",
            "a lifetime of hours, not of years" + _in_milliseconds(cookie.max_age),
        )
    elif lifetime > LONGEST_SESSION.total_seconds():
        yield Finding(
            "cookie.max_age",
            "no absolute end: longer than 8 hours, and each request starts it again",
            "8 hours at most; the app can end it by the log-in's time",
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
    if cookie.samesite in ("None", "auto"):
        yield Finding(
            "cookie.samesite",
            "requests from every other site carry the session" + (" over HTTPS" if cookie.samesite == "auto" else ""),
            'samesite="Lax", or a token against forged requests',
        )
    if cookie.samesite == "None" and cookie.secure is not True:
        yield Finding("cookie.samesite", "browsers refuse SameSite=None without Secure", "secure=True")
    if cookie.partitioned and cookie.secure is not True:
        yield Finding("cookie.partitioned", "browsers refuse Partitioned without Secure", "secure=True")
    if cookie.domain is not None:
        yield _audit_domain(cookie.domain)
    yield from _audit_prefix(options.name, cookie)


def _seconds(cookie: CookieOptions) -> float | None:
    """How long a session lasts that begins now. (A number: an int of seconds may be too large for a timedelta.)"""
    if cookie.expires is not None:
        return (cookie.expires - datetime.now(timezone.utc)).total_seconds()
    return cookie.max_age.total_seconds() if isinstance(cookie.max_age, timedelta) else cookie.max_age


def _audit_domain(domain: str) -> Finding:
    try:
        ipaddress.ip_address(domain)
    except ValueError:
        return Finding("cookie.domain", f"every host below {domain} receives the session id", "leave it out")
    return Finding("cookie.domain", "an IP address is no domain", "leave it out")


def _audit_prefix(name: str, cookie: CookieOptions) -> Iterator[Finding]:
    """RFC 6265bis, section 4.1.3. Browsers compare the prefix without regard to case."""
    prefix = next((prefix for prefix in ("__host-", "__secure-") if name.lower().startswith(prefix)), None)
    could_be_host = cookie.secure is True and cookie.path == "/" and cookie.domain is None
    if prefix != "__host-" and could_be_host:
        yield Finding(
            "name",
            "a neighbouring host, or anybody over plain HTTP, can set a cookie of this name",
            "begin it with __Host-",
        )
    if prefix is None:
        return
    if cookie.secure is not True:
        yield Finding("name", f"browsers refuse {name} without Secure", "secure=True")
    if prefix == "__host-" and (cookie.path != "/" or cookie.domain is not None):
        yield Finding(
            "name", f"browsers refuse {name} with another path than / or with a domain", 'path="/", domain=None'
        )
