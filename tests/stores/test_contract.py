"""The contract of ``Store``, held against every store."""

from __future__ import annotations

import json
import threading
from datetime import datetime, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from demo_app.session import MemoryStore, RedisStore, SQLiteStore, StoredSession
from demo_app.session.stores.base import MARK
from tests.stores.helpers import Thread, cookie, stored

ADA = stored('{"user":"ada"}', max_age=60)
ALAN = stored('{"user":"alan"}', max_age=60)


def test_a_session_comes_back_as_it_went(store):
    session = stored(
        '{"a":1,"b":[null,true,-1.5,{"c":""}]}',
        max_age=3600,
        path="/app",
        domain="example.com",
        secure=True,
        httponly=False,
        samesite="None",
        partitioned=True,
        priority="High",
    )
    store.set("x", session)
    assert store.get("x") == session
    assert store.all() == {"x": session}


def test_an_unknown_id_is_no_error(store):
    store.set("x", ADA)
    for sid in ("y", "", "X", "x ", "x%", "*", "' OR ''='", "\0", "x\0"):
        assert store.get(sid) is None
        assert store.update(sid, ALAN) is False
        assert store.touch(sid, ALAN.cookie) is False
        store.destroy(sid)
    assert store.all() == {"x": ADA}


@pytest.mark.parametrize("sid", ["*", "?", "[a]", "a\\", "ключ 🗝", "a:b", "' OR ''='", "x" * 4000])
def test_any_text_can_be_an_id(store, sid):
    store.set(sid, ADA)
    store.set("other", ALAN)
    assert store.get(sid) == ADA
    assert store.touch(sid, cookie(90))
    assert set(store.all()) == {sid, "other"}
    store.destroy(sid)
    assert store.all() == {"other": ALAN}


def test_set_replaces(store):
    store.set("x", ADA)
    store.set("x", stored('{"n":2}'))
    assert store.get("x") == stored('{"n":2}')
    assert len(store) == 1


def test_update_replaces_only_what_is_there(store):
    assert store.update("x", ADA) is False
    assert store.get("x") is None
    store.set("x", ADA)
    assert store.update("x", ALAN) is True
    assert store.get("x") == ALAN
    store.destroy("x")
    assert store.update("x", ADA) is False
    assert len(store) == 0


def test_a_lapsed_session_is_stored_anew_unless_it_was_destroyed(store, advance):
    for sid in ("expired", "destroyed", "destroyed when it had expired"):
        store.set(sid, ADA)
    store.destroy("destroyed")
    advance(60)
    store.destroy("destroyed when it had expired")
    later = stored('{"later":1}', max_age=60)
    assert store.update("expired", later, True) is True
    assert store.update("destroyed", later, True) is False
    assert store.update("destroyed when it had expired", later, True) is False
    assert store.all() == {"expired": later}
    again = stored('{"later":2}', max_age=60)
    assert store.update("expired", again, True) is True  # it need not have gone
    assert store.get("expired") == again


def test_a_log_out_is_remembered_for_minutes(store, advance):
    store.set("x", ADA)
    store.destroy("x")
    advance(MARK.total_seconds() - 1)
    assert store.update("x", ALAN, True) is False
    advance(1)
    later = stored(max_age=60)
    assert store.update("x", later, True) is True
    assert store.all() == {"x": later}


def test_a_new_session_of_the_same_id_is_no_longer_the_destroyed_one(store, advance):
    store.set("x", ADA)
    store.destroy("x")
    assert store.get("x") is None
    assert len(store) == 0
    store.set("x", ADA)
    advance(60)
    assert store.update("x", stored(max_age=60), True) is True


def test_touch_replaces_the_cookie_and_keeps_the_data(store):
    store.set("x", ADA)
    newer = cookie(600, path="/app", samesite="Strict")
    assert store.touch("x", newer) is True
    assert store.get("x") == StoredSession(newer, ADA.data)


def test_destroyed_is_gone(store):
    store.set("x", ADA)
    store.set("y", ALAN)
    store.destroy("x")
    store.destroy("x")
    assert store.get("x") is None
    assert store.touch("x", ADA.cookie) is False
    assert store.all() == {"y": ALAN}


def test_clear_leaves_nothing(store):
    store.clear()
    for n in range(2500):  # more than one page of Redis
        store.set(f"{n}", ADA)
    assert len(store) == len(store.all()) == 2500
    store.clear()
    assert len(store) == 0
    assert store.all() == {}
    assert store.get("0") is None


