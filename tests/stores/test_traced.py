"""What the traced store tells. That it works as a store, the contract tests."""

from __future__ import annotations

from demo_app.session import MemoryStore, TracedStore
from tests.stores.helpers import stored


def test_each_call_is_told_with_its_data_and_its_outcome():
    store = TracedStore(MemoryStore())
    session = stored('{"user":"ada"}')
    assert repr(store.take()) == "(the store was not called)"
    store.get("a")
    store.update("a", session)
    store.touch("a", session.cookie)
    store.set("a", session)
    store.get("a")
    store.update("a", stored('{"user":"alan"}'))
    store.touch("a", session.cookie)
    store.destroy("a")
    assert repr(store.take()).splitlines() == [
        "get      nothing",
        'set      gone     {"user":"ada"}',
        "touch    gone",
        'set      stored   {"user":"ada"}',
        'get      found    {"user":"ada"}',
        'set      stored   {"user":"alan"}',
        "touch    touched",
        "destroy  removed",
    ]
    assert store.take() == []


def test_calls_can_be_reported_as_they_come():
    heard = []
    store = TracedStore(MemoryStore(), heard.append)
    store.get("a")
    assert [call.method for call in heard] == ["get"]
    assert store.take() == []
