"""What a store is, and what it holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any, Protocol, cast, runtime_checkable

from ..cookie import SessionCookie
from ..cookie_options import CookieSettings
from ..data import decode, encode

#: What reading a damaged session raises; OptionError, from cookie settings that break a rule, is among them.
UNREADABLE = (ValueError, TypeError, AttributeError, KeyError, OverflowError, RecursionError)

#: For how long a store remembers that a session was destroyed. A request that has begun before and takes longer may
#: bring the session back if its date has passed as well, so it is longer than requests take.
MARK = timedelta(minutes=5)


class StoredSession:
    """A session as a store holds it.

    :param cookie: The session's own cookie settings, its expiry among them.
    :param data: The session's data as JSON text, as :func:`~demo_app.session.data.encode` writes it: another form
        counts as a change.
    :param content: The same data, where they have been read already. They belong to whoever takes them first.
    """

    __slots__ = ("_content", "cookie", "data")

    def __init__(self, cookie: SessionCookie, data: str, content: dict[str, Any] | None = None) -> None:
        self.cookie = cookie
        self.data = data
        self._content = content

    def take_content(self) -> dict[str, Any]:
        """The data, to be changed by the caller."""
        content, self._content = self._content, None
        if content is None:
            content = decode(self.data)
        return content

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, StoredSession):
            return NotImplemented
        return self.cookie == other.cookie and self.data == other.data

    __hash__ = None  # type: ignore[assignment]  # its cookie changes

    def __repr__(self) -> str:
        return f"StoredSession({self.cookie!r}, {self.data!r})"

    def to_json(self) -> dict[str, Any]:
        """The session as express-session stores it: the data, and the cookie under the key ``cookie``."""
        return {"cookie": self.cookie.to_json(), **decode(self.data)}

    def to_text(self) -> str:
        """The same as text, without reading the data again."""
        cookie = f'{{"expires":{encode(self.cookie.expires_text)},{dump_settings(self.cookie.settings)[1:]}'
        return f'{{"cookie":{cookie}}}' if self.data == "{}" else f'{{"cookie":{cookie},{self.data[1:]}'

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> StoredSession:
        """The reverse of :meth:`to_json`; also reads what express-session stored.

        :raises UNREADABLE: one of these, if it is no session.
        """
        content = dict(stored)
        cookie = SessionCookie.from_json(content.pop("cookie"))
        return cls(cookie, encode(content), content)


# Few sessions differ in their cookie's settings.


@lru_cache
def dump_settings(settings: CookieSettings) -> str:
    """Cookie settings as JSON text."""
    return encode(settings.to_json())


@lru_cache
def load_settings(text: bytes) -> CookieSettings:
    """The reverse of :func:`dump_settings`.

    :raises UNREADABLE: one of these, if they are no settings.
    """
    return CookieSettings.from_json(json.loads(text))


class SimpleStore(Protocol):
    """The least that a store can do, as in express-session. Any method may be called from any thread.

    Of such a store less can be promised. A session is loaded and written in two steps, so one that another request
    destroys in between comes back, and so does one that was destroyed before its date and is written after it. Requests
    that only read do not move the expiry date: with ``resave=True`` they do.
    """

    def get(self, sid: str) -> StoredSession | None:
        """Return the session, or ``None`` if there is none."""

    def set(self, sid: str, session: StoredSession) -> None:
        """Store the session, whether or not the id is known."""

    def destroy(self, sid: str) -> None:
        """Remove the session, if it is there."""


class Store(SimpleStore, Protocol):
    """Keeps sessions by their id.

    Every method may be called from any thread. A session whose cookie has expired is as good as gone: no
    method returns, counts or updates it, and the store drops it by itself. What is handed in or out is a
    copy.

    :raises StoreUnavailable: from any method, if the store cannot be reached or cannot write.
    """

    def update(self, sid: str, session: StoredSession, lapsed: bool = False) -> bool:
        """Replace a session that is there; return ``False``, and store nothing, if it is not.

        This is what keeps a slow request from bringing back a session that another request has destroyed.

        :param lapsed: The date with which the request has loaded the session has passed meanwhile, so it may have
            expired by itself. Then it is stored anew, unless it was destroyed in the last minutes.
        """

    def touch(self, sid: str, cookie: SessionCookie) -> bool:
        """Replace the cookie settings of a session that is there, leave its data; ``False`` if it is not."""

    def destroy(self, sid: str) -> None:
        """Remove the session, if it is there, and remember that for :data:`MARK`."""


@runtime_checkable
class InspectableStore(Store, Protocol):
    """A store that can be looked into as a whole. The middleware does not need that; people do."""

    def all(self) -> dict[str, StoredSession]:
        """All sessions by their id."""

    def clear(self) -> None:
        """Remove all sessions."""

    def __len__(self) -> int:
        """How many sessions there are."""


def inspectable(store: object) -> InspectableStore:
    """Return the store if it can be looked into.

    :raises TypeError: naming what it lacks.
    """
    if isinstance(store, InspectableStore):
        return store
    missing = [name for name in ("all", "clear", "__len__") if not hasattr(store, name)]
    raise TypeError(
        f"a {type(store).__name__} cannot be looked into: it has no {', '.join(missing)}. "
        "See demo_app.session.InspectableStore."
    )


def complete(store: Store | SimpleStore) -> Store:
    """Return the store, with what it lacks of :class:`Store` added as far as that can be."""
    is_complete = hasattr(store, "update") and hasattr(store, "touch")
    return cast(Store, store) if is_complete else _Completed(store)


class _Completed:
    def __init__(self, store: SimpleStore) -> None:
        self._store = store
        self.get = store.get
        self.set = store.set
        self.destroy = store.destroy

    def update(self, sid: str, session: StoredSession, lapsed: bool = False) -> bool:
        update = getattr(self._store, "update", None)
        if update is not None:
            return bool(update(sid, session, lapsed))
        if not lapsed and self._store.get(sid) is None:
            return False
        self._store.set(sid, session)
        return True

    def touch(self, sid: str, cookie: SessionCookie) -> bool:
        # To write the data as well could take back what another request has changed. express-session does nothing.
        touch = getattr(self._store, "touch", None)
        return True if touch is None else bool(touch(sid, cookie))