def test_an_expired_session_is_as_good_as_gone(store, advance):
    session = stored(max_age=60)
    store.set("x", session)
    store.set("y", stored(max_age=120))
    advance(59)
    assert store.get("x") == session
    assert len(store) == 2
    advance(1)
    assert store.get("x") is None
    assert store.update("x", session) is False
    assert store.touch("x", cookie(60)) is False
    assert list(store.all()) == ["y"]
    assert len(store) == 1


def test_expired_sessions_can_be_stored_anew(store, advance):
    store.set("x", stored(max_age=60))
    advance(60)
    again = stored('{"n":2}', max_age=60)
    store.set("x", again)
    assert store.get("x") == again
    advance(59)
    assert len(store) == 1
    advance(1)
    assert len(store) == 0


@pytest.mark.parametrize("age", [0, -1, -(10**9), -(2 * 10**9)])
def test_what_is_stored_expired_is_never_there(store, age):
    store.set("x", stored(max_age=age))
    assert store.get("x") is None
    assert len(store) == 0
    store.set("y", stored())
    assert store.touch("y", cookie(age)) is True
    assert store.get("y") is None
    assert len(store) == 0


def test_touch_and_update_move_the_expiry(store, advance):
    for sid in ("touched", "updated", "left"):
        store.set(sid, stored(max_age=60))
    advance(40)
    assert store.touch("touched", cookie(60))
    assert store.update("updated", stored(max_age=60))
    advance(40)
    assert set(store.all()) == {"touched", "updated"}
    advance(20)
    assert len(store) == 0


def test_a_lifetime_can_be_shortened(store, advance):
    for sid in ("touched", "updated", "set"):
        store.set(sid, stored(max_age=3600))
    store.touch("touched", cookie(60))
    store.update("updated", stored(max_age=60))
    store.set("set", stored(max_age=60))
    advance(60)
    assert len(store) == 0
    assert store.all() == {}


def test_a_browser_session_has_no_end_that_the_cookie_knows(store, advance):
    session = stored()
    store.set("x", session)
    advance(23 * 3600)
    assert store.get("x") == session
    assert store.touch("x", cookie()) is True
    advance(23 * 3600)
    assert store.get("x") == session


def test_a_browser_session_may_get_an_end_and_lose_it(store, advance):
    store.set("x", stored())
    store.set("y", stored(max_age=60))
    store.touch("x", cookie(60))
    store.touch("y", cookie())
    advance(60)
    assert list(store.all()) == ["y"]


def test_what_is_handed_in_or_out_is_a_copy(store):
    given = stored(max_age=60)
    expected = StoredSession(given.cookie.copy(), given.data)
    store.set("x", given)
    given.cookie.path = "/changed"
    store.get("x").cookie.path = "/changed"
    store.all()["x"].cookie.max_age = None
    assert store.get("x") == expected

    touched = cookie(90)
    expected = StoredSession(touched.copy(), given.data)
    store.touch("x", touched)
    touched.path = "/changed"
    assert store.get("x") == expected

    updated = stored(max_age=120)
    expected = StoredSession(updated.cookie.copy(), updated.data)
    store.update("x", updated)
    updated.cookie.path = "/changed"
    assert store.get("x") == expected


@pytest.mark.parametrize(
    "content",
    [{}, {"é": "日本語 🍪"}, {"lone": "\ud800"}, {"nul": "\0", "quote": "'\"\\"}, {"big": "x" * 3_000_000}],
    ids=["empty", "unicode", "lone surrogate", "escapes", "large"],
)
def test_any_content_comes_back(store, content):
    data = json.dumps(content, separators=(",", ":"))
    store.set("x", stored(data))
    assert store.get("x").data == data
    store.touch("x", cookie(60))
    assert store.get("x").data == data


@pytest.mark.parametrize("year", [2030, 2038, 2107, 9950])
@pytest.mark.parametrize("microsecond", [0, 1000, 1999, 123_456, 998_000, 999_999])
def test_a_date_keeps_its_milliseconds(store, year, microsecond):
    session = stored()
    session.cookie.expires = datetime(year, 12, 31, 23, 59, 59, microsecond, tzinfo=timezone.utc)
    store.set("x", session)
    assert store.get("x") == session


