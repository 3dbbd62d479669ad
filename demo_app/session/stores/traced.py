"""A store that tells what it was asked: what a session option does to the store can then be seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from ..cookie import SessionCookie
from .base import SimpleStore, Store, StoredSession, complete, inspectable


class Call(NamedTuple):
    """One call of a store, in the words of express-session: its ``set`` is both our ``set`` and our ``update``."""

    method: Literal["get", "set", "touch", "destroy"]
    #: The data that were read or written, as JSON text; empty where there are none.
    data: str
    #: What came of it.
    outcome: Literal["found", "nothing", "stored", "touched", "gone", "removed"]

    def __repr__(self) -> str:
        return f"{self.method:7}  {self.outcome:7}  {self.data}".rstrip()


class Calls(list[Call]):
    """Calls in their order, one to a line."""

    def __repr__(self) -> str:
        return "\n".join(map(repr, self)) or "(the store was not called)"


class TracedStore:
    """Wraps a store and notes every call about a single session.

    :param store: The store that does the work.
    :param report: Called with each call, in the thread that made it. By default the calls are kept for :meth:`take`.
    """

    def __init__(self, store: Store | SimpleStore, report: Callable[[Call], None] | None = None) -> None:
        self._given = store
        self._store = complete(store)
        self._calls = Calls()
        self._report = self._calls.append if report is None else report

    def take(self) -> Calls:
        """The calls since the last time this was called."""
        taken = Calls(self._calls)
        self._calls.clear()
        return taken

    def get(self, sid: str) -> StoredSession | None:
        found = self._store.get(sid)
        self._report(Call("get", "", "nothing") if found is None else Call("get", found.data, "found"))
        return found

    def set(self, sid: str, session: StoredSession) -> None:
        self._store.set(sid, session)
        self._report(Call("set", session.data, "stored"))

    def update(self, sid: str, session: StoredSession, lapsed: bool = False) -> bool:
        kept = self._store.update(sid, session, lapsed)
        self._report(Call("set", session.data, "stored" if kept else "gone"))
        return kept

    def touch(self, sid: str, cookie: SessionCookie) -> bool:
        kept = self._store.touch(sid, cookie)
        self._report(Call("touch", "", "touched" if kept else "gone"))
        return kept

    def destroy(self, sid: str) -> None:
        self._store.destroy(sid)
        self._report(Call("destroy", "", "removed"))

    def all(self) -> dict[str, StoredSession]:
        return inspectable(self._given).all()

    def clear(self) -> None:
        inspectable(self._given).clear()

    def __len__(self) -> int:
        return len(inspectable(self._given))
