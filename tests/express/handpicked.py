"""Cases by hand: one for each option, and for each behaviour of express-session that surprises."""

from __future__ import annotations

from typing import Any

from .play import Client

#: title: case
HANDPICKED: dict[str, dict[str, Any]] = {}

RECOMMENDED = {"secret": "keyboard cat", "resave": False, "saveUninitialized": False}
LASTING = {**RECOMMENDED, "cookie": {"maxAge": 60_000}}

WRITE = ["set", "user", "ada"]
COUNT = ["push", 1]


def _case(title: str, options: dict[str, Any], *requests: dict[str, Any] | list[Any]) -> None:
    """Add a case. A request that is a list is what the view does."""
    assert title not in HANDPICKED, title
    HANDPICKED[title] = {
        "options": options,
        "requests": [{"does": request} if isinstance(request, list) else request for request in requests],
    }


# The article's configuration, and each option of the middleware.

_case(
    "the article's configuration",
    {
        "name": "mycookie",
        "secret": "cookiesaregood",
        "cookie": {"maxAge": 3_600_000, "secure": False, "httpOnly": True},
        "resave": False,
        "saveUninitialized": False,
    },
    [["read"]],
    [WRITE],
    {"does": [["read"]], "after": 1_800_000},
    {"does": [COUNT], "after": 1_800_000},
    {"does": [["read"]], "after": 3_600_000},
)
_case(
    "only a secret: resave and saveUninitialized are true",
    {"secret": "keyboard cat"},
    [],
    [["read"]],
    [WRITE],
)
_case("key, the old word for name", {**RECOMMENDED, "key": "oldname"}, [WRITE], [["read"]])
_case("an empty name counts as left out", {**RECOMMENDED, "key": "oldname", "name": ""}, [WRITE], [["read"]])
_case(
    "null: resave and saveUninitialized are false, the others left out",
    {
        "secret": "keyboard cat",
        **dict.fromkeys(["cookie", "genid", "key", "name", "proxy", "resave", "rolling", "saveUninitialized", "unset"]),
    },
    [],
    [WRITE],
    [["read"]],
    [["unset"]],
)
_case(
    "numbers in place of true and false",
    {**LASTING, "resave": 0, "saveUninitialized": 1, "rolling": 0},
    [],
    [WRITE],
    {"does": [["read"]], "after": 1000},
)
_case(
    "what JavaScript takes for false counts as left out: cookie, genid and unset",
    {**RECOMMENDED, "cookie": False, "genid": "", "unset": 0},
    [WRITE],
    [["read"], ["unset"]],
    [["read"]],
)
_case(
    "empty text is false",
    {**LASTING, "resave": "", "saveUninitialized": "", "rolling": ""},
    [["read"]],
    [WRITE],
    {"does": [["read"]], "after": 1000},
)
_case("other numbers", {**LASTING, "resave": 2, "saveUninitialized": 0.0, "rolling": 1}, [], [WRITE], [["read"]])
_case("name counts more than key", {**RECOMMENDED, "key": "oldname", "name": "newname"}, [WRITE], [["read"]])
for _value in (False, True):
    _case(
        f"resave {_value}",
        {**LASTING, "resave": _value},
        [WRITE],
        {"does": [["read"]], "after": 1000},
        {"does": [["rewrite", "user"]], "after": 1000},
    )
    _case(f"saveUninitialized {_value}", {**LASTING, "saveUninitialized": _value}, [], [["read"]], [WRITE], [])
    _case(
        f"rolling {_value}",
        {**LASTING, "rolling": _value},
        [],
        [WRITE],
        {"does": [], "after": 30_000},
        {"does": [["read"]], "after": 30_000},
        {"does": [COUNT], "after": 30_000},
    )
    _case(f"rolling {_value} without maxAge", {**RECOMMENDED, "rolling": _value}, [WRITE], [["read"]], [COUNT])
for _value in ("keep", "destroy"):
    _case(
        f"unset {_value}",
        {**RECOMMENDED, "unset": _value},
        [["unset"]],
        [WRITE],
        [COUNT, ["unset"], ["read"], WRITE],
        [["read"], ["unset"], ["unset"], ["regenerate"], ["set", "n", 1]],
    )
for _value in ("sequential", "awkward", "accented", "fixed"):
    _case(
        f"genid {_value}",
        {**RECOMMENDED, "genid": _value},
        [WRITE],
        [COUNT],
        {"client": "bob", "does": [COUNT]},
        [["read"]],
    )
_case(
    "a secret is replaced: the first signs, all verify",
    {**LASTING, "secret": ["new", "old"]},
    [WRITE],
    {"sends": "signed with the last secret", "does": [["read"]]},
    {"sends": "signed with the last secret", "does": [COUNT]},
    {"sends": "signed with a wrong secret", "does": [["read"]]},
)

