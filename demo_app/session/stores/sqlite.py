"""Sessions in an SQLite file: they outlive the process, and its sqlite3 shell can read them."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
import weakref
from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from .. import clock
from ..checks import MILLISECOND
from ..cookie import SessionCookie
from ..data import decode
from ..errors import OptionError, StoreUnavailable
from ..log import log
from .base import MARK, UNREADABLE, StoredSession, dump_settings, load_settings

# Dates are milliseconds since the epoch. `expires` is NULL for a browser session. `due` says when to look
# whether the session has expired. It stays where it is while `expires` moves with every request: an index on
# `expires` would double what such a write costs. A row without data is the mark that a session was destroyed.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS sessions (
    sid TEXT PRIMARY KEY,
    cookie TEXT NOT NULL,
    data TEXT NOT NULL,
    expires INTEGER,
    due INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS sessions_due ON sessions (due);
"""

_LIVE = "(expires IS NULL OR expires > ?)"
_GET = f"SELECT rowid, cookie, data, expires FROM sessions WHERE sid = ? AND {_LIVE}"
_ALL = f"SELECT sid, rowid, cookie, data, expires FROM sessions WHERE {_LIVE}"
_COUNT = f"SELECT count(*) FROM sessions WHERE {_LIVE}"
_SET = """
INSERT INTO sessions (cookie, data, expires, sid, due) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (sid) DO UPDATE SET cookie = excluded.cookie, data = excluded.data, expires = excluded.expires
"""
_REVIVE = f"{_SET.rstrip()} WHERE sessions.data <> '' OR sessions.due <= ?"
_UPDATE = f"UPDATE sessions SET cookie = ?, data = ?, expires = ? WHERE sid = ? AND {_LIVE}"
_DESTROY = """
INSERT INTO sessions (cookie, data, expires, sid, due) VALUES ('', '', 0, ?, ?)
ON CONFLICT (sid) DO UPDATE SET cookie = '', data = '', expires = 0, due = excluded.due
"""
_TOUCH = f"UPDATE sessions SET cookie = ?, expires = ? WHERE sid = ? AND {_LIVE}"
# Not if another request has stored a good one since.
_DROP = "DELETE FROM sessions WHERE rowid = ? AND CAST(cookie AS BLOB) IS ? AND CAST(data AS BLOB) IS ?"

# Every 16th write looks at 32 sessions that are due: more than the writes can add, few enough not to be felt.
_SWEEP_EVERY = 16
_DUE = "rowid IN (SELECT rowid FROM sessions WHERE due <= :now ORDER BY due LIMIT 32)"
_DELETE_EXPIRED = f"DELETE FROM sessions WHERE {_DUE} AND expires <= :now"
_LOOK_AGAIN = f"UPDATE sessions SET due = min(coalesce(expires, :later), :later) WHERE {_DUE}"
_LATER = 24 * 60 * 60 * 1000
_MARK = MARK // MILLISECOND

#: The end of the year 9999, the last that a date in a header can have.
_LAST_DATE = 253_402_300_799_999

# What to do about an error, by a word of SQLite's message.
_REMEDIES = {
    "not a database": "Move the damaged file away; the store begins a new one.",
    "malformed": "Move the damaged file away; the store begins a new one.",
    "full": "Make room on the disk.",
    "I/O": "Make room on the disk, or check it.",
    "readonly": "Make the file and its directory writable.",
    "unable to open": "The directory has to exist and be writable.",
    "locked": "Another program keeps the file locked: end its transaction.",
}
# Errors after which a connection can be used as before. (A new one needs room on the disk, even to read.)
_PASSING = ("full", "locked")