def test_two_stores_see_the_same_sessions(new_store):
    one, other = new_store(), new_store()
    one.set("x", ADA)
    assert other.get("x") == ADA
    other.update("x", ALAN)
    assert one.get("x") == ALAN
    other.destroy("x")
    assert one.touch("x", ADA.cookie) is False


def test_stores_are_apart(tmp_path, redis_client):
    pairs = [
        (MemoryStore(), MemoryStore()),
        (SQLiteStore(tmp_path / "a.db"), SQLiteStore(tmp_path / "b.db")),
        (RedisStore(redis_client, prefix="a:"), RedisStore(redis_client, prefix="b:")),
        (RedisStore(redis_client, prefix="[c]*?\\:"), RedisStore(redis_client, prefix="cx:")),
    ]
    for one, other in pairs:
        one.set("x", ADA)
        other.set("y", ALAN)
        assert one.all() == {"x": ADA}
        assert other.get("x") is None
        assert other.touch("x", ADA.cookie) is False
        other.clear()
        assert len(one) == 1
        assert one.get("x") == ADA


SID = st.sampled_from(["a", "b", "c"])
AGE = st.sampled_from([None, 10, 60])
STEP = st.one_of(
    st.tuples(st.sampled_from(["set", "update"]), SID, AGE, st.integers(0, 9)),
    st.tuples(st.just("touch"), SID, AGE),
    st.tuples(st.just("destroy"), SID),
    st.tuples(st.just("advance"), st.sampled_from([5, 20, 70])),
    st.tuples(st.just("clear")),
)


@settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(STEP, max_size=25))
def test_any_sequence_of_operations_does_what_a_dict_would_do(store, advance, steps):
    store.clear()
    # For each id: the session, and how many seconds it has left.
    model = {}
    for name, *args in steps:
        if name == "advance":
            advance(*args)
            model = {
                sid: (session, left and left - args[0])
                for sid, (session, left) in model.items()
                if left is None or left > args[0]
            }
        elif name == "clear":
            store.clear()
            model.clear()
        elif name == "destroy":
            store.destroy(*args)
            model.pop(args[0], None)
        elif name == "touch":
            sid, age = args
            touched = cookie(age)
            assert store.touch(sid, touched) is (sid in model)
            if sid in model:
                model[sid] = (StoredSession(touched, model[sid][0].data), age)
        else:
            sid, age, number = args
            session = stored(f'{{"n":{number}}}', max_age=age)
            done = getattr(store, name)(sid, session)
            assert done is (None if name == "set" else sid in model)
            if done is not False:
                model[sid] = (session, age)
        assert {sid: store.get(sid) for sid in "abc"} == {sid: model[sid][0] if sid in model else None for sid in "abc"}
        assert store.all() == {sid: session for sid, (session, _) in model.items()}
        assert len(store) == len(model)


def test_many_threads_at_once(store):
    """Each thread has a session of its own, and all of them write, touch and destroy one that they share."""
    start = threading.Barrier(16)

    def work(number):
        start.wait()
        for n in range(50):
            own = stored(f'{{"thread":{number},"n":{n}}}', max_age=60)
            store.set(f"{number}", own)
            assert store.get(f"{number}") == own
            store.set("shared", own)
            store.touch("shared", own.cookie)
            found = store.get("shared")
            assert found is None or set(json.loads(found.data)) == {"thread", "n"}
            store.update("shared", own)
            store.destroy("shared")
            assert len(store) >= 1

    for thread in [Thread(lambda number=number: work(number)) for number in range(16)]:
        thread.result()
    assert set(store.all()) == {f"{number}" for number in range(16)}


def test_touch_never_brings_back_nor_overwrites(store):
    """One thread touches a session all the time, while another one counts in it and then destroys it."""
    store.set("x", stored('{"n":0}', max_age=60))
    done = threading.Event()

    def touch():
        while not done.is_set():
            store.touch("x", cookie(60))

    threads = [Thread(touch) for _ in range(2)]
    for n in range(1, 300):
        assert store.update("x", stored(f'{{"n":{n}}}', max_age=60))
        assert store.get("x").data == f'{{"n":{n}}}'
    store.destroy("x")
    assert store.get("x") is None
    done.set()
    for thread in threads:
        thread.result()
    assert store.get("x") is None


def test_no_store_shows_ids_or_data(store):
    store.set("secret-id", stored('{"secret":"data"}'))
    assert "secret" not in repr(store)
