"""Cases at random, over every option and every action.

What is left out, and only that: what the port does differently on purpose (see ``test_differences``), and
what has no meaning in the other language.

- Options that are an error in the port; ``"auto"`` where ``cookie`` is a function. ``Vary`` is not compared.
- Keys that JavaScript takes for methods or sorts as numbers; ``1.0``, which it writes as ``1``.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from .play import Client

_booleans = st.booleans()
_secrets = [
    "keyboard cat",
    ["new", "old"],
    ["ü secret", "old", "older"],
    {"bytes": "\0ÿ\n"},
    ["new", {"bytes": "\x80"}],
]
_lifetimes = [3_600_000, 60_000, None, 1_500.7, 999, 1, 0, -1000, 3_000_000_000]
_dates = ["2024-01-01T01:00:00.000Z", "2024-01-01T00:00:01.001Z", "2023-12-31T23:59:59.999Z", None]
_samesite = [None, "lax", "Strict", "NONE", True, False, "", 0]


def _some_of(**optional: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=optional)


def _sometimes(strategy: st.SearchStrategy[Any], otherwise: Any) -> st.SearchStrategy[Any]:
    return st.one_of(st.just(otherwise), st.just(otherwise), strategy)


def _cookie_options(auto: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    settings = _some_of(
        path=st.sampled_from(["/", "/app", "/app/", "/a%70p", None, "", False]),
        domain=st.sampled_from(["example.com", ".Example.com", "10.0.0.1", None, ""]),
        secure=st.sampled_from([False, True, None, *auto]),
        httpOnly=st.sampled_from([True, False, None]),
        sameSite=st.sampled_from([*_samesite, *auto]),
        partitioned=st.sampled_from([False, True, None]),
        priority=st.sampled_from(["low", "Medium", "HIGH", None, "", 0]),
    )
    # The later of the two counts, so they come in both orders.
    lifetime = _some_of(
        maxAge=st.sampled_from([*_lifetimes, *({"date": date} for date in _dates if date)]),
        expires=st.sampled_from(_dates),
    )
    return st.builds(
        lambda settings, lifetime, swap: {**settings, **dict(sorted(lifetime.items(), reverse=swap))},
        settings,
        lifetime,
        _booleans,
    )


_choice = _cookie_options(auto=[])
options = st.builds(
    lambda given, secret: {"secret": secret, **given},
    _some_of(
        resave=_booleans | st.none(),
        saveUninitialized=_booleans | st.none(),
        rolling=_booleans | st.none(),
        cookie=st.none()
        | _cookie_options(auto=["auto"])
        | st.fixed_dictionaries({"choose": st.lists(_choice, min_size=2, max_size=2)}),
        unset=st.sampled_from(["keep", "destroy", None]),
        proxy=st.sampled_from([None, True, False]),
        name=st.sampled_from(["mycookie", "__Host-id", "a!#$%&'*+-.^_`|~0", "", None]),
        key=st.just("oldname"),
        genid=st.sampled_from(["sequential", "awkward", "accented", "fixed"]),
        simpleStore=st.just(True),
    ),
    st.sampled_from(_secrets),
)

_keys = st.sampled_from(["user", "n", "ключ"])
_values = st.sampled_from(["ada", 0, 1, -2.5, True, None, "", "ü\u2028", [], {"a": [1, {}]}, {"cookie": {"path": 0}}])
_setting = st.one_of(
    st.tuples(st.just("maxAge"), st.sampled_from(_lifetimes)),
    st.tuples(st.just("expires"), st.sampled_from(_dates)),
    st.tuples(st.just("sameSite"), st.sampled_from([None, "lax", "Strict", "none"])),
    st.tuples(st.sampled_from(["secure", "httpOnly", "partitioned"]), _booleans),
    st.tuples(st.just("path"), st.sampled_from(["/", "/app", None])),
    st.tuples(st.just("domain"), st.sampled_from(["example.com", None])),
    st.tuples(st.just("priority"), st.sampled_from(["low", "High", None])),
)
_action = st.one_of(
    st.sampled_from([["read"], ["push", 1], ["nest", "dark"]]),
    st.tuples(st.sampled_from(["set", "setElsewhere"]), _keys, _values).map(list),
    st.tuples(st.sampled_from(["rewrite", "delete"]), _keys).map(list),
    st.sampled_from(["save", "regenerate", "destroy", "reload", "touch", "unset", "remember", "fail"]).map(
        lambda action: [action]
    ),
    _setting.map(lambda setting: ["cookie", *setting]),
    st.tuples(st.just("wait"), st.sampled_from([1, 1000, 60_000])).map(list),
)

_paths = ["/app", "/app/", "/app/x?a=/b", "/application", "/?a=/app", "/%61pp", "/a%70p/%C3%A9", "/App"]
_forwarded = ["https", "http", "https, http", "http, https", " HTTPS ", "", ",https", "httpsx"]
_request = st.fixed_dictionaries(
    {
        "does": st.lists(_action, max_size=5),
        "sends": _sometimes(st.sampled_from([*Client.SENDS]), otherwise="its cookie"),
    },
    optional={
        "after": st.sampled_from([1, 999, 1000, 30_000, 59_999, 60_000, 3_600_000]),
        "path": st.sampled_from(_paths),
        "client": st.just("bob"),
        "tls": st.just(True),
        "forwarded": st.sampled_from(_forwarded),
        "remember": st.just(True),
    },
)


cases = st.fixed_dictionaries(
    {"options": options, "requests": st.lists(_request, min_size=1, max_size=7)},
)
