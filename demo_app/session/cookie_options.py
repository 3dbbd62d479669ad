"""The options of the session cookie, checked when they are built.

The names are the keywords of Werkzeug's ``Response.set_cookie``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any, Literal, NamedTuple

from .checks import (
    ATTRIBUTE_CHECKS,
    MILLISECOND,
    Named,
    as_written,
    check_expires,
    check_max_age,
    is_nothing,
    known_only,
    truth,
)
from .errors import OptionError, found, found_type

# Until the year 2069 it leads to a year of four digits, which is what a date in a header has.
_LONGEST_STORED = timedelta(days=365.2425 * 7930) // MILLISECOND
# Below nothing, a lifetime leads back, and no further than the year 1.
_LOWEST_STORED = -timedelta(days=365 * 1969) // MILLISECOND


class CookieSettings(NamedTuple):
    """What a session's cookie has besides its date. It never changes, so many sessions can have the same one."""

    path: str | None
    domain: str | None
    secure: bool
    httponly: bool
    samesite: str | None
    partitioned: bool
    priority: str | None
    #: The lifetime that every request starts again, in milliseconds; ``None`` for a browser session.
    original_max_age: int | None = None

    def to_json(self) -> dict[str, Any]:
        """The settings as express-session stores them."""
        stored = {
            "originalMaxAge": self.original_max_age,
            "partitioned": self.partitioned or None,
            "priority": self.priority and self.priority.lower(),
            "secure": self.secure,
            "httpOnly": self.httponly,
            "domain": self.domain,
            "path": self.path,
            "sameSite": self.samesite and self.samesite.lower(),
        }
        # There, these are null where there is none; the other settings are left out.
        null = ("originalMaxAge", "path")
        return {key: value for key, value in stored.items() if value is not None or key in null}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> CookieSettings:
        """The reverse of :meth:`to_json`; also reads what express-session stored.

        :raises OptionError: if a setting breaks its rule.
        :raises TypeError: if one is a list or an object.
        """
        samesite = stored.get("sameSite") or None
        lifetime = stored.get("originalMaxAge")
        given = cls(
            path=stored.get("path", "/") or None,
            domain=stored.get("domain") or None,
            secure=bool(stored.get("secure")),
            httponly=bool(stored.get("httpOnly", True)),
            samesite="Strict" if samesite is True else samesite,
            partitioned=bool(stored.get("partitioned")),
            priority=stored.get("priority") or None,
            original_max_age=None if lifetime is False else lifetime,
        )
        return _checked(given)


@lru_cache  # few sessions differ in their cookie's settings
def _checked(given: CookieSettings) -> CookieSettings:
    """The settings as they are kept, if each keeps its rule."""
    checked = {name: check(f"cookie.{name}", getattr(given, name)) for name, check in ATTRIBUTE_CHECKS.items()}
    if checked["samesite"] == "auto":
        raise OptionError("cookie.samesite", "is 'auto'", "a session's own cookie has a fixed value.")
    lifetime = given.original_max_age
    if lifetime is not None:
        lifetime = round(lifetime)
        if not _LOWEST_STORED <= lifetime <= _LONGEST_STORED:
            rule = "the date it leads to has to have a year of four digits."
            raise OptionError("cookie.originalMaxAge", found(lifetime), rule)
    return CookieSettings(**checked, original_max_age=lifetime)


@dataclass(frozen=True, kw_only=True)
class CookieOptions(Named):
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
    _owner = "cookie"
    _written = "cookie=CookieOptions({}=…)"

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

    @property
    def is_auto(self) -> bool:
        """Whether anything depends on the connection."""
        return "auto" in (self.secure, self.samesite)

    def settings(self, is_secure: bool) -> CookieSettings:
        """What a session's cookie begins with. ``"auto"`` becomes what fits a connection that is secure or is not."""
        return self._settings[is_secure]

    @cached_property
    def _settings(self) -> tuple[CookieSettings, CookieSettings]:
        lifetime = check_max_age("cookie.max_age", self.max_age)
        given = {name: getattr(self, name) for name in ATTRIBUTE_CHECKS}
        if self.samesite == "auto":
            given["samesite"] = "Lax"
        open_ = CookieSettings(**given, original_max_age=lifetime)
        if self.secure == "auto":
            open_ = open_._replace(secure=False)
        over_tls = open_._replace(secure=self.secure is not False)
        if self.samesite == "auto":
            over_tls = over_tls._replace(samesite="None")
        return open_, over_tls

    @classmethod
    def from_express(cls, given: Mapping[str, Any]) -> CookieOptions:
        """Build the options from express-session's ``cookie`` object: camelCase names, milliseconds.

        Names that express-session does not know it ignores; so does this, with a :exc:`UserWarning` that names them.
        Where both ``maxAge`` and ``expires`` are there, the later one wins, and a ``maxAge`` that is a date is an
        ``expires``, as there.

        :raises OptionError: naming the option as it was written, its value and the rule.
        """
        if not isinstance(given, Mapping):
            raise OptionError(
                "cookie", found_type(given), "it is a mapping such as {'httpOnly': True, 'maxAge': 60000}."
            )
        options: dict[str, Any] = {}
        for key, value in known_only("cookie.", given, EXPRESS_NAMES).items():
            if key == "maxAge" and isinstance(value, datetime):
                key = "expires"
            if key == "maxAge":
                options.pop("expires", None)
                value = _milliseconds(value)
            elif key == "sameSite" and isinstance(value, bool):
                value = "Strict" if value else None
            elif key == "expires":
                options.pop("max_age", None)
                value = None if value is False else value
            elif key in ("secure", "httpOnly", "partitioned"):
                value = truth(value)
            elif is_nothing(value):  # of path, domain, priority, sameSite
                value = None
            options[EXPRESS_NAMES[key]] = value
        with as_written("cookie.", EXPRESS_NAMES):
            return cls(**options)


#: The names of express-session, and ours.
EXPRESS_NAMES = {
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


def _milliseconds(value: Any) -> timedelta | None:
    if value is None or value is False:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise OptionError("cookie.maxAge", found(value), "it is a number of milliseconds, a date, or None.")
    try:
        return timedelta(milliseconds=value)
    except (OverflowError, ValueError):
        raise OptionError("cookie.maxAge", found(value), "it is a finite number of milliseconds.") from None
