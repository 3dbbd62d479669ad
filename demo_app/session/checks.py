"""The rules of single values: what an option may be, and what it becomes."""

from __future__ import annotations

import difflib
import re
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime, timedelta, timezone
from typing import Any, ClassVar, Literal

from .errors import OptionError, found

MILLISECOND = timedelta(milliseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)

# RFC 6265bis, section 4.1.1: Path and Domain hold no control character and no ";".
_PATH = re.compile(r"/[\x20-\x3A\x3D-\x7E]*")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"\.?{_LABEL}(?:\.{_LABEL})*", re.IGNORECASE)

# A date in a header has a year of four digits. Every request moves the date on, so some years are left for that.
_LONGEST_LIFETIME = timedelta(days=365 * 7900)
_LOWEST_LIFETIME = -timedelta(days=365 * 1000)  # the date has passed, and has four digits still
_LAST_YEAR = 9950


def nearest(name: str, known: Iterable[str]) -> str:
    """A sentence that names the option somebody probably meant, or all there are."""
    known = list(known)
    plain = {_plain(option): option for option in known}
    close = difflib.get_close_matches(_plain(name), plain, n=1)
    return f"Did you mean {plain[close[0]]!r}?" if close else f"There are: {', '.join(known)}."


def check_names(prefix: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Raise :exc:`OptionError` for the first name that is not known."""
    known = list(known)
    for name in given:
        if name not in known:
            raise OptionError(f"{prefix}{name}", "is no option", nearest(str(name), known))


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
    if not _LOWEST_LIFETIME.total_seconds() <= seconds <= _LONGEST_LIFETIME.total_seconds():
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
    if value == "auto":
        return "auto"
    if not isinstance(value, bool):
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


class Named:
    """Gives a dataclass an error for unknown names that says what was probably meant, and where it belongs."""

    #: How errors name an option, in front of its name.
    _prefix: ClassVar[str] = ""
    #: Whose options these are, and how one of them is written.
    _owner: ClassVar[str]
    _written: ClassVar[str]

    def __new__(cls, *args: Any, **given: Any) -> Any:
        own = _names_of(cls)
        for name in given:
            if name not in own:
                raise cls._unknown(name)
        return super().__new__(cls)

    @classmethod
    def _unknown(cls, name: str) -> OptionError:
        others = [other for other in Named.__subclasses__() if not issubclass(cls, other)]
        homes = {_plain(known): (known, home) for home in (*others, cls) for known in _names_of(home)}
        # Flask and others have one list of names, such as SESSION_COOKIE_SECURE.
        words = (_plain(name), re.sub("^(session)?(cookie)?", "", _plain(name)))
        exact = [word for word in words if word in homes]
        meant = exact or [each for word in words[::-1] for each in difflib.get_close_matches(word, homes, n=1)]
        if meant and homes[meant[0]][1] is not cls:
            right, home = homes[meant[0]]
            rule = f"it is an option of the {home._owner}: {home._written.format(right)}."
            return OptionError(f"{cls._prefix}{name}", f"is no option of the {cls._owner}", rule)
        hint = f"Did you mean {homes[meant[0]][0]!r}?" if meant else f"There are: {', '.join(_names_of(cls))}."
        return OptionError(f"{cls._prefix}{name}", "is no option", hint)


def _names_of(cls: type[Named]) -> list[str]:
    return [field.name for field in fields(cls)]  # type: ignore[arg-type]  # subclasses are dataclasses


def _plain(name: str) -> str:
    """The same for "httpOnly", "http_only" and "HTTPONLY"."""
    return re.sub(r"[^a-z]", "", name.lower())


def known_only(prefix: str, given: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, Any]:
    """What of ``given`` express-session looks at. The rest it ignores, and here a warning says so."""
    for name in given:
        if name not in known:
            warn_caller(
                f"{prefix}{name} is no option, and express-session ignores it. {nearest(str(name), known)}", UserWarning
            )
    return {name: value for name, value in given.items() if name in known}


def truth(value: Any) -> Any:
    """What express-session makes of a number, of empty text and of ``null``, where it looks for true or false."""
    return bool(value) if is_nothing(value) or isinstance(value, (int, float)) else value


def is_nothing(value: Any) -> bool:
    """Whether JavaScript takes a value for false: ``null``, ``false``, ``0`` and empty text."""
    return value is None or value == "" or (isinstance(value, (int, float)) and not value)


def warn_caller(message: str, category: type[Warning]) -> None:
    """Warn of the line outside of this package that has called it."""
    level, frame = 1, sys._getframe()
    while frame.f_back is not None and frame.f_globals.get("__package__") == __package__:
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)


@contextmanager
def as_written(prefix: str, names: Mapping[str, str]) -> Iterator[None]:
    """Let errors name the options as express-session does: ``cookie.sameSite``, and not ``cookie.samesite``."""
    try:
        yield
    except OptionError as error:
        written = {f"{prefix}{ours}": f"{prefix}{theirs}" for theirs, ours in names.items()}
        option, *place = re.split(r"(?=\[)", error.option, maxsplit=1)  # such as secret[1]
        raise OptionError("".join((written.get(option, option), *place)), error.found, error.rule) from None