for _value in ({"bytes": "\0\xff\n\x80"}, ["new", {"bytes": "\xe9"}]):
    _case(
        f"secret {_value!r}", {**LASTING, "secret": _value}, [WRITE], {"sends": "signed with the last secret"}, [COUNT]
    )
_case(
    "a store that can get, set and destroy, and nothing else",
    {**LASTING, "simpleStore": True},
    [COUNT],
    {"after": 30_000, "does": [["read"]]},
    {"after": 30_000, "does": [COUNT]},
    [COUNT],
    {"after": 30_000, "does": [COUNT]},
    [["regenerate"], COUNT],
    [["destroy"]],
)

# The cookie's options, one at a time, and all at once.

for _key, _values in {
    "maxAge": [None, 60_000, 999, 1_500.7, 0, -1000, 3_000_000_000, {"date": "2024-01-01T00:00:01.001Z"}],
    "expires": [None, "2024-01-01T01:00:00.000Z", "2024-01-01T00:00:01.001Z", "2023-12-31T00:00:00.000Z"],
    "path": [None, "", 0, "/app", "/app/", "/a%70p"],
    "domain": [None, "", False, "example.com", ".Example.com", "10.0.0.1"],
    "secure": [None, "", True, 0, "auto"],
    "httpOnly": [None, False, 0, 1],
    "sameSite": [None, "", 0, False, True, "lax", "Strict", "NONE", "auto"],
    "partitioned": [None, "", True],
    "priority": [None, "", 0, False, "low", "Medium", "HIGH"],
}.items():
    for _value in _values:
        _case(
            f"cookie.{_key} {_value!r}",
            {**RECOMMENDED, "cookie": {_key: _value}},
            {"does": [WRITE], "path": "/app"},
            {"does": [COUNT], "path": "/app", "after": 500},
            {"does": [COUNT], "path": "/app/x", "after": 500},
            {"does": [COUNT], "tls": True},
        )
_case(
    "every option of the cookie",
    {
        **RECOMMENDED,
        "cookie": {
            "maxAge": 60_000,
            "path": "/app",
            "domain": "example.com",
            "secure": True,
            "httpOnly": False,
            "sameSite": "none",
            "partitioned": True,
            "priority": "high",
        },
    },
    {"does": [WRITE], "path": "/app", "tls": True},
    {"does": [["read"]], "path": "/app", "tls": True},
)
_case(
    "of maxAge and expires the later one counts: maxAge",
    {**RECOMMENDED, "cookie": {"expires": "2024-01-01T01:00:00.000Z", "maxAge": 60_000}},
    [WRITE],
)
_case(
    "of maxAge and expires the later one counts: expires",
    {**RECOMMENDED, "cookie": {"maxAge": 60_000, "expires": "2024-01-01T01:00:00.000Z"}},
    [WRITE],
)
_case(
    "a cookie function chooses for each request, and again when the session is regenerated",
    {**RECOMMENDED, "cookie": {"choose": [{"maxAge": 60_000}, {"maxAge": 3_600_000, "sameSite": "lax"}]}},
    [WRITE],
    {"remember": True, "client": "bob", "does": [WRITE]},
    [["remember"], ["regenerate"], WRITE],
    [COUNT],
)
_case(
    "a cookie function decides which paths have a session",
    {**RECOMMENDED, "cookie": {"choose": [{"path": "/app"}, {"path": "/admin"}]}},
    {"path": "/app", "does": [WRITE]},
    {"path": "/app", "does": [WRITE], "remember": True},
    {"path": "/admin", "does": [WRITE], "remember": True},
)

# When the cookie is sent.

_case(
    "a browser session's cookie is sent once, however often the session changes",
    RECOMMENDED,
    [COUNT],
    [COUNT],
    [COUNT],
)
_case(
    "with maxAge each change sends it again, later, without rolling",
    LASTING,
    [COUNT],
    {"does": [["read"]], "after": 1000},
    {"does": [COUNT], "after": 1000},
)
_case(
    "a change deep inside counts",
    LASTING,
    [COUNT, ["nest", "light"]],
    [COUNT],
    [["nest", "dark"]],
    [["nest", "dark"]],
)
_case("to write the same value is no change", LASTING, [WRITE], [WRITE], [["rewrite", "user"]])
_case(
    "a change taken back is no change",
    LASTING,
    [WRITE],
    [["set", "n", 1], ["delete", "n"]],
    [["delete", "absent"]],
)
_case(
    "a key called cookie below the first level is data like any other",
    LASTING,
    [["set", "user", {"cookie": 1}]],
    [["set", "user", {"cookie": 2}]],
    [["set", "user", {"cookie": 2}]],
)
_case("to delete is a change", LASTING, [WRITE], [["delete", "user"]], [["read"]])
_case("false is another value than 0", LASTING, [["set", "n", False]], [["set", "n", 0]], [["set", "n", None]])
_case("an expired session is a new one", LASTING, [WRITE], {"after": 60_000, "does": [["read"]]}, [WRITE])
_case("every request starts the lifetime again", LASTING, [WRITE], *[{"after": 59_999, "does": [["read"]]}] * 3)
_case(
    "a view that fails saves what it wrote",
    LASTING,
    [WRITE, ["fail"]],
    [["read"], COUNT, ["fail"]],
    [["read"]],
)

