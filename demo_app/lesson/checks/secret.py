"""Exercises of lesson 02."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import requests

from ...serving import serve
from ...session import MemoryStore, SessionOptions, sign
from ..exercises import Exercise, Wrong
from ..mistakes import shown
from ..trying import returned_options, visits, why_none


def _check_is_genuine(answer: Callable[[str, str], object]) -> str:
    for end in ("", "", ".b"):  # other ids and other secrets each time
        word, secret, guess = (secrets.token_urlsafe(12) for _ in range(3))
        sid = f"{word}{end}"
        value = f"s:{sign(sid, secret.encode())}"
        _judge(answer(value, secret), True, f"a genuine value{' with a dot in its id' if end else ''}")
        for forged, what in (
            (value.replace(sid, "another-id"), "another id under the same signature"),
            (value[:-1] + ("A" if value[-1] != "A" else "B"), "a signature with another last letter"),
            (value[:-9], "a signature that was cut short"),
            (f"s:{sid}.", "an id with no signature behind its dot"),
            (f"s:{sign(sid, guess.encode())}", "a signature made with another secret"),
        ):
            _judge(answer(forged, secret), False, what)
    return "It accepts the genuine value, and refuses a changed id, a changed signature and a wrong secret."


def _judge(found: object, wanted: bool, what: str) -> None:
    if found is wanted:
        return
    rule = "" if isinstance(found, bool) else " It has to return True or False."
    raise Wrong(f"For {what} the function returned {shown(found)}.{rule}")


is_genuine = Exercise(
    _check_is_genuine,
    hints=(
        "Without the s: in front, the value is the id, a dot, and the signature.",
        "sign(sid, secret.encode()) gives the id with the signature that this secret makes.",
        'signed.rsplit(".", 1)[0] is the id. Make its signed form, and compare it with what came: … == signed',
    ),
)

OLD, NEW = "last year's secret", "this year's secret"


def _check_rotation(answer: Callable[[MemoryStore], object]) -> str:
    store = MemoryStore()
    client = requests.Session()
    with serve(SessionOptions(secret=OLD, store=store)) as before:
        visits(client, before)
    options = returned_options(answer(store))
    with serve(options) as after, serve(SessionOptions(secret=NEW, store=store)) as later:
        if visits(client, after) != 2:
            raise Wrong(f"A visitor from before the change was counted as new: {_why_new(options, store)}")
        newcomer = requests.Session()
        visits(newcomer, after)
        if not newcomer.cookies:
            raise Wrong(f"A new visitor got no cookie that it sends back.{why_none(after)}")
        if visits(newcomer, later) != 2:
            raise Wrong("A new visitor's cookie was not signed with this year's secret. The first of the list signs.")
    return "Old cookies are accepted, and new ones carry this year's signature."


def _why_new(options: SessionOptions, store: MemoryStore) -> str:
    if options.store is not store:
        return "the options do not have the store that was handed in, and its session is in there."
    if options.name != "connect.sid":
        return f"its cookie is called connect.sid, and the one of these options {options.name}."
    if OLD.encode() not in options.secrets:
        return f"the old secret is no longer accepted. It was {OLD!r}."
    return "its cookie was not accepted."


rotate = Exercise(
    _check_rotation,
    hints=(
        "secret can be a list.",
        "The first secret of the list signs, all of them verify.",
        'secret=["this year\'s secret", …]',
    ),
)
