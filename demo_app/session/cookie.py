"""The cookie of one session: its settings, and how they travel.

Both directions follow Node's ``cookie`` module 0.7.2, which express-session uses: what it writes is read there,
and what it refuses to read is refused here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import formatdate
from functools import lru_cache
from typing import Any, Generic, TypeVar
from urllib.parse import quote, unquote_to_bytes

from . import clock
from .checks import ATTRIBUTE_CHECKS, EPOCH, MILLISECOND, check_expires, check_max_age, check_names
from .cookie_options import CookieOptions, CookieSettings
from .errors import OptionError

_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


# Past SessionCookie.__setattr__, which is for names that a view may misspell and takes its time.
_put = object.__setattr__

T = TypeVar("T")


class _Setting(Generic[T]):
    """One of the settings, as an attribute of the cookie that keeps its rule."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, cookie: SessionCookie, owner: type) -> T:
        value: T = getattr(cookie.settings, self._name)
        return value

    def __set__(self, cookie: SessionCookie, value: T) -> None:
        option = f"session.cookie.{self._name}"
        value = ATTRIBUTE_CHECKS[self._name](option, value)
        if value == "auto":
            raise OptionError(option, "is 'auto'", "a session's own cookie has a fixed value.")
        cookie.settings = cookie.settings._replace(**{self._name: value})  # type: ignore[arg-type]


