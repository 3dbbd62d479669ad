"""The session that a view sees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from flask import current_app
from flask.sessions import NullSession as FlaskNullSession
from flask.sessions import SessionMixin

from . import clock
from .cookie import SessionCookie
from .errors import SessionDataError, SessionNotFound, SessionUnavailable, found
from .stores import Store, StoredSession
from .stores.base import decode, encode


class Session(dict, SessionMixin):
    """A dict that is saved when the request ends, with what express-session offers on ``req.session``.

    Keys are str and values are what JSON holds; a tuple comes back as a list. Changes are found by comparing the
    JSON at the start of the request with the JSON at its end, so a change deep inside a list counts as well.
    """

    #: The session's id.
    sid: str
    #: The session's own cookie settings.
    cookie: SessionCookie
    #: Set by Flask when a view has looked at the session.
    accessed = False
    #: Whether the view has destroyed the session, or given it up.
    ended = False

    def __init__(
        self,
        store: Store,
        generate: Callable[[], tuple[str, SessionCookie]],
        presented_sid: str | None,
        stored: StoredSession | None = None,
        *,
        resave: bool = False,
    ) -> None:
        super().__init__()
        self._store = store
        self._generate = generate
        self._presented_sid = presented_sid
        if stored is None:
            self.sid, self.cookie = generate()
            self._original_json = "{}"
        else:
            self.sid, self.cookie = presented_sid, stored.cookie
            self._original_json = stored.data
            self.update(decode(stored.data))
        self._original_sid = self.sid
        self._in_store = stored is not None
        # None where nothing counts as saved yet, so that the session is saved whether or not it changes.
        self._saved_json = self._original_json if stored is not None and not resave else None
        self._final_json: str | None = None
        self._forced = False

    # What the decisions of the interface look at.

    @property
    def new(self) -> bool:
        """Whether the client did not present this id."""
        return self.sid != self._presented_sid

    @property
    def modified(self) -> bool:
        """Whether the id or the data differ from the start of the request. May be set, as in Flask, to force it."""
        return self._forced or self.sid != self._original_sid or self._json() != self._original_json

    @modified.setter
    def modified(self, value: bool) -> None:
        self._forced = value

    @property
    def initialized(self) -> bool:
        """Whether the session was loaded from the store, or has been saved by the view."""
        return self._saved_json is not None

    @property
    def saved(self) -> bool:
        """Whether the store holds the data as they are now."""
        return not self._forced and self.sid == self._original_sid and self._json() == self._saved_json

    @property
    def permanent(self) -> bool:
        """Whether the cookie outlives the browser session.

        Assigned ``True``, Flask's way of saying so, the lifetime is ``PERMANENT_SESSION_LIFETIME``.
        """
        return self.cookie.original_max_age is not None

    @permanent.setter
    def permanent(self, value: bool) -> None:
        self.cookie.max_age = current_app.permanent_session_lifetime if value else None

    # What express-session offers on req.session.

    def touch(self) -> None:
        """Start the lifetime again. Every request that has a session ends with this."""
        self.cookie.touch()

    def save(self) -> bool:
        """Write the session to the store now; the end of the request does it otherwise.

        Return ``False``, and write nothing, if another request has destroyed the session in the meantime.
        """
        text = self._json()
        if text != self._original_json:
            _check(self, text)
        stored = StoredSession(self.cookie, text)
        if self._in_store:
            if not self._store.update(self.sid, stored):
                return False
        else:
            self._store.set(self.sid, stored)
        # With a date in the past it is gone at once, and not by another request.
        self._in_store = self.cookie.expires_at is None or self.cookie.expires_at > clock.now()
        self._saved_json = text
        return True

    def refresh(self) -> bool:
        """Move the expiry date in the store. Return ``False`` as :meth:`save` does."""
        return self._store.touch(self.sid, self.cookie) or not self._in_store

    def reload(self) -> None:
        """Replace data and cookie settings by what the store holds now.

        :raises SessionNotFound: if it holds nothing; the session is left as it is.
        """
        stored = self._store.get(self.sid)
        if stored is None:
            raise SessionNotFound(
                "session.reload(): the store does not hold this session. It was never saved, or it has expired or "
                "been destroyed. Call session.save() first, or session.regenerate() to begin a new one."
            )
        self.cookie = stored.cookie
        self.clear()
        self.update(decode(stored.data))

    def regenerate(self) -> None:
        """Destroy the session and begin an empty one with a new id, as a log-in should (session fixation)."""
        self._store.destroy(self.sid)
        self.__class__ = Session
        self.clear()
        self.sid, self.cookie = self._generate()
        self._in_store = False

    def destroy(self) -> None:
        """Remove the session from the store. The client's cookie stays where it is, and is worth nothing."""
        self._store.destroy(self.sid)
        self._end(DestroyedSession)

    def unset(self) -> None:
        """Give up the session for this request, as ``req.session = null`` does.

        Changes are dropped. Whether the store keeps the session is the option ``unset``.
        """
        self._end(UnsetSession)

    def _end(self, kind: type[EndedSession]) -> None:
        dict.clear(self)
        self.__class__ = kind

    def _json(self) -> str:
        return _dump(self) if self._final_json is None else self._final_json

    def finish(self) -> None:
        """The request is over: start the lifetime again, and let the data be what they are now."""
        self.touch()
        self._final_json = _dump(self)


