"""The app's SQLite database: users and their notes."""

from __future__ import annotations

import os
import sqlite3
import threading
import weakref

from werkzeug.security import check_password_hash

# The passwords are "lovelace" and "turing". Hashing is slow on purpose, so it was done beforehand.
_USERS = (
    (
        "ada",
        "scrypt:32768:8:1$y8nwrFA9I4q0rdCb$8b46f35a98fa21f15616161b8643b109611daca508c4cf01c0ca5b054e242d5ba0d3182c4eb7987dbba70493afcc06775c21b7b8b2f804af27faa0c858d86e9f",
    ),
    (
        "alan",
        "scrypt:32768:8:1$XIO9rSZsomBp1cbd$9bff7d0759e20f287a76bf30e2534a52e375a0577dff945bba0fa5a403829ef0b58f8ddc9cdb9fbdbf81a91ec7e123d913cbd9086e0aa25f54c301172ae4ab5f",
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
            self._connection.executemany("INSERT OR IGNORE INTO users VALUES (?, ?)", _USERS)

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