class SessionCookie:
    """The cookie settings of one session, ``session.cookie``.

    They start as the options say, are stored with the session, and can be assigned in a view:
    ``session.cookie.max_age = timedelta(minutes=5)`` gives this session, and no other, five minutes.
    Attributes are those of :class:`~demo_app.session.CookieOptions` and keep the same rules; ``"auto"`` is already
    resolved.
    """

    __slots__ = ("expires_at", "settings")

    #: All that it has besides its date.
    settings: CookieSettings
    #: When the session ends, in milliseconds since the epoch; ``None`` for a browser session.
    expires_at: int | None

    path = _Setting[str | None]()
    domain = _Setting[str | None]()
    secure = _Setting[bool]()
    httponly = _Setting[bool]()
    samesite = _Setting[str | None]()
    partitioned = _Setting[bool]()
    priority = _Setting[str | None]()

    def __init__(self, options: CookieOptions, *, is_secure: bool = False) -> None:
        """The cookie of a new session. ``"auto"`` becomes what fits a connection that ``is_secure`` or is not."""
        _put(self, "settings", options.settings(is_secure))
        if options.expires is None:
            self.touch()
        else:
            self.expires = options.expires

    @classmethod
    def restore(cls, settings: CookieSettings, expires_at: int | None) -> SessionCookie:
        """The cookie of a session that was stored: its settings, and its date in milliseconds since the epoch."""
        cookie = cls.__new__(cls)
        _put(cookie, "settings", settings)
        _put(cookie, "expires_at", expires_at)
        return cookie

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self.__slots__:
            # A misspelt attribute would otherwise be kept, and do nothing.
            check_names("session.cookie.", (name,), (*ATTRIBUTE_CHECKS, "max_age", "expires"))
        super().__setattr__(name, value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SessionCookie):
            return NotImplemented
        return self.settings == other.settings and self.expires_at == other.expires_at

    __hash__ = None  # type: ignore[assignment]  # it changes

    def __repr__(self) -> str:
        return f"SessionCookie({self.to_json()})"

    @property
    def original_max_age(self) -> int | None:
        """The lifetime that every request starts again, in milliseconds; ``None`` for a browser session."""
        return self.settings.original_max_age

    @property
    def max_age(self) -> timedelta | None:
        """What is left of the lifetime. Assigned a timedelta, an int of seconds, or ``None``."""
        return None if self.expires_at is None else (self.expires_at - clock.now()) * MILLISECOND

    @max_age.setter
    def max_age(self, value: timedelta | int | None) -> None:
        self.settings = self.settings._replace(original_max_age=check_max_age("session.cookie.max_age", value))
        self.touch()

    @property
    def expires(self) -> datetime | None:
        """When the session ends. Assigned a datetime with a time zone, or ``None``."""
        return None if self.expires_at is None else EPOCH + self.expires_at * MILLISECOND

    @expires.setter
    def expires(self, value: datetime | None) -> None:
        self.expires_at = check_expires("session.cookie.expires", value)
        left = None if self.expires_at is None else self.expires_at - clock.now()
        self.settings = self.settings._replace(original_max_age=left)

    @property
    def expires_text(self) -> str | None:
        """The same as express-session stores it, such as ``"2030-01-31T12:00:00.000Z"``."""
        if self.expires_at is None:
            return None
        seconds, milliseconds = divmod(self.expires_at, 1000)
        return f"{_second(seconds)}.{milliseconds:03}Z"

    def touch(self) -> None:
        """Start the lifetime again."""
        lifetime = self.settings.original_max_age
        _put(self, "expires_at", None if lifetime is None else clock.now() + lifetime)

    def copy(self) -> SessionCookie:
        """An independent copy."""
        return SessionCookie.restore(self.settings, self.expires_at)

    def to_json(self) -> dict[str, Any]:
        """The settings and the date as express-session stores them."""
        return {"expires": self.expires_text, **self.settings.to_json()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> SessionCookie:
        """The reverse of :meth:`to_json`; also reads what express-session stored.

        :raises OptionError: if a setting breaks its rule.
        :raises TypeError: if one is a list or an object.
        """
        expires = stored.get("expires")
        if expires is False:  # so express-session writes that there is none, where its options do
            expires = None
        if expires is not None:
            # Before Python 3.11, fromisoformat does not know "Z".
            expires = datetime.fromisoformat(str(expires).replace("Z", "+00:00"))
        return cls.restore(CookieSettings.from_json(stored), check_expires("cookie.expires", expires))


def dump_cookie(name: str, value: str, cookie: SessionCookie) -> str:
    """The value of a ``Set-Cookie`` header, its attributes in express-session's order."""
    before, after = _attributes(cookie.settings)
    date = "" if cookie.expires_at is None else f"; Expires={_date(cookie.expires_at // 1000)}"
    return f"{name}={_percent_encoded(value)}{before}{date}{after}"


@lru_cache
def _attributes(settings: CookieSettings) -> tuple[str, str]:
    """What stands before and after the date."""
    before = (settings.domain and f"; Domain={settings.domain}", settings.path and f"; Path={settings.path}")
    after = (
        settings.httponly and "; HttpOnly",
        settings.secure and "; Secure",
        settings.partitioned and "; Partitioned",
        settings.priority and f"; Priority={settings.priority}",
        settings.samesite and f"; SameSite={settings.samesite}",
    )
    return "".join(part or "" for part in before), "".join(part or "" for part in after)


@lru_cache
def _date(seconds: int) -> str:
    return formatdate(seconds, usegmt=True)


@lru_cache
def _second(seconds: int) -> str:
    return (EPOCH + timedelta(seconds=seconds)).isoformat().removesuffix("+00:00")


# JavaScript's encodeURIComponent escapes all but these. A signed id has three others; to look for them is quicker.
_ALMOST_PLAIN = re.compile(r"[A-Za-z0-9\-_.!~*'():/+]*")


def _percent_encoded(value: str) -> str:
    if _ALMOST_PLAIN.fullmatch(value):
        return value.replace(":", "%3A").replace("/", "%2F").replace("+", "%2B")
    return quote(value, safe="!~*'()")


def load_cookie(header: str, name: str) -> str | None:
    """The decoded value of the first cookie called ``name`` in a ``Cookie`` header, ``None`` if there is none.

    Only the first counts, as in express-session: who can plant a cookie of the same name that comes first can hide the
    session, and to look for a better one would let them ask the store as often as they like.
    A value that is not valid percent-encoded UTF-8 is returned as it came.
    """
    for pair in header.split(";"):
        key, equals, value = pair.partition("=")
        if equals and key.strip(" \t") == name:
            value = value.strip(" \t")
            if value[:1] == value[-1:] == '"':
                value = value[1:-1]
            return _percent_decoded(value)
    return None


def _percent_decoded(value: str) -> str:
    # What a signed id has, in three quick steps. Where they leave no escape, they have found all there were.
    plain = value.replace("%3A", ":").replace("%2F", "/").replace("%2B", "+")
    if "%" not in plain:
        return plain
    if _BROKEN_ESCAPE.search(value):
        return value
    try:
        return unquote_to_bytes(value).decode()
    except UnicodeDecodeError:
        return value
