"""Sessions in Redis, in the format of Node's connect-redis: servers in both languages can share them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from .. import clock
from ..checks import MILLISECOND
from ..cookie import SessionCookie
from ..errors import OptionError, StoreUnavailable, found
from ..log import log
from .base import MARK, UNREADABLE, StoredSession

if TYPE_CHECKING:
    from redis import Redis

# Replaces a value that is still the one that was read. A script, and not WATCH with MULTI, because redis-py's
# message for a command that fails in a MULTI quotes the command, and with it the session.
_REPLACE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], ARGV[3], ARGV[4])
return 1
"""

# A session and the mark that it was destroyed. A session whose date has passed is written unless there is the mark.
# (DEL comes first: a script that has written goes on in a Redis that is full.)
_SET = "redis.call('SET', KEYS[1], ARGV[1], ARGV[2], ARGV[3]) redis.call('DEL', KEYS[2])"
_DESTROY = "redis.call('DEL', KEYS[1]) redis.call('SET', KEYS[2], '', 'PX', ARGV[1])"
_REVIVE = """
if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
redis.call('SET', KEYS[1], ARGV[1], ARGV[2], ARGV[3])
return 1
"""

_MARK = MARK // MILLISECOND


class RedisStore:
    """Keeps each session as one string of JSON. Needs Redis 6.2 or newer, and redis-py.

    What connect-redis 9 wrote is read, and the other way round. As there, a session without an expiry date
    stays for a day after its last request, or Redis would keep every browser session that anybody ever had.
    And as there it is the key that expires, after the time that is left by this server's clock: the clock of Redis may
    be another. The date in the JSON may be older than the key's, for connect-redis leaves it where it is.
    That a session was destroyed is remembered under a key that begins with ``destroyed:``.

    A value that is no session is logged, counts as gone for whoever asks for it, and stays: another program
    may be able to read it. ``len()`` counts keys, and so it counts that one too.

    :param client: The URL of a server such as ``"redis://127.0.0.1:6379/0"``; one that does not answer within
        two seconds counts as unavailable. Or a :class:`redis.Redis`, with timeouts and retries of its own:
        redis-py's default is ten retries with pauses, and every request sits through them while the server is
        down.
    :param prefix: What the keys begin with. No store's prefix may begin with that of another store in the
        same database: ``clear()`` would reach both.
    :raises ImportError: if redis-py is not installed.
    :raises OptionError: if ``client`` is neither, such as a cluster's, whose scripts reach one key only.
    """

    def __init__(self, client: Redis | str, prefix: str = "sess:") -> None:
        # Here, because this package is imported by many who have no Redis.
        try:
            import redis
        except ImportError as error:
            raise ImportError("RedisStore needs redis-py: pip install redis") from error
        if isinstance(client, str):
            # A connection for each request at a time. redis-py would refuse the 101st.
            client = redis.Redis.from_url(client, socket_timeout=2, socket_connect_timeout=2, max_connections=10_000)
        if not isinstance(client, redis.Redis):
            rule = "it is a URL, or a redis.Redis of one server. A cluster and an asyncio client are not supported."
            raise OptionError("client", found(client), rule)
        self._client = client
        self._error = redis.RedisError
        self._set, self._replace = client.register_script(_SET), client.register_script(_REPLACE)
        self._revive, self._destroy = client.register_script(_REVIVE), client.register_script(_DESTROY)
        self._prefix = prefix

    def get(self, sid: str) -> StoredSession | None:
        return self._load(self._ask(self._client.get, self._prefix + sid))

    def set(self, sid: str, session: StoredSession) -> None:
        key = self._prefix + sid
        self._ask(self._set, keys=[key, _mark(key)], args=[session.to_text(), *_words(_end(session.cookie))])

    def update(self, sid: str, session: StoredSession, lapsed: bool = False) -> bool:
        key, value, end = self._prefix + sid, session.to_text(), _end(session.cookie)
        if lapsed:
            return bool(self._ask(self._revive, keys=[key, _mark(key)], args=[value, *_words(end)]))
        return bool(self._ask(self._client.set, key, value, xx=True, **end))

    def touch(self, sid: str, cookie: SessionCookie) -> bool:
        key, end = self._prefix + sid, _end(cookie)
        # Once more whenever another request has changed the session in between.
        while True:
            value = self._ask(self._client.get, key)
            found = self._load(value)
            if found is None:
                return False
            touched = StoredSession(cookie, found.data).to_text()
            if self._ask(self._replace, keys=[key], args=[value, touched, *_words(end)]):
                return True

    def destroy(self, sid: str) -> None:
        key = self._prefix + sid
        self._ask(self._destroy, keys=[key, _mark(key)], args=[_MARK])

    def all(self) -> dict[str, StoredSession]:
        sessions = {}
        for keys in self._pages():
            for key, value in zip(keys, self._ask(self._client.mget, keys), strict=True):
                found = self._load(value)
                if found is not None:
                    sessions[_text(key)[len(self._prefix) :]] = found
        return sessions

    def clear(self) -> None:
        for keys in self._pages():
            self._ask(self._client.delete, *keys)

    def __len__(self) -> int:
        return len({key for keys in self._pages() for key in keys})

    def _pages(self) -> Iterator[list[Any]]:
        """The keys of this store, page by page; a key may come twice."""
        pattern = re.sub(r"([\\*?\[\]])", r"\\\1", self._prefix) + "*"
        cursor = None
        while cursor != 0:
            cursor, keys = self._ask(self._client.scan, cursor or 0, match=pattern, count=1000)
            if keys:
                yield keys

    def _ask(self, command: Callable[..., Any], *values: Any, **named: Any) -> Any:
        try:
            return command(*values, **named)
        except self._error as error:
            reason = str(error).rstrip(".")
            raise StoreUnavailable(
                f"Redis: {reason}. Check that the server is running, can be reached, and can write."
            ) from error

    def _load(self, value: str | bytes | None) -> StoredSession | None:
        if value is None:
            return None
        try:
            return StoredSession.from_json(json.loads(_text(value)))
        except UNREADABLE as error:
            log.warning("a session in Redis cannot be read and counts as gone (%s)", type(error).__name__)
            return None


#: How long a session without an expiry date stays, in milliseconds: the ``ttl`` of connect-redis.
_BROWSER_SESSION = 24 * 60 * 60 * 1000


def _end(cookie: SessionCookie) -> dict[str, int]:
    """When the key is to end, as redis-py's keyword: in so many milliseconds, or at once.

    A key lives through its last millisecond, a session ends with its date.
    """
    left = _BROWSER_SESSION if cookie.expires_at is None else cookie.expires_at - clock.now() - 1
    return {"px": left} if left > 0 else {"pxat": 1}  # Redis refuses a time of 0 and less


def _words(end: dict[str, int]) -> tuple[str, int]:
    """The same for a script."""
    [(unit, time)] = end.items()
    return unit.upper(), time


def _mark(key: str) -> str:
    return f"destroyed:{key}"


def _text(key: str | bytes) -> str:
    return key if isinstance(key, str) else key.decode()
