"""Everything that can go wrong, under one base class."""

from __future__ import annotations

from werkzeug.exceptions import ServiceUnavailable


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
        #: What was wrong with it.
        self.found = found
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


class StoreUnavailable(SessionError, ServiceUnavailable):
    """Raised by a store that cannot be reached or cannot write at the moment.

    Where no error handler takes it, Flask answers 503. The answer does not say what is wrong with the store: that is
    for the log, and for ``str(error)``.
    """

    description = "The sessions cannot be reached at the moment. Please try again."

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.args = (reason,)
        #: What is wrong, with what to do about it.
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


def found(value: object) -> str:
    """What was wrong, in the words of a message."""
    return f"is {value!r} ({type(value).__name__})"


def found_type(value: object) -> str:
    """The same where the value may hold a secret, which no message shows."""
    return f"is of type {type(value).__name__}"