_case(
    "cookies of the view's own stay beside it",
    RECOMMENDED,
    [["header", "Set-Cookie", "theme=dark"], ["header", "Set-Cookie", "size=2; Path=/app"], WRITE],
    [["header", "Set-Cookie", "theme=light"], COUNT],
)
_case("an answer that begins before the view is done", LASTING, [WRITE, ["begin"], ["read"]], [["begin"], ["read"]])
_case(
    "saved after the answer has begun",
    LASTING,
    [WRITE],
    [["begin"], COUNT, ["save"]],
    [["read"], ["begin"], ["wait", 1000], ["set", "n", 1], ["save"], ["destroy"]],
    [["read"]],
)

# What a view can do with the session.

_case(
    "regenerate drops the data and the old session",
    LASTING,
    [WRITE],
    [["regenerate"]],
    [["read"], ["regenerate"], WRITE],
)
_case(
    "the old id is worth nothing after regenerate",
    RECOMMENDED,
    [WRITE],
    [["regenerate"], WRITE],
    {"sends": "its first cookie"},
)
_case(
    "regenerate twice",
    LASTING,
    [WRITE, ["regenerate"], ["regenerate"]],
    [["save"], ["regenerate"], ["save"], WRITE],
)
for _save in ([], [["save"]], [["save"], ["reload"], ["save"]]):
    _case(
        f"regenerate where genid gives the same id again, then {_save!r}",
        {**LASTING, "genid": "fixed"},
        [WRITE, ["regenerate"], COUNT, *_save, ["cookie", "maxAge", 1000]],
        [["read"]],
        [["regenerate"], *_save],
    )
_case("destroy sends nothing", {**LASTING, "rolling": True}, [WRITE], [["destroy"]], [["read"]])
_case(
    "after destroy there is no session",
    RECOMMENDED,
    [WRITE, ["destroy"], ["read"], WRITE, ["save"], ["reload"], ["touch"]],
)
_case(
    "nothing more to destroy",
    RECOMMENDED,
    [WRITE],
    [["destroy"], ["destroy"], ["unset"], ["cookie", "maxAge", 1000]],
)
_case("regenerate after destroy", LASTING, [WRITE], [["destroy"], ["regenerate"], COUNT], [["read"]])
_case("save, then write", LASTING, [["save"], WRITE], [["save"], COUNT], [COUNT, ["save"]])
_case("save without a change stores, and sends no cookie", RECOMMENDED, [["save"]], [["read"]])
_case(
    "save, then another lifetime: not stored",
    RECOMMENDED,
    [WRITE, ["save"], ["cookie", "maxAge", 60_000]],
    [["read"]],
)
_case("reload what was never saved", RECOMMENDED, [["reload"], ["read"], WRITE, ["reload"]], [["reload"]])
_case(
    "reload drops changes",
    LASTING,
    [WRITE],
    [COUNT, ["reload"]],
    [["read"], COUNT, ["save"], WRITE, ["reload"]],
)
_case(
    "reload brings what another request has stored meanwhile",
    LASTING,
    [WRITE],
    [["set", "n", 1], ["setElsewhere", "user", "bob"], ["reload"], ["read"], COUNT],
    [["setElsewhere", "user", "eve"]],
    [["setElsewhere", "user", "ada"], COUNT],
    [["read"]],
)
_case(
    "reload brings what another request has destroyed nowhere",
    LASTING,
    [WRITE],
    [["destroyElsewhere"], ["reload"], ["reload"]],
    [["read"]],
)
_case("reload after regenerate", LASTING, [WRITE], [["regenerate"], ["reload"], ["save"], ["reload"]])
_case(
    "reload brings the cookie's settings back",
    LASTING,
    [WRITE],
    [["cookie", "maxAge", 1000], ["reload"], COUNT],
)
_case("touch", LASTING, [WRITE, ["touch"]], {"after": 1000, "does": [["read"], ["touch"], ["read"]]})
for _rolling in (False, True):
    _options = {**LASTING, "rolling": _rolling}
    _case(f"expired while it was written, rolling {_rolling}", _options, [WRITE], [["wait", 60_000], COUNT], [COUNT])
    _case(f"expired while it was read, rolling {_rolling}", _options, [WRITE], [["wait", 60_000]], [["read"]])
