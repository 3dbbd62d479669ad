"""The audit names what is valid and still unwise, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from demo_app import CookieOptions, SessionOptions, TracedStore
from demo_app.session import MemoryStore, audit

SOUND = SessionOptions(
    name="shop_session",
    secret="a" * 32,
    store=TracedStore(MemoryStore()),  # stands for a store that outlives the process
    cookie=CookieOptions(max_age=timedelta(hours=1), secure=True, samesite="Lax"),
)


def test_a_sound_configuration_has_no_finding():
    assert audit(SOUND) == []


@pytest.mark.parametrize(
    ("change", "option", "weakness"),
    [
        ({"name": "connect.sid"}, "name", "default name"),
        ({"secret": "cookiesaregood"}, "secret", "14 bytes are too short"),
        ({"secret": ["a" * 32, "old"]}, "secret", "3 bytes are too short"),
        ({"resave": True}, "resave", "overwrites"),
        ({"save_uninitialized": True}, "save_uninitialized", "every visitor"),
        ({"store": None}, "store", "gone with the process"),
        ({"store": MemoryStore()}, "store", "gone with the process"),
        ({"proxy": True}, "proxy", "X-Forwarded-Proto"),
        ({"cookie": lambda request: SOUND.cookie}, "cookie", "not looked at"),
        ({"max_age": None}, "cookie.max_age", "never ends"),
        ({"max_age": timedelta(days=401)}, "cookie.max_age", "400 days"),
        ({"max_age": 401 * 86400}, "cookie.max_age", "400 days"),
        ({"secure": False}, "cookie.secure", "plain HTTP"),
        ({"secure": "auto"}, "cookie.secure", "without Secure"),
        ({"httponly": False}, "cookie.httponly", "scripts"),
        ({"samesite": None}, "cookie.samesite", "left to each browser"),
        ({"domain": "example.com"}, "cookie.domain", "every host below example.com"),
        ({"domain": "127.0.0.1"}, "cookie.domain", "an IP address"),
    ],
)
def test_each_weakness_is_found_alone(change, option, weakness):
    in_cookie = change.keys() <= set(CookieOptions.__dataclass_fields__)
    options = replace(SOUND, cookie=replace(SOUND.cookie, **change)) if in_cookie else replace(SOUND, **change)
    (found,) = audit(options)
    assert found.option == option
    assert weakness in found.weakness
    assert found.remedy


@pytest.mark.parametrize(
    ("name", "change", "findings"),
    [
        ("__Host-sid", {}, 0),
        ("__Secure-sid", {"path": "/app"}, 0),
        ("__Host-sid", {"path": "/app"}, 1),
        ("__HOST-sid", {"path": None}, 1),
        ("__Host-sid", {"secure": "auto"}, 2),
        ("__Secure-sid", {"secure": False}, 2),
        ("sid", {"samesite": "None", "secure": False}, 2),
        ("sid", {"samesite": "None"}, 0),
        ("sid", {"partitioned": True, "secure": "auto"}, 2),
        ("sid", {"partitioned": True}, 0),
        ("sid", {"max_age": None, "expires": datetime(2030, 1, 1, tzinfo=timezone.utc)}, 0),
        ("sid", {"max_age": timedelta(days=400)}, 0),
    ],
)
def test_combinations(name, change, findings):
    assert len(audit(replace(SOUND, name=name, cookie=replace(SOUND.cookie, **change)))) == findings


def test_no_finding_shows_a_secret():
    assert "cookiesaregood" not in str(audit(SessionOptions(secret="cookiesaregood")))
