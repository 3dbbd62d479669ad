"""What a store is, and what it holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from ..cookie import SessionCookie

#: Writes the JSON of a session, in the one form in which its text at two times can be compared.
encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode

_raw_decode = json.JSONDecoder().raw_decode


def decode(text: str) -> Any:
    """Read what :data:`encode` wrote. Quicker than ``json.loads``, which first finds out what it has been given."""
    return _raw_decode(text)[0]


#: What reading a damaged session raises; OptionError, from cookie settings that break a rule, is among them.
UNREADABLE = (ValueError, TypeError, AttributeError, KeyError, OverflowError, RecursionError)


class StoredSession(NamedTuple):
    """A session as a store holds it."""

    #: The session's own cookie settings, its expiry among them.
    cookie: SessionCookie
    #: The session's data as JSON text, in the form that :data:`encode` writes: another form counts as a change.
    data: str

    def to_json(self) -> dict[str, Any]:
        """The session as express-session stores it: the data, and the cookie under the key ``cookie``."""
        return {"cookie": self.cookie.to_json(), **json.loads(self.data)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> StoredSession:
        """The reverse of :meth:`to_json`; also reads what express-session stored.

        :raises UNREADABLE: one of these, if it is no session.
        """
        data = dict(stored)
        cookie = SessionCookie.from_json(data.pop("cookie"))
        return cls(cookie, encode(data))


class Store(Protocol):
    """Keeps sessions by their id.

    Every method may be called from any thread. A session whose cookie has expired is as good as gone: no
    method returns, counts or updates it, and the store drops it by itself. What is handed in or out is a
    copy.

    :raises StoreUnavailable: from any method, if the store cannot be reached or cannot write.
    """

    def get(self, sid: str) -> StoredSession | None:
        """Return the session, or ``None`` if there is none."""

    def set(self, sid: str, session: StoredSession) -> None:
        """Store the session, whether or not the id is known."""

    def update(self, sid: str, session: StoredSession) -> bool:
        """Replace a session that is there; return ``False``, and store nothing, if it is not.

        This is what keeps a slow request from bringing back a session that another request has destroyed.
        """

    def touch(self, sid: str, cookie: SessionCookie) -> bool:
        """Replace the cookie settings of a session that is there, leave its data; ``False`` if it is not."""

    def destroy(self, sid: str) -> None:
        """Remove the session, if it is there."""

    def all(self) -> dict[str, StoredSession]:
        """All sessions by their id."""

    def clear(self) -> None:
        """Remove all sessions."""

    def __len__(self) -> int:
        """How many sessions there are."""