_case(
    "expired, and saved by the view",
    LASTING,
    [WRITE],
    [["wait", 60_000], ["reload"], COUNT, ["save"], ["wait", 1], COUNT],
    [["read"]],
)
_case("expired with resave", {**LASTING, "resave": True}, [WRITE], [["wait", 60_001], ["read"]], [["read"]])
_case("unset drops what the request wrote", LASTING, [WRITE], [COUNT, ["unset"]], [["read"]])
for _key, _value in {
    "maxAge": 1000,
    "expires": "2024-01-01T00:00:05.000Z",
    "path": "/app",
    "sameSite": "none",
    "secure": True,
    "priority": "High",
}.items():
    _case(
        f"session.cookie.{_key} is this session's own",
        LASTING,
        [["cookie", _key, _value]],
        [WRITE, ["cookie", _key, _value]],
        {"does": [COUNT], "sends": "its last cookie", "after": 900},
        {"does": [COUNT], "client": "bob"},
        {"does": [COUNT], "sends": "its last cookie", "after": 1000},
    )
_case(
    "a lifetime becomes a browser session",
    LASTING,
    [WRITE],
    [COUNT, ["cookie", "maxAge", None]],
    [COUNT],
    [["read"]],
)
_case("a browser session gets a lifetime", RECOMMENDED, [WRITE], [COUNT, ["cookie", "maxAge", 60_000]], [COUNT])
_case("saved with a date in the past", LASTING, [WRITE], [["cookie", "maxAge", -1], ["save"], COUNT], [["read"]])
_case(
    "saved with a date in the past, and not changed",
    {**LASTING, "rolling": True},
    [WRITE],
    [["cookie", "maxAge", -1], ["save"]],
    [["read"]],
)
_case(
    "changed options leave stored sessions as they are",
    LASTING,
    [WRITE, ["cookie", "maxAge", 1000]],
    [COUNT],
    [["read"]],
)
_case(
    "two clients",
    LASTING,
    [COUNT],
    {"client": "bob", "does": [COUNT]},
    [COUNT],
    {"client": "bob", "does": [COUNT]},
)

# Which requests have a session, and which count as HTTPS.

_PATHS = ["/app", "/app/x", "/application", "/app?x=/", "/", "/ap", "/App", "/%61pp", "/x/app", "/app%2Fx"]
_case(
    "the cookie's path is a prefix of the request's path, compared letter by letter",
    {**RECOMMENDED, "cookie": {"path": "/app"}},
    *[{"path": path, "does": [COUNT]} for path in _PATHS],
)
_case(
    "off the path there is no session to do anything with",
    {**RECOMMENDED, "cookie": {"path": "/app"}, "unset": "destroy"},
    [["read"], WRITE, COUNT, ["rewrite", "user"], ["delete", "user"], ["save"], ["reload"]],
    [["touch"], ["destroy"], ["regenerate"], ["cookie", "maxAge", 1000], ["unset"]],
)
_FORWARDED = [None, "https", "http", "https, http", "http, https", " HTTPS ", "", ",https", "httpsx"]
for _proxy in (None, True, False):
    for _setting in ("auto", True):
        _case(
            f"secure {_setting!r} with proxy {_proxy}",
            {**RECOMMENDED, "proxy": _proxy, "cookie": {"secure": _setting, "sameSite": "auto"}},
            *[{"forwarded": value, "sends": "nothing", "does": [WRITE]} for value in _FORWARDED],
            {"forwarded": "http", "tls": True, "sends": "nothing", "does": [WRITE]},
        )
    _case(
        f"secure 'auto' with proxy {_proxy} in an app that trusts its proxy",
        {**RECOMMENDED, "trustProxy": True, "proxy": _proxy, "cookie": {"secure": "auto"}},
        *[{"forwarded": value, "sends": "nothing", "does": [WRITE]} for value in (None, "https", "http", "HTTPS")],
    )
_case(
    "secure over HTTP: stored and never sent, so every request begins a session nobody comes back to",
    {**RECOMMENDED, "cookie": {"secure": True}},
    [COUNT],
    [COUNT],
    [COUNT],
)

# What a client may send.

for _sends in Client.SENDS:
    _case(
        f"a client sends: {_sends}",
        {**LASTING, "name": "id", "secret": ["new", "old"], "genid": "awkward"},
        {"sends": _sends, "does": [["read"]]},
        [COUNT],
        {"sends": _sends, "does": [COUNT]},
        {"sends": _sends, "does": [["read"]]},
    )
