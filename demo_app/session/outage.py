"""Outages of a store, each told in the log once."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from .cookie import SessionCookie
from .errors import OptionError, StoreUnavailable
from .log import log
from .stores.base import Store, StoredSession

P = ParamSpec("P")
T = TypeVar("T")


class Watched:
    """Hands every call on to a store. Logs one line when it fails, and one when it does again what it failed in.

    :raises OptionError: from ``get``, if the store returns what is no session.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        # "read" or "write": a store that is full can still be read.
        self._failing: set[str] = set()

    def get(self, sid: str) -> StoredSession | None:
        found: object = self._ask("read", self._store.get, sid)
        if found is None or isinstance(found, StoredSession):
            return found
        rule = "it returns a StoredSession or None. StoredSession.from_json(…) makes one of a dict that has a cookie."
        raise OptionError("store", f"has a get that returned a {type(found).__name__}", rule)

    def set(self, sid: str, session: StoredSession) -> None:
        self._ask("write", self._store.set, sid, session)

    def update(self, sid: str, session: StoredSession, lapsed: bool = False) -> bool:
        return self._ask("write", self._store.update, sid, session, lapsed)

    def touch(self, sid: str, cookie: SessionCookie) -> bool:
        return self._ask("write", self._store.touch, sid, cookie)

    def destroy(self, sid: str) -> None:
        self._ask("write", self._store.destroy, sid)

    def _ask(self, kind: str, method: Callable[P, T], *values: P.args, **named: P.kwargs) -> T:
        try:
            answer = method(*values, **named)
        except StoreUnavailable as error:
            if not self._failing:
                log.error(
                    "the session store has failed. Until it is back, sessions are empty, and a request that changes "
                    "one is answered with 503: %s",
                    error,
                )
            self._failing.add(kind)
            raise
        if kind in self._failing:
            self._failing.discard(kind)
            if not self._failing:
                log.warning("the session store is back")
        return answer
