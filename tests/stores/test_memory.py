"""What is the memory store's own: it holds no more than it has to."""

from __future__ import annotations

import pytest

from tests.stores.helpers import cookie, stored


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
