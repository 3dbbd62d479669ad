"""Exercises of lesson 02."""

from __future__ import annotations

from collections.abc import Callable

import requests

from ...serving import serve
from ...session import MemoryStore, SessionOptions, sign
from ..exercises import Exercise, Wrong, returned_options


def _check_is_genuine(answer: Callable[[str, str], object]) -> str:
    value = "s:" + sign("an-id", b"a secret")
    if answer(value, "a secret") is not True:
        raise Wrong(f"For a genuine value the function returned {answer(value, 'a secret')!r}.")
    for forged, what in (
        (value.replace("an-id", "another-id"), "another id under the same signature"),
        (value[:-1] + ("A" if value[-1] != "A" else "B"), "a signature with another last letter"),
        ("s:" + sign("an-id", b"a guess"), "a signature made with another secret"),
    ):
        if answer(forged, "a secret") is not False:
            raise Wrong(f"For {what} the function returned {answer(forged, 'a secret')!r}.")
    return "It accepts the genuine value, and refuses a changed id, a changed signature and a wrong secret."


is_genuine = Exercise(
    _check_is_genuine,
    hints=(
        "Without the s: in front, the value is the id, a dot, and the signature.",
        "sign(sid, secret.encode()) gives the id with the signature that this secret makes.",
        "signed = value[2:] is what the client sent. Which id is in it, and what does sign() make of that id?",
    ),
)

OLD, NEW = "last year's secret", "this year's secret"


def _check_rotation(answer: Callable[[MemoryStore], object]) -> str:
    store = MemoryStore()
    client = requests.Session()
    with serve(SessionOptions(secret=OLD, store=store)) as before:
        client.get(f"{before.url}/api/visits")
    options = returned_options(answer(store))
    with serve(options) as after, serve(SessionOptions(secret=NEW, store=store)) as later:
        if client.get(f"{after.url}/api/visits").json()["visits"] != 2:
            raise Wrong("A visitor from before the change was counted as new: the old secret is no longer accepted.")
        newcomer = requests.Session()
        newcomer.get(f"{after.url}/api/visits")
        if newcomer.get(f"{later.url}/api/visits").json()["visits"] != 2:
            raise Wrong("A new visitor's cookie was signed with the old secret. The first secret of the list signs.")
    return "Old cookies are accepted, and new ones carry this year's signature."


rotate = Exercise(
    _check_rotation,
    hints=(
        "secret can be a list.",
        "The first secret of the list signs, all of them verify.",
        'secret=["this year\'s secret", …]',
    ),
)
