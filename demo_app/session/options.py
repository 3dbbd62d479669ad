"""Every option of the middleware, checked when it is built.

The names are those of express-session 1.19.0 in Python's spelling; inside ``cookie`` they are the keywords of
Werkzeug's ``Response.set_cookie``. Options never change after they are built: to try another value, make a copy
with :func:`dataclasses.replace`.
"""

from __future__ import annotations

import difflib
import re
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta, timezone
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from .errors import OptionError, found

if TYPE_CHECKING:
    from flask import Request

    from .stores import Store

MILLISECOND = timedelta(milliseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)

# RFC 6265bis, section 4.1.1: a cookie's name is a token; Path and Domain hold no control character and no ";".
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_PATH = re.compile(r"/[\x20-\x3A\x3D-\x7E]*")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"\.?{_LABEL}(?:\.{_LABEL})*", re.IGNORECASE)

# A date in a header has a year of four digits. Every request moves the date on, so some years are left for that.
_LONGEST_LIFETIME = timedelta(days=365 * 7900)
_LAST_YEAR = 9950


def _nearest(name: str, known: Iterable[str]) -> str:
    """A sentence that names the option somebody probably meant, or all there are."""
    known = list(known)
    # "httpOnly", "http_only" and "HTTPONLY" are the same word written differently.
    plain = {re.sub(r"[^a-z]", "", option.lower()): option for option in known}
    close = difflib.get_close_matches(re.sub(r"[^a-z]", "", name.lower()), plain, n=1, cutoff=0.6)
    return f"Did you mean {plain[close[0]]!r}?" if close else f"There are: {', '.join(known)}."


def check_names(prefix: str, given: Iterable[str], known: Iterable[str]) -> None:
    known = list(known)
    for name in given:
        if name not in known:
            raise OptionError(f"{prefix}{name}", "is no option", _nearest(str(name), known))


def check_bool(option: str, value: Any) -> bool:
    """Return ``value`` if it is ``True`` or ``False``; raise :exc:`OptionError` otherwise."""
    if not isinstance(value, bool):
        raise OptionError(option, found(value), "it is either True or False.")
    return value


