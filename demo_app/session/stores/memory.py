"""Sessions in this process's memory: the default, gone with the process."""

from __future__ import annotations

import threading
from collections import deque

from .. import clock
from ..cookie import SessionCookie
from .base import StoredSession


class MemoryStore:
    """Keeps sessions in a dict.

    Expired sessions leave by themselves: every write looks at one or two sessions, each in its turn, so that no
    request has to pause for a sweep. In steady traffic no more of them wait for their turn than there are
    sessions that live. (The store of the same name in express-session keeps what nobody asks for again until
    the process ends.)
    """

    def __init__(self) -> None:
        self._sessions: dict[str, StoredSession] = {}
        # Whose turn it is to be looked at. An id that was destroyed waits here for its turn.
        self._turns: deque[str] = deque()
        self._lock = threading.Lock()

    def get(self, sid: str) -> StoredSession | None:
        with self._lock:
            found = self._live(sid)
        return found and StoredSession(found.cookie.copy(), found.data)

    def set(self, sid: str, session: StoredSession) -> None:
        with self._lock:
            self._put(sid, session.cookie, session.data)

    def update(self, sid: str, session: StoredSession) -> bool:
        with self._lock:
            if self._live(sid) is None:
                return False
            self._put(sid, session.cookie, session.data)
            return True

    def touch(self, sid: str, cookie: SessionCookie) -> bool:
        with self._lock:
            found = self._live(sid)
            if found is None:
                return False
            self._put(sid, cookie, found.data)
            return True

    def destroy(self, sid: str) -> None:
        with self._lock:
            self._sessions.pop(sid, None)

    def all(self) -> dict[str, StoredSession]:
        with self._lock:
            self._look(len(self._turns))
            sessions = self._sessions.items()
            return {sid: StoredSession(found.cookie.copy(), found.data) for sid, found in sessions}

    def clear(self) -> None:
        with self._lock:
            self._sessions.clear()
            self._turns.clear()

    def __len__(self) -> int:
        with self._lock:
            self._look(len(self._turns))
            return len(self._sessions)

    # The lock is held by whoever calls what follows.

    def _live(self, sid: str) -> StoredSession | None:
        found = self._sessions.get(sid)
        if found is not None and _expired(found, clock.now()):
            del self._sessions[sid]
            return None
        return found

    def _put(self, sid: str, cookie: SessionCookie, data: str) -> None:
        looks = 1
        if sid not in self._sessions:
            self._turns.append(sid)
            looks = 2  # more than were added, so that the turn comes round
        self._sessions[sid] = StoredSession(cookie.copy(), data)
        self._look(looks)

    def _look(self, most: int) -> None:
        """Drop what has expired among the next ``most`` sessions."""
        now = clock.now()
        for _ in range(min(most, len(self._turns))):
            sid = self._turns.popleft()
            found = self._sessions.get(sid)
            if found is None:
                continue
            if _expired(found, now):
                del self._sessions[sid]
            else:
                self._turns.append(sid)


def _expired(session: StoredSession, now: int) -> bool:
    return session.cookie.expires_at is not None and session.cookie.expires_at <= now