def _refuse(self: Any, *args: Any, **kwargs: Any) -> NoReturn:
    raise SessionUnavailable(self.reason)


class _ReadOnly:
    """Reading finds nothing; writing, and whatever else needs a session, says why there is none."""

    reason: str

    __setitem__ = __delitem__ = clear = pop = popitem = update = setdefault = __ior__ = _refuse
    save = reload = touch = destroy = _refuse
    cookie = property(_refuse)


class EndedSession(_ReadOnly, Session):
    """A session after ``destroy()`` or ``unset()``: empty, and no longer saved."""

    ended = True


class DestroyedSession(EndedSession):
    reason = "This session was destroyed earlier in the request. Call session.regenerate() to begin a new one."


class UnsetSession(EndedSession):
    reason = "This session was given up with session.unset() earlier in the request; nothing more can be stored in it."


class NullSession(_ReadOnly, FlaskNullSession):
    """Stands for the session of a request that has none, such as one outside the cookie's path."""

    regenerate = _refuse

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason

    def unset(self) -> None:
        """Do nothing: there is no session to give up."""


def _dump(data: dict[str, Any]) -> str:
    """The data as JSON text.

    :raises SessionDataError: naming the place of what JSON cannot hold.
    """
    try:
        return encode(data)
    except RecursionError:
        raise SessionDataError(
            "session", "is nested too deeply", "Python writes JSON down to a limited depth. Keep the values flatter."
        ) from None
    except (TypeError, ValueError):
        _explain("session", data, ())
        raise


def _check(data: dict[str, Any], text: str) -> None:
    """Raise :exc:`SessionDataError` if ``text``, the JSON of ``data``, would not come back as it went."""
    if "cookie" in data:
        raise SessionDataError(
            "session['cookie']",
            found(data["cookie"]),
            "this key is reserved: the store keeps the cookie's settings there.",
        )
    # JSON turns the key 1 into "1". To compare is quick; only where it finds a difference is the reason searched.
    if decode(text) != data:
        _explain("session", data, ())


def _explain(path: str, value: Any, above: tuple[int, ...]) -> None:
    """Raise for the first thing inside ``value`` that JSON cannot hold."""
    if id(value) in above:
        raise SessionDataError(path, "contains itself", "what is stored has an end. Store a copy, or a key to it.")
    above += (id(value),)
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise SessionDataError(f"the key {key!r} in {path}", found(key), "keys in a session are str.")
            _explain(f"{path}[{key!r}]", item, above)
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            _explain(f"{path}[{index}]", item, above)
    elif isinstance(value, float):
        if value - value != 0:
            raise SessionDataError(path, found(value), "JSON has no such number.")
    elif value is not None and not isinstance(value, (str, int)):
        raise SessionDataError(
            path, found(value), "a session holds str, int, float, bool, None, lists and dicts of them."
        )
