"""What is Redis' own: the format that Node shares, how keys end, and two writers at the same moment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone

import pytest

from demo_app.session import OptionError, RedisStore, StoredSession, clock, data
from tests.stores.helpers import PATIENCE, cookie, cookie_header, make_app, stored

#: As connect-redis 9.0.0 with express-session 1.19.0 wrote it: raw UTF-8, and numbers as in JavaScript.
BY_NODE = (
    '{"cookie":{"originalMaxAge":60000,"expires":"2026-11-23T19:30:32.598Z","httpOnly":true,"path":"/",'
    '"sameSite":"lax"},"visits":1,"name":"é 日本 🍪","f":1,"g":1e+21}'
)
BROWSER_SESSION_BY_NODE = '{"cookie":{"originalMaxAge":null,"expires":null,"httpOnly":true,"path":"/"},"visits":1}'

DAY = 24 * 60 * 60 * 1000


def test_what_node_wrote_is_read(redis_client):
    redis_client.set("sess:x", BY_NODE)
    session = RedisStore(redis_client).get("x")
    assert json.loads(session.data) == {"visits": 1, "name": "é 日本 🍪", "f": 1, "g": 1e21}
    assert session.cookie.to_json() == {"secure": False, **json.loads(BY_NODE)["cookie"]}

    redis_client.set("sess:y", BROWSER_SESSION_BY_NODE)
    assert RedisStore(redis_client).get("y") == stored('{"visits":1}')


def test_a_session_of_node_goes_on_here(redis_client):
    redis_client.set("sess:x", BROWSER_SESSION_BY_NODE)
    client = make_app(RedisStore(redis_client)).test_client(use_cookies=False)
    assert client.get("/write", headers={"Cookie": cookie_header("x")}).text == "2"
    assert json.loads(redis_client.get("sess:x")) == {
        "cookie": {"originalMaxAge": None, "expires": None, "secure": False, "httpOnly": True, "path": "/"},
        "visits": 2,
    }


def test_to_read_what_node_wrote_does_not_change_it(redis_client):
    """No new text for the same data, or every session of Node would count as changed."""
    redis_client.set("sess:x", BY_NODE)
    client = make_app(RedisStore(redis_client)).test_client(use_cookies=False)
    response = client.get("/read", headers={"Cookie": cookie_header("x")})
    assert response.text == "1"
    assert "Set-Cookie" not in response.headers
    assert {**json.loads(redis_client.get("sess:x")), "cookie": 0} == {**json.loads(BY_NODE), "cookie": 0}


def test_the_key_and_its_end(redis_client):
    store = RedisStore(redis_client)
    session = stored(max_age=3600)
    store.set("x", session)
    assert redis_client.keys() == [b"sess:x"]
    assert 3_600_000 - 60_000 < redis_client.pttl("sess:x") < 3_600_000
    assert json.loads(redis_client.get("sess:x")) == session.to_json()

    store.update("x", stored())
    assert DAY - 60_000 < redis_client.pttl("sess:x") <= DAY
    redis_client.persist("sess:x")
    store.touch("x", cookie())
    assert DAY - 60_000 < redis_client.pttl("sess:x") <= DAY


def test_the_key_counts_and_not_the_date_in_the_value(redis_client):
    """When connect-redis touches a session, it moves the key's end only."""
    store = RedisStore(redis_client)
    old = stored(max_age=-60)
    redis_client.set("sess:x", json.dumps(old.to_json()), px=60_000)
    assert store.get("x") == old
    assert store.touch("x", cookie(60)) is True


def test_redis_drops_a_session_at_its_end(redis_client):
    store = RedisStore(redis_client)
    session = stored()
    session.cookie.expires = datetime.now(timezone.utc) + timedelta(milliseconds=30)
    store.set("x", session)
    deadline = time.monotonic() + PATIENCE
    while store.get("x") is not None:
        assert time.monotonic() < deadline
    assert clock.now() >= session.cookie.expires_at
    assert store.update("x", session) is False
    assert store.touch("x", session.cookie) is False
    assert redis_client.keys() == []


