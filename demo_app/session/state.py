"""The session that a view sees."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from enum import Enum
from typing import Any, NoReturn

from flask.sessions import NullSession as FlaskNullSession
from flask.sessions import SessionMixin

from . import clock
from .cookie import SessionCookie
from .data import check_session, encode
from .errors import SessionNotFound, SessionUnavailable, StoreUnavailable
from .stores.base import Store, StoredSession


class _End(Enum):
    """How a view has ended its session, and what it is told that goes on with it."""

    DESTROYED = "This session was destroyed earlier in the request. Call session.regenerate() to begin a new one."
    UNSET = (
        "This session was given up with session.unset() earlier in the request; nothing more can be stored in it. "
        "Call session.regenerate() to begin a new one."
    )


class Session(dict[str, Any], SessionMixin):
    """A dict that is saved when the request ends, with what express-session offers on ``req.session``.

    Keys are str and values are what JSON holds; a tuple comes back as a list. Changes are found by comparing the
    JSON at the start of the request with the JSON at its end, so a change deep inside a list counts as well.

    What is changed after the answer has begun (in a streamed body, in ``teardown_request``, in a thread) is stored by
    :meth:`save`, as in express-session.
    """

    #: Set by Flask when a view has looked at the session.
    accessed = False

    def __init__(
        self,
        store: Store,
        generate_sid: Callable[[], str],
        new_cookie: Callable[[], SessionCookie],
        presented_sid: str | None,
        stored: StoredSession | None = None,
        *,
        failure: StoreUnavailable | None = None,
        resave: bool = False,
        max_size: int | None = None,
    ) -> None:
        """Begin a session, or go on with what the store has for the id that the client presented.

        :param failure: Why the store could not be asked for it.
        """
        super().__init__()
        self._store = store
        self._generate_sid = generate_sid
        self._new_cookie = new_cookie
        self._presented_sid = presented_sid
        #: Why the store could not be asked what the session holds; ``None`` where it could. Then the session is empty,
        #: and a request that changes it ends with this error.
        self.failure = failure
        self._max_size = max_size
        self._ended: _End | None = None
        self._original_json = "{}"
        if stored is not None:
            dict.update(self, stored.take_content())
            self._original_json = stored.data
        self._sid = generate_sid() if presented_sid is None or (stored is None and failure is None) else presented_sid
        self._cookie = new_cookie() if stored is None else stored.cookie
        self._original_sid = self._sid
        self._in_store = stored is not None
        # Until when the store has it, as far as this request knows.
        self._lapses_at = None if stored is None else stored.cookie.expires_at
        # None where nothing counts as saved yet, so that the session is saved whether or not it changes.
        self._saved_json = self._original_json if stored is not None and not resave else None
        # The JSON on which the interface decides, while it does.
        self._final_json: str | None = None
        self._forced = False
        self._regenerated = False

    # What the decisions of the interface look at.

    @property
    def new(self) -> bool:  # type: ignore[override]
        """Whether the client did not present this id."""
        return self._sid != self._presented_sid

    @property
    def modified(self) -> bool:
        """Whether the id or the data differ from the start of the request.

        May be assigned, as in Flask: ``True`` saves the session whatever it holds, ``False`` lets what has changed
        until then count for nothing.
        """
        return self._forced or self._sid != self._original_sid or self._json() != self._original_json

    @modified.setter
    def modified(self, value: bool) -> None:
        self._forced = value
        if not value:
            self._original_sid, self._original_json = self._sid, encode(self)
            self._saved_json = self._saved_json and self._original_json

    @property
    def initialized(self) -> bool:
        """Whether the session was loaded from the store, or has been saved by the view."""
        return self._saved_json is not None

    @property
    def saved(self) -> bool:
        """Whether the store holds the data as they are now."""
        return not self._forced and self._sid == self._original_sid and self._json() == self._saved_json

    @property
    def ended(self) -> bool:
        """Whether the view has destroyed the session, or given it up."""
        return self._ended is not None

    @property
    def unset_by_view(self) -> bool:
        """Whether the view has given it up with :meth:`unset`."""
        return self._ended is _End.UNSET

    # What Flask offers on a session.

    @property
    def permanent(self) -> bool:
        """What was assigned, ``False`` at first; kept with the session, as in Flask.

        ``True`` gives the session the lifetime ``PERMANENT_SESSION_LIFETIME`` where its cookie has none; ``False``
        takes that back.
        """
        return bool(self.get("_permanent", False))

    @permanent.setter
    def permanent(self, value: bool) -> None:
        if value:
            self["_permanent"] = True
        elif self.pop("_permanent", False):
            lifetime = self._new_cookie().original_max_age
            self.cookie.settings = self.cookie.settings._replace(original_max_age=lifetime)
            self.cookie.touch()

    # What express-session offers on req.session.

    @property
    def sid(self) -> str:
        """The session's id. A new one comes from :meth:`regenerate`."""
        return self._sid

    @property
    def cookie(self) -> SessionCookie:
        """The session's own cookie settings.

        :raises SessionUnavailable: after :meth:`destroy` or :meth:`unset`.
        """
        self._need()
        return self._cookie

    def touch(self) -> None:
        """Start the lifetime again. Every request that has a session ends with this."""
        self.cookie.touch()

    def save(self) -> bool:
        """Write the session to the store now; the end of the request does it otherwise.

        Return ``False``, and write nothing, if another request has destroyed the session in the meantime.

        :raises SessionDataError: naming the place of what a session cannot hold.
        :raises StoreUnavailable: if the store cannot write, or could not be read when the request began.
        """
        self._need()
        return _write(self, encode(self))

    def reload(self) -> None:
        """Replace data and cookie settings by what the store holds now.

        :raises SessionNotFound: if it holds nothing; the session is left as it is.
        """
        self._need()
        stored = self._store.get(self._sid)
        if stored is None:
            raise SessionNotFound(
                "session.reload(): the store does not hold this session. It was never saved, or it has expired or "
                "been destroyed. Call session.save() first, or session.regenerate() to begin a new one."
            )
        self.failure, self._in_store = None, True
        self._cookie, self._lapses_at = stored.cookie, stored.cookie.expires_at
        dict.clear(self)
        dict.update(self, stored.take_content())

    def regenerate(self) -> None:
        """Destroy the session and begin an empty one with a new id, as a log-in should (session fixation)."""
        self._store.destroy(self._sid)
        dict.clear(self)
        self._sid, self._cookie = self._generate_sid(), self._new_cookie()
        self._regenerated = True
        self._ended, self.failure, self._in_store = None, None, False

    def destroy(self) -> None:
        """Remove the session from the store. The client's cookie stays where it is, and is worth nothing.

        :raises StoreUnavailable: if that cannot be done: the session lives on.
        """
        self._need()
        self._store.destroy(self._sid)
        self._end(_End.DESTROYED)

    def unset(self) -> None:
        """Give up the session for this request, as ``req.session = null`` does.

        Changes are dropped. Whether the store keeps the session is the option ``unset``, looked at when the answer
        begins.
        """
        self._end(_End.UNSET)

    def _end(self, how: _End) -> None:
        dict.clear(self)
        self._ended = how

    def _need(self) -> None:
        """Raise :exc:`SessionUnavailable` if the session has ended."""
        if self._ended is not None:
            raise SessionUnavailable(self._ended.value)

    def _json(self) -> str:
        return encode(self) if self._final_json is None else self._final_json

    # Reading finds nothing in a session that has ended or cannot be reached. To write into one that has ended is an
    # error here; into one that cannot be reached, when the request ends.

    def _before_writing(self) -> None:
        self._need()
        if self.failure is not None:
            self._forced = True

    def __setitem__(self, key: str, value: Any) -> None:
        self._before_writing()
        dict.__setitem__(self, key, value)  # quicker than by super()

    def __delitem__(self, key: str) -> None:
        self._before_writing()
        super().__delitem__(key)

    def __ior__(self, other: Any) -> Any:  # type: ignore[misc]
        self._before_writing()
        return super().__ior__(other)

    def update(self, *args: Any, **kwargs: Any) -> None:
        self._before_writing()
        super().update(*args, **kwargs)

    def setdefault(self, key: str, default: Any = None) -> Any:
        self._before_writing()
        return super().setdefault(key, default)

    def pop(self, *args: Any) -> Any:
        self._before_writing()
        return super().pop(*args)

    def popitem(self) -> tuple[str, Any]:
        self._before_writing()
        return super().popitem()

    def clear(self) -> None:
        self._before_writing()
        super().clear()

    def __reduce__(self) -> tuple[type[dict[str, Any]], tuple[dict[str, Any]]]:
        # A copy, and what is pickled, are the data: the rest belongs to this request.
        return dict, (dict(self),)


