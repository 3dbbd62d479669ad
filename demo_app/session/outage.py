"""Outages of a store, each told in the log once."""

from __future__ import annotations

import logging

from .cookie import SessionCookie
from .errors import StoreUnavailable
from .stores.base import Store, StoredSession

log = logging.getLogger("demo_app.session")


class Watched:
    """Hands every call on to a store. Logs one line when it fails, and one when it does again what it failed in."""

    def __init__(self, store: Store) -> None:
        self._store = store
        # "read" or "write": a store that is full can still be read.
        self._failing: set[str] = set()

    # One after the other, and not by a common wrapper: every request comes through here twice.

    def get(self, sid: str) -> StoredSession | None:
        try:
            found = self._store.get(sid)
        except StoreUnavailable as error:
            self._failed("read", error)
            raise
        if self._failing:
            self._worked("read")
        return found

    def set(self, sid: str, session: StoredSession) -> None:
        try:
            self._store.set(sid, session)
        except StoreUnavailable as error:
            self._failed("write", error)
            raise
        if self._failing:
            self._worked("write")

    def update(self, sid: str, session: StoredSession, lapsed: bool = False) -> bool:
        try:
            # A store that was written before there was a third argument is asked with two as long as that will do.
            kept = self._store.update(sid, session, True) if lapsed else self._store.update(sid, session)
        except StoreUnavailable as error:
            self._failed("write", error)
            raise
        if self._failing:
            self._worked("write")
        return kept

    def touch(self, sid: str, cookie: SessionCookie) -> bool:
        try:
            kept = self._store.touch(sid, cookie)
        except StoreUnavailable as error:
            self._failed("write", error)
            raise
        if self._failing:
            self._worked("write")
        return kept

    def destroy(self, sid: str) -> None:
        try:
            self._store.destroy(sid)
        except StoreUnavailable as error:
            self._failed("write", error)
            raise
        if self._failing:
            self._worked("write")

    def _failed(self, kind: str, error: StoreUnavailable) -> None:
        if not self._failing:
            log.error(
                "the session store has failed. Until it is back, sessions are empty, and a request that changes one is "
                "answered with 503: %s",
                error,
            )
        self._failing.add(kind)

    def _worked(self, kind: str) -> None:
        self._failing.discard(kind)
        if not self._failing:
            log.warning("the session store is back")
