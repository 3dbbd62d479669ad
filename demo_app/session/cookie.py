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
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from . import clock
from .errors import OptionError
from .options import ATTRIBUTE_CHECKS, EPOCH, MILLISECOND, CookieOptions, check_expires, check_max_age, check_names

_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


class SessionCookie:
    """The cookie settings of one session, ``session.cookie``.

    They start as the options say, are stored with the session, and can be assigned in a view:
    ``session.cookie.max_age = timedelta(minutes=5)`` gives this session, and no other, five minutes.
    Attributes are those of :class:`~demo_app.session.CookieOptions` and keep the same rules; ``"auto"`` is already
    resolved.
    """

    path: str | None
    domain: str | None
    secure: bool
    httponly: bool
    samesite: str | None
    partitioned: bool
    priority: str | None
    #: The lifetime that every request starts again, in milliseconds; ``None`` for a browser session.
    original_max_age: int | None
    #: When the session ends, in milliseconds since the epoch; ``None`` for a browser session.
    expires_at: int | None

    def __init__(self, options: CookieOptions, *, is_secure: bool = False) -> None:
        """The cookie of a new session. ``"auto"`` becomes what fits a connection that ``is_secure`` or is not."""
        settings = self.__dict__  # past __setattr__: the options have been checked
        settings.update(options.attributes, original_max_age=None, expires_at=None)
        if options.secure == "auto":
            settings["secure"] = is_secure
        if options.samesite == "auto":
            settings["samesite"] = "None" if is_secure else "Lax"
        if options.max_age is not None:
            self.max_age = options.max_age
        elif options.expires is not None:
            self.expires = options.expires

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ATTRIBUTE_CHECKS:
            value = ATTRIBUTE_CHECKS[name](f"session.cookie.{name}", value)
            if value == "auto":
                raise OptionError(f"session.cookie.{name}", "is 'auto'", "a session's own cookie has a fixed value.")
        else:
            check_names("session.cookie.", (name,), (*ATTRIBUTE_CHECKS, "max_age", "expires"))
        super().__setattr__(name, value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SessionCookie) and self.__dict__ == other.__dict__

    def __repr__(self) -> str:
        return f"SessionCookie({self.to_json()})"

    @property
    def max_age(self) -> timedelta | None:
        """What is left of the lifetime. Assigned a timedelta, an int of seconds, or ``None``."""
        return None if self.expires_at is None else (self.expires_at - clock.now()) * MILLISECOND

    @max_age.setter
    def max_age(self, value: timedelta | int | None) -> None:
        self.__dict__["original_max_age"] = check_max_age("session.cookie.max_age", value)
        self.touch()

    @property
    def expires(self) -> datetime | None:
        """When the session ends. Assigned a datetime with a time zone, or ``None``."""
        return None if self.expires_at is None else EPOCH + self.expires_at * MILLISECOND

    @expires.setter
    def expires(self, value: datetime | None) -> None:
        at = check_expires("session.cookie.expires", value)
        self.__dict__["expires_at"] = at
        self.__dict__["original_max_age"] = None if at is None else at - clock.now()

    def touch(self) -> None:
        """Start the lifetime again."""
        lifetime = self.original_max_age
        self.__dict__["expires_at"] = None if lifetime is None else clock.now() + lifetime

    def copy(self) -> SessionCookie:
        """An independent copy."""
        twin = object.__new__(SessionCookie)
        twin.__dict__.update(self.__dict__)
        return twin

    def to_json(self) -> dict[str, Any]:
        """The settings as express-session stores them."""
        stored = {
            "originalMaxAge": self.original_max_age,
            "partitioned": self.partitioned or None,
            "priority": self.priority and self.priority.lower(),
            "expires": self.expires and self.expires.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "secure": self.secure,
            "httpOnly": self.httponly,
            "domain": self.domain,
            "path": self.path,
            "sameSite": self.samesite and self.samesite.lower(),
        }
        # There, these are null where there is none; the other settings are left out.
        null = ("originalMaxAge", "expires", "path")
        return {key: value for key, value in stored.items() if value is not None or key in null}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> SessionCookie:
        """The reverse of :meth:`to_json`; also reads what express-session stored.

        :raises OptionError: if a setting breaks its rule.
        """
        samesite = stored.get("sameSite") or None
        cookie = cls(
            CookieOptions(
                path=stored.get("path", "/") or None,
                domain=stored.get("domain") or None,
                secure=bool(stored.get("secure")),
                httponly=bool(stored.get("httpOnly", True)),
                partitioned=bool(stored.get("partitioned")),
                samesite="Strict" if samesite is True else samesite,
                priority=stored.get("priority") or None,
            )
        )
        cookie.__dict__["original_max_age"] = _whole(stored, "originalMaxAge")
        expires = stored.get("expires")
        if expires is not None:
            # Before Python 3.11, fromisoformat does not know "Z".
            date = datetime.fromisoformat(str(expires).replace("Z", "+00:00"))
            cookie.__dict__["expires_at"] = check_expires("session.cookie.expires", date)
        return cookie


def _whole(stored: Mapping[str, Any], key: str) -> int | None:
    value = stored.get(key)
    return None if value is None else round(value)


def dump_cookie(name: str, value: str, cookie: SessionCookie) -> str:
    """The value of a ``Set-Cookie`` header, its attributes in express-session's order."""
    parts = [f"{name}={_RESERVED.sub(lambda found: _percent_encoded(found[0]), value)}"]
    if cookie.domain:
        parts.append(f"Domain={cookie.domain}")
    if cookie.path:
        parts.append(f"Path={cookie.path}")
    if cookie.expires_at is not None:
        parts.append(f"Expires={formatdate(cookie.expires_at // 1000, usegmt=True)}")
    if cookie.httponly:
        parts.append("HttpOnly")
    if cookie.secure:
        parts.append("Secure")
    if cookie.partitioned:
        parts.append("Partitioned")
    if cookie.priority:
        parts.append(f"Priority={cookie.priority}")
    if cookie.samesite:
        parts.append(f"SameSite={cookie.samesite}")
    return "; ".join(parts)


# What JavaScript's encodeURIComponent escapes: all but these.
_RESERVED = re.compile(r"[^A-Za-z0-9\-_.!~*'()]")


@lru_cache
def _percent_encoded(character: str) -> str:
    return quote(character, safe="")


def load_cookie(header: str, name: str) -> str | None:
    """The decoded value of the first cookie called ``name`` in a ``Cookie`` header, ``None`` if there is none.

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
    if _BROKEN_ESCAPE.search(value):
        return value
    try:
        return unquote_to_bytes(value).decode()
    except UnicodeDecodeError:
        return value
