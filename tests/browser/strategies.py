"""Cases at random: some cookies, one answer that sets them all, and what comes next."""

from __future__ import annotations

from itertools import chain
from random import Random

from hypothesis import strategies as st

from demo_app.cookies import why
from demo_app.lesson import Context

from .cases import Case, as_asked, is_for

# Who asks whom. What is likely to lead somewhere comes more than once, or most cookies would go the same way.

_HOSTS = ("shop.example", "www.shop.example", "other.example", "localhost", "app.localhost", "127.0.0.1")
_HOSTS += ("me.github.io", "www.me.github.io", "you.github.io", "shop.co.uk", "other.co.uk", "www.shop.co.uk")
_HOSTS += ("front.vercel.app", "back.vercel.app", "shop.dev", "www.shop.dev", "me.pages.dev", "you.pages.dev")
_HOSTS += ("bücher.example", "xn--bcher-kva.example", "WWW.Shop.Example", "127.1", "0x7f.0.0.1", "017700000001")
_HOSTS += ("192.0.2.1",)
_SERVERS = (*(f"{scheme}://{host}" for host in _HOSTS for scheme in ("http", "https")), "http://localhost:3000")
_PATHS = ("/", "/", "/account", "/account/", "/account/login", "/accounts", "/account/../a", "/./account/%2e%2E/b")
_PATHS += ("/account\\login", "/a b", "/ä", "/%61ccount", "/account;v=1")
# A few hosts that have much to do with each other, so that most cookies meet a request that they are meant for.
_NEAR = ("https://shop.example", "https://www.shop.example", "https://shop.example", "https://other.example")
_NEAR += ("http://shop.example", "http://www.shop.example")
_HOSTLESS = ("file:///shop/page.html", "chrome-extension://abc/page.html", "null")
_KINDS = ("visit", "link", "form", "frame", "image", "fetch")


# A date as people write them, and as they do not.

_weekdays = st.sampled_from(("", "Thu, ", "Thursday, ", "Mon ", "gio, "))
_days = st.sampled_from(("1", "01", "17", "31", "32", "0", "001", "17th"))
_months = st.sampled_from(("Jan", "Jan", "dec", "DECEMBER", "Foo", "12", "Déc"))
_years = st.sampled_from(("2037", "2037", "2027", "27", "99", "70", "1601", "1600", "12027", "207"))
_times = st.sampled_from(("23:59:59", "00:00:00", "3:4:5", "24:00:00", "23:59", "23:59:59.9", "11:59:59 PM", ""))
_zones = st.sampled_from((" GMT", " GMT", "", " UTC", " +0100", "Z", " (CET)"))
_dates = (
    st.builds("{}{} {} {} {}{}".format, _weekdays, _days, _months, _years, _times, _zones)
    | st.builds("{}{}-{}-{} {}{}".format, _weekdays, _days, _months, _years, _times, _zones)
    | st.builds("{}{} {} {} {}{}".format, _weekdays, _months, _days, _times, _years, _zones)
    | st.builds("{}T{}{}".format, st.just("2037-01-01"), _times, _zones)
    | st.sampled_from(("0", "-1", "tomorrow", "", '"Thu, 01 Jan 1970 00:00:00 GMT"', "Thu, 01 Jan 1970 00:00:00 GMT"))
)
_ages = st.sampled_from(
    ("86400", "86400", "172800", "99999999", "9" * 30, "0", "-1", "-0", "+86400", "086400", "-", "")
)
_ages |= st.sampled_from(("86400s", "86400.5", " 86400", "1e5", "0x10", "soon", '"86400"'))

# A line.

_names = st.sampled_from(
    ("id",) * 6 + ("__Host-id", "__Secure-id", "__host-id", "__Http-id", "__Host-Http-id", "__Hos")
)
_values = st.sampled_from(("1",) * 60 + ("", "a b", '"1"', "a=b", "1,2", "é", "a\x07b", "a\tb", "\x7f", "x{4090}"))


def _usually(nothing: int, *words: str) -> st.SearchStrategy[str]:
    return st.sampled_from(("",) * nothing + words)