def check_max_age(option: str, value: Any) -> int | None:
    """Return a lifetime in milliseconds; ``None`` stays ``None``."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, timedelta)):
        raise OptionError(
            option,
            found(value),
            "a lifetime is a timedelta, an int of seconds, or None for a cookie that ends with the browser session.",
        )
    # Compared as numbers: an int of seconds may be too large for a timedelta.
    seconds = value.total_seconds() if isinstance(value, timedelta) else value
    if abs(seconds) > _LONGEST_LIFETIME.total_seconds():
        raise OptionError(
            option, found(value), "the date it leads to has to have a year of four digits. An int counts seconds."
        )
    return value // MILLISECOND if isinstance(value, timedelta) else value * 1000


def check_expires(option: str, value: Any) -> int | None:
    """Return a date as milliseconds since the epoch; ``None`` stays ``None``."""
    if value is None:
        return None
    if not isinstance(value, datetime):
        raise OptionError(option, found(value), "it is a datetime with a time zone, or None.")
    if value.tzinfo is None:
        raise OptionError(
            option, found(value), "a date without a time zone is ambiguous. Add one: datetime(…, tzinfo=timezone.utc)."
        )
    if value.year > _LAST_YEAR:
        raise OptionError(option, found(value), f"its year is {_LAST_YEAR} at the latest. Prefer max_age.")
    return (value - EPOCH) // MILLISECOND


def check_path(option: str, value: Any) -> str | None:
    """Return ``value`` if it can stand in a ``Path`` attribute; ``None`` sends no attribute."""
    if value is not None and not (isinstance(value, str) and _PATH.fullmatch(value)):
        raise OptionError(
            option, found(value), 'a path starts with "/" and has no ";", control or non-ASCII character, or is None.'
        )
    return value


def check_domain(option: str, value: Any) -> str | None:
    """Return ``value`` if it can stand in a ``Domain`` attribute; ``None`` sends no attribute."""
    if value is not None and not (isinstance(value, str) and _DOMAIN.fullmatch(value)):
        raise OptionError(
            option, found(value), "a domain is a host name such as 'example.com': no scheme, no port, no path."
        )
    return value


def check_secure(option: str, value: Any) -> bool | Literal["auto"]:
    """Return ``value`` if it is a bool or ``"auto"``."""
    if value != "auto" and not isinstance(value, bool):
        raise OptionError(option, found(value), "it is True, False or 'auto'.")
    return value


def _one_of(option: str, value: Any, known: Sequence[str]) -> str | None:
    """Return the spelling in ``known`` of ``value``, which is compared without regard to case."""
    if value is None:
        return None
    by_lower = {name.lower(): name for name in known}
    if not isinstance(value, str) or value.lower() not in by_lower:
        names = ", ".join(repr(name) for name in known)
        close = difflib.get_close_matches(value.lower(), by_lower, n=1) if isinstance(value, str) else []
        hint = f" Did you mean {by_lower[close[0]]!r}?" if close else ""
        raise OptionError(option, found(value), f"it is one of {names}, or None for no attribute.{hint}")
    return by_lower[value.lower()]


def check_samesite(option: str, value: Any) -> str | None:
    """Return ``"Lax"``, ``"Strict"``, ``"None"``, ``"auto"`` or ``None``, whatever case was given."""
    return _one_of(option, value, ("Lax", "Strict", "None", "auto"))


def check_priority(option: str, value: Any) -> str | None:
    """Return ``"Low"``, ``"Medium"``, ``"High"`` or ``None``, whatever case was given."""
    return _one_of(option, value, ("Low", "Medium", "High"))


#: What an attribute of the cookie may be. Options and the cookie of a running session keep the same rules.
ATTRIBUTE_CHECKS: Mapping[str, Callable[[str, Any], Any]] = {
    "path": check_path,
    "domain": check_domain,
    "secure": check_secure,
    "httponly": check_bool,
    "samesite": check_samesite,
    "partitioned": check_bool,
    "priority": check_priority,
}


class _Named:
    """Gives a dataclass an error for unknown names that says what was probably meant."""

    _prefix = ""

    def __new__(cls, *args: Any, **given: Any) -> Any:
        check_names(cls._prefix, given, (f.name for f in fields(cls)))
        return super().__new__(cls)


@dataclass(frozen=True, kw_only=True)
class CookieOptions(_Named):
    """The attributes of the session cookie.

    :param max_age: Lifetime as a :class:`~datetime.timedelta` or an int of seconds. ``None``: the cookie has no
        ``Expires`` and ends with the browser session. On the wire it is an ``Expires`` date, never a ``Max-Age``,
        as in express-session.
    :param secure: Send the cookie over HTTPS only. ``"auto"``: over HTTPS with ``Secure``, over HTTP without.
    :param httponly: Hide the cookie from scripts in the page.
    :param samesite: ``"Lax"``, ``"Strict"``, ``"None"``; ``"auto"`` is ``"None"`` over HTTPS and ``"Lax"`` over HTTP;
        ``None`` sends no attribute.
    :param path: The ``Path`` attribute. The session exists only for requests whose path starts with it.
    :param domain: The ``Domain`` attribute. ``None``: only the host that set the cookie gets it back.
    :param expires: A fixed first expiry date instead of ``max_age``. Prefer ``max_age``.
    :param partitioned: Keep a separate cookie per top-level site (CHIPS).
    :param priority: ``"Low"``, ``"Medium"`` or ``"High"``: which cookies Chromium drops first.
    :raises OptionError: naming the option, its value and the rule.
    """

    max_age: timedelta | int | None = None
    secure: bool | Literal["auto"] = False
    httponly: bool = True
    samesite: str | None = None
    path: str | None = "/"
    domain: str | None = None
    expires: datetime | None = None
    partitioned: bool = False
    priority: str | None = None

    _prefix = "cookie."

    def __post_init__(self) -> None:
        for name, check in ATTRIBUTE_CHECKS.items():
            object.__setattr__(self, name, check(f"cookie.{name}", getattr(self, name)))
        check_max_age("cookie.max_age", self.max_age)
        check_expires("cookie.expires", self.expires)
        if self.max_age is not None and self.expires is not None:
            raise OptionError(
                "cookie.expires",
                found(self.expires),
                "cookie.max_age is given too, and both set one date. Keep max_age.",
            )

    @cached_property
    def attributes(self) -> Mapping[str, Any]:
        """What the cookie has besides its expiry date, by name."""
        return {name: getattr(self, name) for name in ATTRIBUTE_CHECKS}

    @classmethod
    def from_express(cls, given: Mapping[str, Any]) -> CookieOptions:
        """Build the options from express-session's ``cookie`` object: camelCase names, milliseconds.

        Where both ``maxAge`` and ``expires`` are there, the later one wins, as in express-session.
        """
        names = {
            "domain": "domain",
            "expires": "expires",
            "httpOnly": "httponly",
            "maxAge": "max_age",
            "partitioned": "partitioned",
            "path": "path",
            "priority": "priority",
            "sameSite": "samesite",
            "secure": "secure",
        }
        check_names("cookie.", given, names)
        options: dict[str, Any] = {}
        for key, value in given.items():
            if key == "maxAge":
                options.pop("expires", None)
                value = _milliseconds(value)
            elif key == "expires":
                options.pop("max_age", None)
            elif key == "sameSite" and isinstance(value, bool):
                value = "Strict" if value else None
            elif key in ("secure", "httpOnly", "partitioned") and value is None:
                value = False  # null and undefined are falsy there
            elif value == "" and key in ("path", "domain", "priority", "sameSite"):
                value = None  # and so is an empty string: no attribute
            options[names[key]] = value
        return cls(**options)


def _milliseconds(value: Any) -> timedelta | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise OptionError("cookie.maxAge", found(value), "it is a number of milliseconds, or None.")
    try:
        return timedelta(milliseconds=value)
    except (OverflowError, ValueError):
        raise OptionError("cookie.maxAge", found(value), "it is a finite number of milliseconds.") from None


#: The cookie's options, or a function that makes them for each request.
CookieSource = CookieOptions | Callable[["Request"], CookieOptions]


@dataclass(frozen=True, kw_only=True)
class SessionOptions(_Named):
    """The options of the session middleware.

    :param name: Name of the cookie.
    :param secret: Signs the session id in the cookie. A str, bytes, or a sequence of them: the first signs, all
        verify, so that a secret can be replaced without logging anybody out. Required.
    :param cookie: :class:`CookieOptions`, or a function of the request that returns them.
    :param resave: Write a session back to the store even if the request did not change it.
    :param save_uninitialized: Store a new session, and send its cookie, even if the request put nothing into it.
    :param rolling: Send the cookie, with a new expiry date, on every response of a stored session.
    :param store: Where sessions are kept; ``None`` makes a :class:`~demo_app.session.MemoryStore`.
    :param genid: Function of the request that returns a new session id. ``None``: 24 random bytes, 32 characters.
    :param proxy: ``True`` trusts the first ``X-Forwarded-Proto``, ``False`` only a direct TLS connection, ``None``
        what Flask's ``request.is_secure`` says (Werkzeug's ``ProxyFix`` included).
    :param unset: ``"keep"`` or ``"destroy"``: what ``session.unset()`` does to the stored session.
    :raises OptionError: naming the option, its value and the rule.

    Defaults are express-session's, but for ``resave`` and ``save_uninitialized``: its documentation recommends
    ``False`` for both and announces that as the future default.
    """

    name: str = "connect.sid"
    secret: str | bytes | Sequence[str | bytes] = field(default="", repr=False)
    cookie: CookieSource = field(default_factory=CookieOptions)
    resave: bool = False
    save_uninitialized: bool = False
    rolling: bool = False
    store: Store | None = None
    genid: Callable[[Request], str] | None = None
    proxy: bool | None = None
    unset: Literal["keep", "destroy"] = "keep"

    def __post_init__(self) -> None:
        if not (isinstance(self.name, str) and _NAME.fullmatch(self.name)):
            raise OptionError(
                "name",
                found(self.name),
                "a cookie's name is ASCII letters, digits and !#$%&'*+-.^_`|~, at least one (RFC 6265bis, 4.1.1).",
            )
        object.__setattr__(self, "secret", _check_secret(self.secret))
        if not (isinstance(self.cookie, CookieOptions) or callable(self.cookie)):
            raise OptionError(
                "cookie", found(self.cookie), "it is CookieOptions(…) or a function of the request that returns them."
            )
        for option in ("resave", "save_uninitialized", "rolling"):
            check_bool(option, getattr(self, option))
        if self.proxy is not None and not isinstance(self.proxy, bool):
            raise OptionError("proxy", found(self.proxy), "it is True, False or None.")
        if self.genid is not None and not callable(self.genid):
            raise OptionError("genid", found(self.genid), "it is a function of the request that returns a str.")
        if self.unset not in ("keep", "destroy"):
            raise OptionError("unset", found(self.unset), "it is 'keep' or 'destroy'.")
        if self.store is not None:
            _check_store(self.store)

    @cached_property
    def secrets(self) -> tuple[bytes, ...]:
        """All secrets as bytes, the signing one first."""
        given = self.secret if isinstance(self.secret, tuple) else (self.secret,)
        return tuple(secret.encode() if isinstance(secret, str) else secret for secret in given)

    @classmethod
    def from_express(cls, given: Mapping[str, Any]) -> SessionOptions:
        """Build the options from what ``session({...})`` takes in express-session: camelCase, milliseconds.

        A missing ``resave`` or ``saveUninitialized`` gives a :exc:`DeprecationWarning` and means ``True``, as there.
        """
        names = {
            "cookie": "cookie",
            "genid": "genid",
            "key": "name",  # its old name, still taken there
            "name": "name",
            "proxy": "proxy",
            "resave": "resave",
            "rolling": "rolling",
            "saveUninitialized": "save_uninitialized",
            "secret": "secret",
            "store": "store",
            "unset": "unset",
        }
        check_names("", given, names)
        options = {names[key]: value for key, value in given.items() if key != "key" or "name" not in given}
        cookie = options.get("cookie")
        if isinstance(cookie, Mapping):
            options["cookie"] = CookieOptions.from_express(cookie)
        elif callable(cookie):
            options["cookie"] = lambda request: CookieOptions.from_express(cookie(request))
        for key in ("resave", "saveUninitialized"):
            if key not in given:
                warnings.warn(
                    f"undefined {key} option: express-session takes True and has deprecated that. Say True or False.",
                    DeprecationWarning,
                    stacklevel=2,
                )
                options[names[key]] = True
        return cls(**options)


def _check_secret(value: Any) -> str | bytes | tuple[str | bytes, ...]:
    """Return the secret, a sequence as a tuple. No message shows any part of a secret."""
    several = isinstance(value, Sequence) and not isinstance(value, (str, bytes))
    secrets = tuple(value) if several else (value,)
    rule = "it is a str, bytes, or a sequence of them, none empty. Take it from an environment variable."
    if value is None or value == "":
        raise OptionError("secret", "is missing", rule)
    if not secrets:
        raise OptionError("secret", f"is an empty {type(value).__name__}", rule)
    for position, secret in enumerate(secrets):
        option = f"secret[{position}]" if several else "secret"
        if not isinstance(secret, (str, bytes)):
            raise OptionError(option, f"is of type {type(secret).__name__}", rule)
        if not secret:
            raise OptionError(option, "is empty", rule)
    return secrets if several else value


def _check_store(store: Any) -> None:
    needed = ("get", "set", "update", "touch", "destroy", "all", "clear", "__len__")
    missing = [name for name in needed if not callable(getattr(store, name, None))]
    if missing:
        raise OptionError(
            "store", f"is a {type(store).__name__} without {', '.join(missing)}", "see demo_app.session.Store."
        )
