"""What is the memory store's own: it holds no more than it has to."""

from __future__ import annotations

import pytest

from demo_app.session import MemoryStore, OptionError, StoreUnavailable
from demo_app.session.stores.base import MARK
from tests.stores.helpers import cookie, make_app, stored


@pytest.fixture
def kind():
    return "memory"


def held(store):
    return max(len(store._sessions), len(store._turns))


def test_expired_sessions_leave_by_themselves(store, advance):
    for n in range(1000):
        store.set(f"short-{n}", stored(max_age=60))
    store.set("long", stored(max_age=3600))
    advance(60)
    for writes in range(1, 1002):
        store.touch("long", cookie(3600))
        assert held(store) >= 1001 - writes  # no write has to do much of it
    assert held(store) == 1


@pytest.mark.parametrize("lifetime", [None, 3600, 14 * 24 * 3600])
def test_nothing_is_left_of_sessions_that_come_and_go(store, lifetime):
    for n in range(10_000):
        store.set(f"{n}", stored(max_age=lifetime))
        store.destroy(f"{n}")
    assert held(store) <= 1
    assert len(store) == 0


def test_nothing_grows_while_sessions_are_touched(store, advance):
    for n in range(10):
        store.set(f"{n}", stored(max_age=60))
    for n in range(10_000):
        store.touch(f"{n % 10}", cookie(60 if n % 2 else 3600))
        advance(0.01)
    assert held(store) == 10


def test_who_waits_to_leave_is_no_more_than_who_lives(store, advance):
    """One session a second, each for 100 seconds: 100 live at any time."""
    for n in range(5000):
        store.set(f"{n}", stored(max_age=100))
        advance(1)
        assert held(store) <= 200 + 2
    assert len(store) == 99


def test_memory_follows_the_live_sessions_whatever_their_ids(advance):
    """An id that is made from the user's comes back with every log-in."""
    store = MemoryStore()
    before = sizes(store)
    for _ in range(2000):
        store.set("ada", stored(max_age=60))
        store.destroy("ada")
    assert sizes(store) == before | {"_marks": 1}
    advance(MARK.total_seconds())
    store.set("ada", stored(max_age=60))
    store.destroy("alan")
    assert sizes(store) == {"_sessions": 1, "_turns": 1, "_marks": 1}


def test_marks_go_when_their_time_is_over(advance):
    store = MemoryStore()
    for n in range(100):
        store.destroy(f"{n}")
        advance(MARK.total_seconds() / 10)
    assert sizes(store)["_marks"] <= 10


def test_a_store_that_is_full_refuses_more_and_keeps_what_it_has(advance):
    store = MemoryStore(most=2)
    store.set("a", stored(max_age=60))
    store.set("b", stored(max_age=60))
    with pytest.raises(StoreUnavailable, match=r"MemoryStore\(most=2\) is full\. Let it hold more, or"):
        store.set("c", stored())
    store.set("a", stored('{"n":1}', max_age=90))
    assert store.touch("b", cookie(120)) is True
    assert store.update("b", stored(max_age=60)) is True
    assert set(store.all()) == {"a", "b"}
    advance(60)
    store.set("c", stored())
    assert set(store.all()) == {"a", "c"}


def test_a_visitor_for_whom_there_is_no_room_is_told(advance):
    app = make_app(MemoryStore(most=1))
    assert app.test_client().get("/write").status_code == 200
    answer = app.test_client().get("/write")
    assert answer.status_code == 503
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("most", [0, -1, True, "10", 1.5])
def test_a_number_of_sessions_that_is_none(most):
    with pytest.raises(OptionError, match="most is .*: it is a number of sessions, 1 or more, or None"):
        MemoryStore(most=most)


def sizes(store):
    return {name: len(getattr(store, name)) for name in ("_sessions", "_turns", "_marks")}
