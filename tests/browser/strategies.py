"""Cases at random: some cookies, one answer that sets them all, and what comes next."""

from __future__ import annotations

from hypothesis import strategies as st

from demo_app.lesson import Context

from .cases import Case

_HOSTS = ("shop.example", "www.shop.example", "other.example", "localhost", "app.localhost", "127.0.0.1")
_HOSTS += ("me.github.io", "www.me.github.io", "you.github.io", "shop.co.uk", "other.co.uk")
_PATHS = ("/", "/account", "/account/", "/account/login", "/accounts")
_urls = st.tuples(*map(st.sampled_from, (("http://", "https://"), _HOSTS, _PATHS))).map("".join)
_pages = _urls.map(lambda url: url + "page")
_hops = _urls.map(lambda url: url + "pay")
_kinds = st.sampled_from(("visit", "link", "form", "frame", "image", "fetch"))

# What is likely to be stored comes more than once, or most of the cookies would go the same way.
_names = st.sampled_from(("id",) * 4 + ("__Host-id", "__Secure-id", "__host-id", "__Http-id", "__Host-Http-id"))
_attributes = (
    ("", "Secure", "Secure", "SECURE", "secure=0"),
    ("", "HttpOnly"),
    ("", "SameSite=Lax", "SameSite=Strict", "SameSite=None", "SameSite=None", "samesite=no"),
    ("", "Path=/", "Path=/", "Path=/account", "Path=/account/", "Path=/acc", "Path=account"),
    ("",) * 6 + ("Domain=shop.example", "Domain=.shop.example", "Domain=www.shop.example", "Domain=other.example"),
    ("",) * 12 + ("Domain=example", "Domain=localhost", "Domain=127.0.0.1"),
    ("",) * 12 + ("Domain=github.io", "Domain=me.github.io", "Domain=co.uk", "Domain=shop.co.uk"),
    ("",) * 6 + ("Max-Age=86400", "Max-Age=0", "Max-Age=99999999", "Expires=Fri, 31 Dec 2100 23:59:59 GMT"),
    ("",) * 12 + ("Expires=Thu, 01 Jan 1970 00:00:00 GMT", "Expires=soon"),
    ("", "", "Partitioned"),
)
_rest = st.tuples(*map(st.sampled_from, _attributes)).flatmap(
    lambda chosen: st.permutations([attribute for attribute in chosen if attribute])
)
_lines = st.lists(st.tuples(_names, _rest), min_size=1, max_size=20).map(
    lambda cookies: ["; ".join((f"{name}{number}=1", *rest)) for number, (name, rest) in enumerate(cookies)]
)


def _is_possible(url: str, context: Context) -> bool:
    """Whether a browser asks nobody first: before a page over HTTPS sends a form over plain HTTP, Chromium warns."""
    if context.page.startswith("http://"):
        return True
    requests = [(context.set_by, url)]
    requests += [(context.request, asked) for asked in (*context.redirects, context.to or url)]
    return all(kind != "form" or address.startswith("https://") for kind, address in requests)


def groups(third_party_cookies: bool | None) -> st.SearchStrategy[list[Case]]:
    """Cases in the same circumstances, their cookies of different names."""
    contexts = st.builds(
        Context,
        request=_kinds,
        page=_pages,
        to=st.none() | _urls,
        redirects=st.just(()) | st.lists(_hops, min_size=1, max_size=2, unique=True).map(tuple),
        set_by=_kinds | st.just("script"),
        credentials=st.sampled_from(("same-origin", "include", "include", "omit")),
        third_party_cookies=st.just(third_party_cookies),
    )
    return (
        st.tuples(_urls, contexts)
        .filter(lambda circumstances: _is_possible(*circumstances))
        .flatmap(lambda both: _lines.map(lambda lines: [Case(line, *both) for line in lines]))
    )
