"""Exercises of lesson 18."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import requests
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import Client

from ...cookies.sources import SetCookies, set_cookies
from ...serving import Server, reverse_proxy, serve
from ...session import CookieOptions, SessionOptions
from ..exercises import Exercise, Wrong
from ..mistakes import shown
from ..trying import LOGIN, header, returned

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_ARRIVING = (
    ("https", 1),
    ("https, http", 1),
    ("http, https", 1),
    ("https, http", 2),
    ("http, https,http", 2),
    ("https, http, https, http", 3),
    ("http", 2),
    ("https, https", 3),
)


def _check_client_scheme(answer: Callable[[str, int], object]) -> str:
    for forwarded, proxies in _ARRIVING:
        found, said = _what_proxy_fix_takes(forwarded, proxies), answer(forwarded, proxies)
        if said != found:
            values = [value.strip() for value in forwarded.split(",")]
            whose = ""
            if len(values) > proxies and said == values[0]:
                whose = " The first one is the client's."
            elif found is None:
                whose = f" Fewer than {proxies} have written."
            raise Wrong(
                f"{forwarded!r} arrives, and {proxies} of the proxies are yours: ProxyFix takes {found!r}, and the "
                f"function returned {shown(said)}.{whose}"
            )
    return f"It takes what ProxyFix takes, in {len(_ARRIVING)} situations."


def _what_proxy_fix_takes(forwarded: str, proxies: int) -> str | None:
    taken: str | None = None

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        nonlocal taken
        taken = environ["wsgi.url_scheme"]
        return []

    environ = {"HTTP_X_FORWARDED_PROTO": forwarded, "wsgi.url_scheme": None}
    ProxyFix(app, x_for=0, x_proto=proxies)(environ, lambda *_: lambda _: None)
    return taken


client_scheme = Exercise(
    _check_client_scheme,
    hints=(
        "The last value is that of the proxy next to the server. Python counts from the end with a minus.",
        "values[-proxies] is what the outermost of your proxies wrote. Where there are fewer values, it is an error.",
        "values[-proxies] if len(values) >= proxies else …",
    ),
)


def _below_shop(proxy: WSGIApplication) -> WSGIApplication:
    """The same proxy, which takes ``/shop`` off the address and says so."""

    def stripping(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        told = {"RAW_URI": environ["RAW_URI"].removeprefix("/shop"), "HTTP_X_FORWARDED_PREFIX": "/shop"}
        return proxy({**environ, **told}, start_response)

    return stripping


def _log_in(front: Server, **headers: str) -> tuple[SetCookies, requests.Session]:
    client = requests.Session()
    client.verify = front.ca_path or True
    answer = client.post(f"{front.url}/shop/api/login", json=LOGIN, headers=headers, timeout=60)
    if answer.status_code >= 500:
        raise Wrong(
            f"The app could not answer /shop/api/login ({answer.status_code}). A proxy has asked it for /api/login, "
            "and told it the rest in X-Forwarded-Prefix: does it believe that?"
        )
    return set_cookies(answer), client


def _check_two_proxies(answer: Callable[[], Any]) -> str:
    app = answer()
    if isinstance(app, (SessionOptions, CookieOptions)) or not callable(app):
        raise Wrong(f"{returned(app)} It has to return the app.")
    Client(app).get("/api/peek", headers={"X-Forwarded-Proto": "https, http"})  # an error in ProxyFix comes out here
    with ExitStack() as running:
        backend = running.enter_context(serve(app))
        inner = running.enter_context(serve(reverse_proxy(backend.url, "append")))
        outer = _below_shop(reverse_proxy(inner.url, "append"))
        over_tls, over_http = (running.enter_context(serve(outer, https=https)) for https in (True, False))

        sent, client = _log_in(over_tls)
        if not sent:
            raise Wrong("A client came over HTTPS, 'https, http' arrived at the app, and no cookie was sent.")
        cookie = sent[0]
        if "Secure" not in cookie.attributes:
            raise Wrong(f"Over HTTPS the app sent: {header(cookie)}. It has no Secure.")
        if not client.get(f"{over_tls.url}/shop/api/me", timeout=60).ok:
            raise Wrong(f"The app sent: {header(cookie)}. With /shop/api/me the client does not send it.")
        if "Cookie" in client.get(f"{over_tls.url}/blog", timeout=60).request.headers:
            raise Wrong(f"The app sent: {header(cookie)}. The client sends it with /blog, too.")
        if plain := _log_in(over_http)[0]:
            raise Wrong(f"Over plain HTTP the app sent: {header(plain[0])}. It travels openly.")
        for forged in ("https", "https, https"):
            if _log_in(over_http, **{"X-Forwarded-Proto": forged})[0]:
                raise Wrong(
                    f"A client came over plain HTTP and wrote {forged!r}, '{forged}, http, http' arrived at the app, "
                    "and a cookie was sent: the app believes the client."
                )
    return f"The app sent: {header(cookie)}. A client that writes the header itself gets none."


two_proxies = Exercise(
    _check_two_proxies,
    hints=(
        "Each header has a count of its own: how many of your proxies write it?",
        "Both proxies write X-Forwarded-Proto, and one X-Forwarded-Prefix. The path is the one that the client sees.",
        'path="/shop", and ProxyFix(app.wsgi_app, x_proto=…, x_prefix=…)',
    ),
)
