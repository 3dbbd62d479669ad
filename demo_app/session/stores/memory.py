"""Sessions in this process's memory: the default, gone with the process."""

from __future__ import annotations

import threading
from collections import OrderedDict

from .. import clock
from ..checks import MILLISECOND
from ..cookie import SessionCookie
from ..cookie_options import CookieSettings
from ..errors import OptionError, StoreUnavailable, found
from .base import MARK, StoredSession

_MARK = MARK // MILLISECOND
_LOOKS_WHEN_FULL = 100

#: A session: the settings of its cookie, its date, and its data.
_Kept = tuple[CookieSettings, "int | None", str]


class MemoryStore:
    """Keeps sessions in a dict.

    Expired sessions leave by themselves: every write looks at one or two sessions, each in its turn, so that no
    request has to pause for a sweep. In steady traffic no more of them wait for their turn than there are
    sessions that live. (The store of the same name in express-session keeps what nobody asks for again until
    the process ends.)

    :param most: How many sessions it may hold. One more is refused: to make room would log somebody out. ``None``: as
        many as fit into memory. (Beside them stand the ids that were destroyed in the last minutes.)
    :raises OptionError: if ``most`` is no number from 1 up.
    """

    def __init__(self, most: int | None = None) -> None:
        if most is not None and (type(most) is not int or most < 1):
            raise OptionError("most", found(most), "it is a number of sessions, 1 or more, or None.")
        self._most = most
        self._sessions: dict[str, _Kept] = {}
        # Whose turn it is to be looked at: the id that has waited longest comes first.
        self._turns: OrderedDict[str, None] = OrderedDict()
        #: Until when it is remembered that an id was destroyed, the earliest first.
        self._marks: OrderedDict[str, int] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, sid: str) -> StoredSession | None:
        with self._lock:
            found = self._live(sid)
        return None if found is None else _handed_out(found)

    def set(self, sid: str, session: StoredSession) -> None:
        with self._lock:
            self._put(sid, session.cookie, session.data)
            self._marks.pop(sid, None)

    def update(self, sid: str, session: StoredSession, lapsed: bool = False) -> bool:
        with self._lock:
            if self._live(sid) is None and (not lapsed or self._is_marked(sid)):
                return False
            self._put(sid, session.cookie, session.data)
            return True

    def touch(self, sid: str, cookie: SessionCookie) -> bool:
        with self._lock:
            found = self._live(sid)
            if found is None:
                return False
            self._put(sid, cookie, found[2])
            return True

    def destroy(self, sid: str) -> None:
        now = clock.now()
        with self._lock:
            if sid in self._sessions:
                self._drop(sid)
            self._marks.pop(sid, None)
            self._marks[sid] = now + _MARK
            while next(iter(self._marks.values())) <= now:
                self._marks.popitem(last=False)

    def all(self) -> dict[str, StoredSession]:
        with self._lock:
            self._look(len(self._turns))
            return {sid: _handed_out(found) for sid, found in self._sessions.items()}

    def clear(self) -> None:
        with self._lock:
            self._sessions.clear()
            self._turns.clear()

    def __len__(self) -> int:
        with self._lock:
            self._look(len(self._turns))
            return len(self._sessions)

    # The lock is held by whoever calls what follows.

    def _live(self, sid: str) -> _Kept | None:
        found = self._sessions.get(sid)
        if found is not None and _has_expired(found, clock.now()):
            self._drop(sid)
            return None
        return found

    def _is_marked(self, sid: str) -> bool:
        return self._marks.get(sid, 0) > clock.now()

    def _put(self, sid: str, cookie: SessionCookie, data: str) -> None:
        looks = 1
        if sid not in self._sessions:
            self._make_room()
            self._turns[sid] = None
            looks = 2  # more than were added, so that the turn comes round
        self._sessions[sid] = cookie.settings, cookie.expires_at, data
        self._look(looks)

    def _make_room(self) -> None:
        if self._most is not None and len(self._sessions) >= self._most:
            self._look(_LOOKS_WHEN_FULL)
            if len(self._sessions) >= self._most:
                raise StoreUnavailable(
                    f"MemoryStore(most={self._most}) is full. Let it hold more, or give sessions a shorter lifetime."
                )

    def _look(self, most: int) -> None:
        """Drop what has expired among the next ``most`` sessions."""
        now = clock.now()
        for _ in range(min(most, len(self._turns))):
            sid = next(iter(self._turns))
            if _has_expired(self._sessions[sid], now):
                self._drop(sid)
            else:
                self._turns.move_to_end(sid)

    def _drop(self, sid: str) -> None:
        del self._sessions[sid]
        del self._turns[sid]


def _has_expired(kept: _Kept, now: int) -> bool:
    return kept[1] is not None and kept[1] <= now


def _handed_out(kept: _Kept) -> StoredSession:
    settings, expires_at, data = kept
    return StoredSession(SessionCookie.restore(settings, expires_at), data)