class SQLiteStore:
    """Keeps sessions in a file, for any number of threads and processes of one machine.

    A session that was stored is there after the process is killed; only a power failure can take back the
    last ones (``synchronous=NORMAL`` in WAL mode, https://www.sqlite.org/wal.html). Expired sessions are
    deleted a few at a time by the writes that follow; where a lifetime was shortened, within a day. A row
    that cannot be read is logged and deleted.

    Whoever can read the file can take over every session in it: it is made for its owner alone (mode 0600), and one
    that others may open is told of in the log.

    :param path: The file, made if it is missing; its directory has to be there.
    :raises OptionError: if ``path`` names no file.
    :raises StoreUnavailable: if the file cannot be opened, or is no database.
    """

    #: How long an operation waits for another process that writes, and for other threads, in seconds each.
    _BUSY_TIMEOUT = 5.0
    #: The same for one that only moves an expiry date: better not moved than a reader kept waiting.
    _TOUCH_TIMEOUT = 0.25
    #: How many connections are kept for the next operation. Not one for each thread: a server has as many
    #: threads as requests, and they come and go.
    _IDLE = 8

    def __init__(self, path: str | os.PathLike[str]) -> None:
        path = os.fspath(path)
        if path in ("", ":memory:"):
            raise OptionError("path", f"is {path!r}", "it names a file. MemoryStore() keeps sessions in memory.")
        if "://" in path:
            raise OptionError("path", f"is {path!r}", "it is the path of a file, not a URL: 'sessions.db'.")
        # The process may change its directory.
        self._path = os.path.abspath(path)
        # By process: a connection must not be used, nor closed, by a fork of the one that made it.
        self._idle: defaultdict[int, list[sqlite3.Connection]] = defaultdict(list)
        weakref.finalize(self, _close_idle, self._idle)
        self._file: tuple[int, ...] | None = None
        # SQLite has one writer at a time. Threads queue here: SQLite itself would sleep and try again.
        self._writing = threading.Lock()
        self._writes = 0
        self._told_of_others = False
        self._idle[os.getpid()].append(self._open())

    def get(self, sid: str) -> StoredSession | None:
        rows, _ = self._execute(_GET, (sid, clock.now()))
        return self._load(*rows[0]) if rows else None

    def set(self, sid: str, session: StoredSession) -> None:
        self._write(_SET, _row(sid, session))

    def update(self, sid: str, session: StoredSession, lapsed: bool = False) -> bool:
        if lapsed:
            return self._write(_REVIVE, (*_row(sid, session), clock.now())) == 1
        cookie = session.cookie
        values = (dump_settings(cookie.settings), session.data, cookie.expires_at, sid, clock.now())
        return self._write(_UPDATE, values) == 1

    def touch(self, sid: str, cookie: SessionCookie) -> bool:
        values = (dump_settings(cookie.settings), cookie.expires_at, sid, clock.now())
        return self._write(_TOUCH, values, patience=self._TOUCH_TIMEOUT) == 1

    def destroy(self, sid: str) -> None:
        self._write(_DESTROY, (sid, clock.now() + _MARK))

    def all(self) -> dict[str, StoredSession]:
        rows, _ = self._execute(_ALL, (clock.now(),))
        loaded = {sid.decode("utf-8", "replace"): self._load(*row) for sid, *row in rows}
        return {sid: found for sid, found in loaded.items() if found is not None}

    def clear(self) -> None:
        self._write("DELETE FROM sessions", ())

    def __len__(self) -> int:
        rows, _ = self._execute(_COUNT, (clock.now(),))
        return int(rows[0][0])

    def _load(self, rowid: int, cookie: bytes, data: bytes, expires: int | None) -> StoredSession | None:
        try:
            settings, text = load_settings(cookie), data.decode()
            content = decode(text)
            if type(content) is not dict or (expires is not None and expires > _LAST_DATE):
                raise ValueError
        except UNREADABLE as error:
            log.warning(
                "a session in the SQLite file %r cannot be read, counts as gone and is deleted (%s)",
                self._path,
                type(error).__name__,
            )
            self._write(_DROP, (rowid, cookie, data))
            return None
        return StoredSession(SessionCookie.restore(settings, expires), text, content)

    def _write(self, statement: str, values: tuple[Any, ...], patience: float | None = None) -> int:
        """Execute a statement that writes; return how many sessions it found."""
        patience = self._BUSY_TIMEOUT if patience is None else patience
        if not self._writing.acquire(timeout=patience):
            raise self._unavailable(sqlite3.OperationalError("database is locked"))
        try:
            if self._file != _identity(self._path):
                # Deleted or replaced. SQLite would go on with the old file, which nobody can see any more.
                _close_idle(self._idle)
            self._writes += 1
            if self._writes % _SWEEP_EVERY == 0:
                now = clock.now()
                self._execute(_DELETE_EXPIRED, {"now": now}, patience)
                self._execute(_LOOK_AGAIN, {"now": now, "later": now + _LATER}, patience)
            return self._execute(statement, values, patience)[1]
        finally:
            self._writing.release()

    def _execute(
        self, statement: str, values: tuple[Any, ...] | dict[str, Any], patience: float = 0
    ) -> tuple[list[Any], int]:
        """The rows, and how many were written."""
        process = os.getpid()
        idle = self._idle[process]
        try:
            connection = idle.pop()
        except IndexError:
            connection = self._open()
        usable = False
        try:
            cursor = _when_unlocked(patience, connection.execute, statement, values)
            rows = cursor.fetchall()
            usable = True
        except sqlite3.Error as error:
            usable = any(word in str(error) for word in _PASSING)
            if not usable:
                # Once the cause has gone, the file may be another one.
                _close_idle(self._idle)
            raise self._unavailable(error) from error
        finally:
            if usable and idle is self._idle[process] and len(idle) < self._IDLE:
                idle.append(connection)
            else:
                connection.close()
        return rows, cursor.rowcount

    def _open(self) -> sqlite3.Connection:
        self._keep_private()
        try:
            # With the shortest patience; whoever has more tries again.
            connection = sqlite3.connect(
                self._path, timeout=self._TOUCH_TIMEOUT, isolation_level=None, check_same_thread=False
            )
            try:
                # Damaged text is then an error of its own row, and not of the whole query.
                connection.text_factory = bytes
                # Two processes that make the file at the same time: for this, SQLite does not wait by itself.
                _when_unlocked(self._BUSY_TIMEOUT, connection.execute, "PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = NORMAL")
                _when_unlocked(self._BUSY_TIMEOUT, connection.executescript, _SCHEMA)
            except BaseException:
                connection.close()
                raise
        except sqlite3.Error as error:
            raise self._unavailable(error) from error
        self._file = _identity(self._path)
        return connection

    def _keep_private(self) -> None:
        """Make the file, where it is missing, for this user alone; SQLite makes the files beside it like it."""
        try:
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
            file = os.stat(self._path)
        except OSError:
            return  # SQLite says it better
        if os.name != "posix" or self._told_of_others:
            return
        mode = file.st_mode & 0o777
        if file.st_uid != os.geteuid():
            self._told_of_others = True
            log.warning(
                "the SQLite file %r holds sessions, and belongs to another user of this machine (number %d), who may "
                "open it. Move it away; the store makes one of its own",
                self._path,
                file.st_uid,
            )
        elif mode & 0o077:
            self._told_of_others = True
            log.warning(
                "the SQLite file %r holds sessions, and other users of this machine may open it (mode %04o). Run: "
                "chmod 600 on it, and on the files of the same name with -wal and -shm",
                self._path,
                mode,
            )

    def _unavailable(self, error: sqlite3.Error) -> StoreUnavailable:
        remedy = next((remedy for word, remedy in _REMEDIES.items() if word in str(error)), "")
        return StoreUnavailable(f"SQLite file {self._path!r}: {error}. {remedy}".rstrip())


T = TypeVar("T")


def _when_unlocked(patience: float, act: Callable[..., T], *values: Any) -> T:
    """Try until nobody else has the file locked, but no longer than so many seconds."""
    deadline = time.monotonic() + patience
    while True:
        try:
            return act(*values)
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() >= deadline:
                raise
            time.sleep(0.001)


def _close_idle(idle: defaultdict[int, list[sqlite3.Connection]]) -> None:
    """Close this process's idle connections. One in use is closed after that, for its list has gone."""
    mine = idle.pop(os.getpid(), [])
    while mine:
        mine.pop().close()


def _identity(path: str) -> tuple[int, ...] | None:
    """What tells a file from another one of the same name."""
    try:
        return os.stat(path)[1:3]  # st_ino and st_dev
    except OSError:
        return None


def _row(sid: str, session: StoredSession) -> tuple[Any, ...]:
    """The values of a session that may not have a row yet."""
    cookie, later = session.cookie, clock.now() + _LATER
    due = later if cookie.expires_at is None else min(cookie.expires_at, later)
    return dump_settings(cookie.settings), session.data, cookie.expires_at, sid, due
