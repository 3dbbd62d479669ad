"""The app's SQLite database: users and their notes."""

from __future__ import annotations

import os
import sqlite3
import threading
import weakref

from werkzeug.security import check_password_hash

# The passwords are "lovelace" and "turing". Hashing is slow on purpose, so it was done beforehand. OWASP's Password
# Storage Cheat Sheet ("scrypt") has five settings that are about as good as each other. This is N=2^14, r=8, p=5, which
# takes 16 MB: with N=2^17 it would be 128 MB and twice the time, and thirty learners logging in on one hub need 4 GB.
_USERS = (
    (
        "ada",
        "scrypt:16384:8:5$I3mxYraBCfUJ7NKu$cb2675cc04c4bb4699e5353f744ec6a320ce8f3471f38e3ddfaf0428204b145bc3a2e62efbdac2427237dbd63487932863f90e2929ddf35d41bf2fd08819fc4e",
    ),
    (
        "alan",
        "scrypt:16384:8:5$tFwputUQZK3Su8fp$7aaeaac2bd7274ea0fa8ae80a33456d15c8b8ef9796a25ba6774cdf9d045151d8c0c248f8ab4e0eda4e5f01e871228f20943fb55e28d1198a9eb19388e49fd93",
    ),
)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS users (
    name TEXT PRIMARY KEY,
    password_hash TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS notes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user TEXT NOT NULL REFERENCES users (name),
    text TEXT NOT NULL
);
"""

# A file that was made with other hashes gets these: all have to take equally long, see check_password().
_USER = """
INSERT INTO users VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET password_hash = excluded.password_hash
"""


class Database:
    """One connection, used by one request at a time: all that a demo needs, also for a database in memory."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._connection = sqlite3.connect(path, check_same_thread=False)
        weakref.finalize(self, self._connection.close)
        self._connection.row_factory = sqlite3.Row
        self._lock = threading.Lock()
        with self._lock, self._connection:
            self._connection.execute("PRAGMA foreign_keys = ON")
            self._connection.executescript(_SCHEMA)
            self._connection.executemany(_USER, _USERS)

    def _execute(self, statement: str, *values: object) -> tuple[list[dict[str, object]], sqlite3.Cursor]:
        with self._lock, self._connection:
            cursor = self._connection.execute(statement, values)
            return [dict(row) for row in cursor.fetchall()], cursor

    def check_password(self, name: str, password: str) -> bool:
        """Whether ``password`` is that of the user ``name``."""
        rows, _ = self._execute("SELECT password_hash FROM users WHERE name = ?", name)
        # An unknown name costs a hash as well: the time of the answer does not tell which names exist.
        password_hash = rows[0]["password_hash"] if rows else _USERS[0][1]
        return check_password_hash(str(password_hash), password) and bool(rows)

    def notes(self, user: str) -> list[dict[str, object]]:
        """The user's notes, oldest first."""
        return self._execute("SELECT id, text FROM notes WHERE user = ? ORDER BY id", user)[0]

    def note(self, user: str, note_id: int) -> dict[str, object] | None:
        """One of the user's notes, ``None`` if the user has no such note."""
        rows, _ = self._execute("SELECT id, text FROM notes WHERE user = ? AND id = ?", user, note_id)
        return rows[0] if rows else None

    def add_note(self, user: str, text: str) -> int:
        """Store a note and return its id."""
        _, cursor = self._execute("INSERT INTO notes (user, text) VALUES (?, ?)", user, text)
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def delete_note(self, user: str, note_id: int) -> bool:
        """Remove one of the user's notes; ``False`` if the user has no such note."""
        _, cursor = self._execute("DELETE FROM notes WHERE user = ? AND id = ?", user, note_id)
        return cursor.rowcount == 1
