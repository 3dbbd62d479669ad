"""Everything that can go wrong, under one base class."""

from __future__ import annotations


class SessionError(Exception):
    """Base of all errors of this package."""


class OptionError(SessionError, TypeError, ValueError):
    """Raised if an option is unknown or has a value that breaks its rule.

    It is both a :exc:`TypeError` and a :exc:`ValueError`: whoever catches either of Python's usual errors
    for a bad argument catches this one.
    """

    def __init__(self, option: str, found: str, rule: str) -> None:
        super().__init__(f"{option} {found}: {rule}")
        #: The option as the user writes it, such as ``"cookie.max_age"``.
        self.option = option
        #: The rule that was broken, and how to keep it.
        self.rule = rule


class SessionDataError(SessionError, TypeError):
    """Raised if a session holds what JSON cannot hold."""

    def __init__(self, path: str, found: str, rule: str) -> None:
        super().__init__(f"{path} {found}: {rule}")
        #: Where it is, such as ``"session['cart'][0]"``.
        self.path = path


class SessionUnavailable(SessionError, RuntimeError):
    """Raised if a view writes to a session that this request does not have."""


class SessionNotFound(SessionError, LookupError):
    """Raised by ``session.reload()`` if the store no longer holds the session."""


class StoreUnavailable(SessionError):
    """Raised by a store that cannot be reached or cannot write at the moment."""


def found(value: object) -> str:
    """What was wrong, in the words of a message."""
    return f"is {value!r} ({type(value).__name__})"