_attributes = (
    _usually(1, "Secure", "Secure", "SECURE", "secure=0"),
    _usually(1, "HttpOnly"),
    _usually(1, "SameSite=Lax", "SameSite=Strict", "SameSite=None", "SameSite=None", "samesite=no", 'SameSite="None"'),
    _usually(
        1, "Path=/", "Path=/", "Path=/account", "Path=/account/", "Path=/acc", "Path=account", "Path=/a%20b", "Path"
    ),
    _usually(16, "Domain=shop.example", "Domain=shop.example", "Domain=.shop.example", "Domain=www.shop.example"),
    _usually(
        *(
            120,
            "Domain=other.example",
            "Domain=example",
            "Domain=SHOP.EXAMPLE",
            "Domain=.",
            "Domain=",
            "Domain=shop.dev",
        ),
        *(
            "Domain=localhost",
            "Domain=127.0.0.1",
            "Domain=127.1",
            "Domain=bücher.example",
            "Domain=xn--bcher-kva.example",
        ),
        *("Domain=github.io", "Domain=me.github.io", "Domain=co.uk", "Domain=shop.co.uk", "Domain=pages.dev"),
    ),
    _usually(1) | _usually(1) | _usually(1) | st.builds("Max-Age={}".format, _ages),
    _usually(1) | _usually(1) | _usually(1) | st.builds("Expires={}".format, _dates),
    _usually(2, "Partitioned"),
    _usually(90, "Colour=red", "Colour=\x1fred", "Priority=High", "=", "Path=/\x07"),
)
_rest = st.tuples(*_attributes).flatmap(lambda chosen: st.permutations([one for one in chosen if one]))
_cookies = st.lists(st.tuples(_names, _values, _rest), max_size=8)
_lines = st.builds(
    lambda *parts: [
        "; ".join((f"{name}{number}={value}", *rest)) for number, (name, value, rest) in enumerate(chain(*parts))
    ],
    *(_cookies, _cookies, _cookies),  # a list alone is often short
)
_nameless = st.sampled_from(("nameless", "=nameless", "==", "=a=b", "", "=__Secure-a", "__Host-b", " ; Path=/"))


def _situation(
    seed: int, third_party_cookies: bool | None, in_frame: bool, led: bool, away: bool
) -> tuple[str, Context]:
    """An address and a context. They are as many as seeds, where Hypothesis would try few of them again and again.

    :param in_frame: Whether the page is in a frame.
    :param led: Whether redirects lead to the next request.
    :param away: Whether that goes to another address than the one that sets the cookies.
    """
    chance = Random(seed)
    servers = chance.choice((_NEAR, _NEAR, _SERVERS)), chance.choice((_NEAR, _SERVERS))
    if chance.random() < 0.7:  # or most of it would be mixed content
        servers = tuple([server for server in some if server.startswith("https")] for some in servers)

    def address(path: str = "") -> str:
        return chance.choice(chance.choice(servers)) + (path or chance.choice(_PATHS))

    def page(*others: str) -> str:
        return chance.choice((address("/page"), address("/page"), address("/page"), *others))

    context = Context(
        request=chance.choice(_KINDS),
        page=page("null") if in_frame else page(*_HOSTLESS),
        within=(page(*_HOSTLESS), *(page("null") for _ in range(chance.randrange(3)))) if in_frame else (),
        to=address() if away else None,
        redirects=tuple({address("/pay") for _ in range(chance.randint(1, 2))}) if led else (),
        set_by=chance.choice((*_KINDS, *_KINDS, "script")),
        third_party_cookies=third_party_cookies,
        credentials=chance.choice(("same-origin", "include", "include", "include", "omit")),
    )
    return address(), context


def _asks_nobody(url: str, context: Context) -> bool:
    """Whether it goes on by itself: before a page over HTTPS sends a form over plain HTTP, Chromium warns."""
    if not as_asked(context.page).startswith("https"):
        return True
    requests = [(context.set_by, url)]
    requests += [(context.request, asked) for asked in (*context.redirects, context.to or url)]
    return all(kind != "form" or as_asked(address).startswith("https") for kind, address in requests)


def groups(client: str, third_party_cookies: bool | None) -> st.SearchStrategy[list[Case]]:
    """Cases in the same circumstances, their cookies of different names.

    A browser is not asked what it cannot be asked, nor what the doctor itself leaves open.
    """

    def group(situation: tuple[str, Context], lines: list[str], nameless: list[str]) -> list[Case]:
        cases = [Case(line, *situation) for line in (*lines, *nameless)]
        return [case for case in cases if is_for(client, case) and _is_sure(case, client)]

    situations = st.builds(
        _situation, st.integers(0, 2**64), st.just(third_party_cookies), st.booleans(), st.booleans(), st.booleans()
    ).filter(lambda both: _asks_nobody(*both))
    return st.builds(group, situations, _lines, st.lists(_nameless, max_size=1)).filter(bool)


def _is_sure(case: Case, client: str) -> bool:
    return "not checked" not in why(case.whole_line, case.url, case.context, client).stored.because
