"""Every option of the middleware, checked when it is built.

The names are those of express-session 1.19.0 in Python's spelling. Options never change after they are built: to try
another value, make a copy with :func:`dataclasses.replace`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from inspect import iscoroutinefunction
from typing import Any, Literal

from flask import Request

from .checks import Named, as_written, check_bool, is_nothing, known_only, truth, warn_caller
from .cookie_options import CookieOptions
from .errors import OptionError, found, found_type
from .stores.base import SimpleStore, Store

# RFC 6265bis, section 4.1.1: a cookie's name is a token.
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")

#: The cookie's options, or a function that makes them for each request.
CookieSource = CookieOptions | Callable[["Request"], CookieOptions]


@dataclass(frozen=True, kw_only=True)
class SessionOptions(Named):
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
    :param max_size: How many bytes of JSON a session may hold; what is larger is a
        :exc:`~demo_app.session.SessionDataError`. ``None``: any number, as in express-session.
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
    store: Store | SimpleStore | None = None
    genid: Callable[[Request], str] | None = None
    proxy: bool | None = None
    unset: Literal["keep", "destroy"] = "keep"
    max_size: int | None = 1024 * 1024

    _owner = "session"
    _written = "SessionOptions({}=…)"

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
                "cookie",
                found_type(self.cookie),
                "it is CookieOptions(…) or a function of the request that returns them.",
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
            check_store(self.store)
        if self.max_size is not None and (type(self.max_size) is not int or self.max_size < 2):
            raise OptionError("max_size", found(self.max_size), "it is a number of bytes, 2 or more, or None.")

    @cached_property
    def secrets(self) -> tuple[bytes, ...]:
        """All secrets as bytes, the signing one first."""
        given = self.secret if isinstance(self.secret, tuple) else (self.secret,)
        return tuple(secret.encode() if isinstance(secret, str) else secret for secret in given)

    @classmethod
    def from_express(cls, given: Mapping[str, Any]) -> SessionOptions:
        """Build the options from what ``session({...})`` takes in express-session: camelCase, milliseconds.

        A missing ``resave`` or ``saveUninitialized`` gives a :exc:`DeprecationWarning` and means ``True``, as there.
        ``None`` is ``null``: for these two it is ``False``, elsewhere it counts as left out, and so do ``False``, ``0``
        and empty text. Where an option is true or false, they are false, and other numbers are true.
        Names that express-session does not know it ignores; so does this, with a :exc:`UserWarning` that names them.

        :raises OptionError: naming the option as it was written, its value and the rule.
        """
        if not isinstance(given, Mapping):
            raise OptionError(
                "from_express", found_type(given), "it takes a mapping such as {'secret': '…'}. Read JSON first."
            )
        known = known_only("", given, _EXPRESS_NAMES)
        options = {_EXPRESS_NAMES[key]: value for key, value in known.items() if not is_nothing(value)}
        options["name"] = given.get("name") or given.get("key") or cls.name
        cookie = options.get("cookie")
        if callable(cookie):
            options["cookie"] = lambda request: CookieOptions.from_express(cookie(request))
        elif cookie is not None:
            options["cookie"] = CookieOptions.from_express(cookie)
        for key in ("resave", "saveUninitialized"):
            if key not in given:
                warn_caller(
                    f"undefined {key} option: express-session takes True and has deprecated that. Say True or False.",
                    DeprecationWarning,
                )
                options[_EXPRESS_NAMES[key]] = True
        for key in ("resave", "saveUninitialized", "rolling"):
            if key in given:
                options[_EXPRESS_NAMES[key]] = truth(given[key])
        options["proxy"] = given.get("proxy")  # here alone, false is not the same as nothing
        with as_written("", _EXPRESS_NAMES):
            return cls(**options)


#: The names of express-session, and ours.
_EXPRESS_NAMES = {
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


def check_store(store: Any) -> None:
    """Raise :exc:`OptionError` if this is no store."""
    if isinstance(store, type):
        raise OptionError("store", f"is the class {store.__name__}", f"make one of it: {store.__name__}(…).")
    kind, methods = type(store).__name__, ("get", "set", "destroy")
    missing = [name for name in methods if not callable(getattr(store, name, None))]
    if missing:
        raise OptionError("store", f"is a {kind} without {', '.join(missing)}", "see demo_app.session.Store.")
    awaited = [name for name in (*methods, "update", "touch") if iscoroutinefunction(getattr(store, name, None))]
    if awaited:
        rule = "nobody would await them: a store's methods are plain functions. Use a client that is not asynchronous."
        raise OptionError("store", f"is a {kind} with async {', '.join(awaited)}", rule)