@pytest.mark.parametrize(
    ("meanwhile", "touched", "data"),
    [
        (lambda store: store.update("x", stored('{"n":2}', max_age=9)), True, '{"n":2}'),
        (lambda store: store.set("x", stored('{"n":3}')), True, '{"n":3}'),
        (lambda store: store.touch("x", cookie(9)), True, '{"n":1}'),
        (lambda store: store.destroy("x"), False, None),
    ],
)
def test_a_touch_between_whose_steps_somebody_writes(redis_client, meanwhile, touched, data):
    store, other = RedisStore(redis_client), RedisStore(redis_client)
    store.set("x", stored('{"n":1}'))
    replace, calls = store._replace, []

    def interrupted(**values):
        if not calls:
            meanwhile(other)
        calls.append(values)
        return replace(**values)

    store._replace = interrupted
    newest = cookie(600)
    assert store.touch("x", newest) is touched
    assert store.get("x") == (None if data is None else StoredSession(newest, data))
    assert len(calls) == (2 if touched else 1)


def test_it_takes_any_client_and_any_url(shared_redis, redis_client):
    import redis

    text_client = redis.Redis.from_url(shared_redis.url, decode_responses=True)
    stores = [RedisStore(redis_client), RedisStore(text_client), RedisStore(shared_redis.url)]
    session = stored('{"name":"\\u00e9"}', max_age=60)
    for writer in stores:
        for reader in stores:
            writer.set("ключ", session)
            assert reader.get("ключ") == session
            assert reader.all() == {"ключ": session}
            assert reader.touch("ключ", session.cookie)
            reader.destroy("ключ")
            assert len(writer) == 0
    text_client.close()
    stores[-1]._client.close()


def test_the_package_does_without_redis():
    script = """
import sys
sys.modules["redis"] = None  # as if it were not installed
from demo_app.session import RedisStore
try:
    RedisStore("redis://127.0.0.1")
except ImportError as error:
    print(error)
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    said = subprocess.check_output([sys.executable, "-c", script], env=environment, text=True)
    assert said == "RedisStore needs redis-py: pip install redis\n"


@pytest.mark.parametrize("skew", [-60_000, -3_600_000, 60_000])
def test_an_app_whose_clock_differs_from_that_of_redis(redis_client, monkeypatch, skew):
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + skew)
    store = RedisStore(redis_client)
    session = stored(max_age=60)
    store.set("x", session)
    assert store.get("x") == session
    assert 30_000 < redis_client.pttl("sess:x") <= 60_000
    for write in (
        lambda: store.update("x", session),
        lambda: store.touch("x", session.cookie),
        lambda: store.update("x", session, True),
    ):
        redis_client.persist("sess:x")
        assert write() is True
        assert 30_000 < redis_client.pttl("sess:x") <= 60_000


def test_what_node_counts_are_sessions_alone(redis_client):
    """The mark of a log-out is not below the prefix: connect-redis would take it for a session."""
    store = RedisStore(redis_client)
    store.set("x", stored())
    store.destroy("x")
    assert [key for key in redis_client.scan_iter() if key.startswith(b"sess:")] == []
    assert 0 < redis_client.pttl("destroyed:sess:x") <= 5 * 60_000


def test_a_cluster_and_an_asyncio_client_are_refused(need_redis):
    import redis
    import redis.asyncio

    class Cluster(redis.RedisCluster):
        def __init__(self):  # the real one looks for its nodes
            pass

        def __del__(self):
            pass

    for client in (Cluster(), redis.asyncio.Redis(), 7):
        with pytest.raises(OptionError, match=f"client is .*{type(client).__name__}.*not supported"):
            RedisStore(client)


def test_a_request_that_changes_a_session_turns_the_data_over_three_times(redis_client, monkeypatch):
    store = RedisStore(redis_client)
    store.set("x", stored('{"visits":1}', max_age=60))
    client = make_app(store).test_client(use_cookies=False)
    client.get("/write", headers={"Cookie": cookie_header("x")})
    seen = []

    def counted(function):
        return lambda value: seen.append("visits" in str(value)) or function(value)

    monkeypatch.setattr(data, "_encode", counted(data._encode))
    monkeypatch.setattr(data, "_decode", counted(data._decode))
    monkeypatch.setattr(json, "loads", counted(json.loads))
    assert client.get("/write", headers={"Cookie": cookie_header("x")}).text == "3"
    assert sum(seen) == 3


def test_a_log_out_counts_in_a_redis_that_is_full(redis_client):
    """It is one step, which begins with what makes room."""
    store = RedisStore(redis_client)
    store.set("x", stored())
    redis_client.config_set("maxmemory", 1)
    try:
        store.destroy("x")
        assert store.get("x") is None
    finally:
        redis_client.config_set("maxmemory", 0)