# What the interface does with a session at the end of a request, and a view has no business with.


def finish(session: Session, permanent_lifetime: timedelta) -> None:
    """Let the data be decided on as they are now, and start the lifetime again."""
    cookie = session._cookie
    if cookie.settings.original_max_age is None and "_permanent" in session and session.permanent:
        cookie.max_age = permanent_lifetime
    cookie.touch()
    session._final_json = encode(session)


def write(session: Session) -> bool:
    """Save what was decided on."""
    return _write(session, session._json())


def refresh(session: Session) -> bool:
    """Move the expiry date in the store. Return ``False`` if another request has destroyed the session."""
    return session._store.touch(session._sid, session._cookie) or not session._in_store or _has_lapsed(session)


def decided(session: Session) -> None:
    """The request is over. What changes from now on counts when the view saves it."""
    session._final_json = None


def _write(session: Session, text: str) -> bool:
    if session.failure is not None:
        raise session.failure
    if text != session._original_json:
        check_session(session, text, session._max_size)
    stored = StoredSession(session._cookie, text)
    if not session._in_store:
        session._store.set(session._sid, stored)
    elif not session._store.update(session._sid, stored, _has_lapsed(session)):
        return False
    session._in_store, session._lapses_at = True, session._cookie.expires_at
    # What was regenerated express-session saves at the end in any case. That shows where genid gives the same id again.
    if not session._regenerated:
        session._saved_json = text
    return True


def _has_lapsed(session: Session) -> bool:
    """Whether the session's date has passed since it was loaded: then it may have expired, and nobody has ended it."""
    return session._lapses_at is not None and session._lapses_at <= clock.now()


def _refuse(self: Any, *args: Any, **kwargs: Any) -> NoReturn:
    raise SessionUnavailable(self.reason)


class NullSession(FlaskNullSession):
    """Stands for the session of a request that has none, such as one outside the cookie's path.

    Reading finds nothing; writing, and whatever else needs a session, says why there is none.
    """

    __setitem__ = __delitem__ = clear = pop = popitem = update = setdefault = __ior__ = _refuse
    save = reload = touch = destroy = regenerate = _refuse
    failure = None
    sid = cookie = property(_refuse)

    def __init__(self, reason: str = "This request has no session: none was opened for it.") -> None:
        super().__init__()
        self.reason = reason

    def unset(self) -> None:
        """Do nothing: there is no session to give up."""
