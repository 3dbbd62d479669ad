"""The same option in other frameworks. ``tests/lesson`` runs each framework and holds every row against it."""

from __future__ import annotations

from typing import NamedTuple

from .table import Table


class Fact(NamedTuple):
    """How one framework spells an option."""

    framework: str
    setting: str
    default: str
    #: What its default puts into the header.
    header: str


FACTS: dict[str, tuple[Fact, ...]] = {
    "name": (
        Fact("express-session", "name", "'connect.sid'", "connect.sid=…"),
        Fact("Flask", "SESSION_COOKIE_NAME", "'session'", "session=…"),
        Fact("Flask-Session", "SESSION_COOKIE_NAME", "'session'", "session=…"),
        Fact("Django", "SESSION_COOKIE_NAME", "'sessionid'", "sessionid=…"),
        Fact("Starlette", "session_cookie", "'session'", "session=…"),
    ),
}


def elsewhere(option: str) -> Table:
    """The setting for ``option`` in five frameworks, its default, and what the default sends."""
    rows = [(fact.framework, f"`{fact.setting}`", f"`{fact.default}`", f"`{fact.header}`") for fact in FACTS[option]]
    return Table(("framework", "setting", "default", "sends"), rows)
