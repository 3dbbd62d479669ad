"""Exercises of lesson 17."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import requests

from ...serving import serve
from ...session import CookieOptions, MemoryStore, SessionCookie, SQLiteStore, StoredSession
from ...session.stores import InspectableStore
from ..exercises import Exercise, Wrong
from ..trying import ask, cookie_of, returned, returned_options, visits


def _check_workers(answer: Callable[[str], object]) -> str:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for name in ("one.db", "another.db"):
            path = str(Path(folder, name))
            client = requests.Session()
            with serve(returned_options(answer(path))) as first, serve(returned_options(answer(path))) as second:
                cookie_of(ask(client, first, "/api/visits"), first)
                if visits(client, first) != 2:
                    raise Wrong("One worker alone takes a visitor who comes again for a new one.")
                if (count := visits(client, second)) != 3:
                    raise Wrong(
                        f"The visitor was at one worker twice, and the other one counts {count}: a stranger to it."
                    )
            with serve(returned_options(answer(path))) as later:
                if (count := visits(client, later)) != 4:
                    raise Wrong(f"After a restart, the fourth visit is counted as {count}.")
            stranger = requests.Session()
            with serve(returned_options(answer(path))) as later:
                if visits(stranger, later) != 1:
                    raise Wrong("Somebody new finds a session that is not theirs.")
            if not Path(path).exists():
                raise Wrong(f"The workers share something, and it is not the file {name}, which they were given.")
    return "Two workers know each other's visitors, and a third one does after a restart."


workers = Exercise(
    _check_workers,
    hints=(
        "A store in memory is known to one process. Which one is a file?",
        "SQLiteStore takes the path of its file.",
        "store=SQLiteStore(path), and the same secret for all.",
    ),
)

_PEOPLE = (
    '{"user":"ada"}',
    '{"cart":["ada"]}',
    '{"user":"adam"}',
    '{"user":"ada","visits":3}',
    '{"user":"alan","friend":"ada"}',
    "{}",
    '{"user":null}',
)


def _check_everywhere(answer: Callable[[InspectableStore, str], object]) -> str:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for store in (MemoryStore(), SQLiteStore(Path(folder, "sessions.db"))):
            for user, right in (("ada", 2), ("alan", 1), ("nobody", 0)):
                store.clear()
                for number, data in enumerate(_PEOPLE):
                    store.set(f"id-{number}", StoredSession(SessionCookie(CookieOptions()), data))
                made = answer(store, user)
                left = [kept.data for kept in store.all().values()]
                theirs = [data for data in _PEOPLE if f'"user":"{user}"' in data]
                if still := [data for data in theirs if data in left]:
                    raise Wrong(f"There is still a session of {user}: {still[0]}")
                if gone := [data for data in _PEOPLE if data not in left and data not in theirs]:
                    raise Wrong(f"For {user}, the session {gone[0]} was ended as well, which is not theirs.")
                if isinstance(made, bool) or made != right:
                    raise Wrong(f"{returned(made)} Of {user} there were {right} sessions.")
    return "Of two stores with seven sessions, those of the user have ended, and no others."


everywhere = Exercise(
    _check_everywhere,
    hints=(
        "Go through store.all().items(), which are ids with sessions. json.loads(kept.data) is a dict.",
        'Not every session has a "user": .get("user") is None then.',
        "store.destroy(sid) ends one. Count them, and return the number.",
    ),
)
