"""Attacks on the lessons' servers and, through the guest book, on what stands beside it: each is carried out here."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import pytest
import requests
from playwright.sync_api import BrowserContext, Page, expect

from demo_app import Server, SessionOptions, create_app, reverse_proxy, serve
from tests.browser.lab import TOKEN, copy_project, jupyterlab_with_proxy
from tests.browser.site import Site, serve_under_any_name
from tests.browser.use import press

POST = """([url, fields]) => {
    const form = document.createElement("form");
    form.method = "post";
    form.action = url;
    for (const [name, value] of Object.entries(fields)) {
        const input = document.createElement("input");
        [input.name, input.value] = [name, value];
        form.append(input);
    }
    document.body.append(form);
    form.submit();
}"""


def at(server: Server, host: str) -> str:
    """The server's address under another name of this machine."""
    return server.url.replace("127.0.0.1", host)


def who_is_logged_in(victim: Page, server: Server) -> dict[str, str]:
    """What the server answers to another window of the victim's."""
    return victim.context.new_page().goto(f"{server.url}/api/me").json()


@pytest.fixture
def victim(browser: BrowserContext) -> Iterator[Page]:
    """A page of the victim's browser: without the fixture ``page``, because the browser complains of attacks."""
    browser.clear_cookies()
    page = browser.new_page()
    yield page
    for other in browser.pages[1:]:
        other.close()


@pytest.fixture
def book() -> Iterator[tuple[Server, str]]:
    """A server with a guest book, and the book's address."""
    app = create_app(SessionOptions(secret="s"), guest_book=True)
    with serve(app) as server:
        yield server, server.url + app.extensions["guest_book"]


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """The address of a page of somebody else."""
    with serve_under_any_name(Site()) as server:
        yield at(server, "evil.example")


class Neighbour(NamedTuple):
    """What another user of the machine has at a port of theirs."""

    site: Site
    url: str

    def came(self) -> list[str]:
        """What has come there so far."""
        return [f"{request.method} {request.url}" for request in self.site.requests]

    def came_before_now(self, browser: BrowserContext) -> list[str]:
        """What has come there before something that the browser sends there now."""
        page = browser.new_page()
        page.evaluate("url => fetch(url, { mode: 'no-cors' })", f"{self.url}/now")
        page.close()
        return [one for one in self.came() if one != f"GET {self.url}/now"]


@pytest.fixture
def neighbour() -> Iterator[Neighbour]:
    site = Site()
    with serve(site) as server:
        yield Neighbour(site, server.url)


class TestAPageElsewhere:
    @pytest.mark.parametrize("told", [False, True], ids=["guessing", "told"])
    def test_it_cannot_write_to_the_book(self, victim, elsewhere, book, told):
        """Not even if it was told the address."""
        server, address = book
        victim.goto(elsewhere)
        with victim.expect_navigation():
            victim.evaluate(POST, [address if told else f"{server.url}/guestbook", {"entry": "<script>0</script>"}])
        assert '{"error"' in victim.inner_text("body")
        assert "<script>" not in requests.get(address).text

    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
    def test_one_at_another_port_of_this_machine_cannot_either(self, victim, neighbour, book, host):
        victim.goto(neighbour.url.replace("127.0.0.1", host))
        with victim.expect_navigation():
            victim.evaluate(POST, [book[1], {"entry": "<script>0</script>"}])
        assert "<script>" not in requests.get(book[1]).text

    @pytest.mark.parametrize("path", ["/api/logout", "/api/session"])
    def test_it_cannot_log_the_visitor_out(self, victim, elsewhere, book, path):
        """Chromium sends a cookie without ``SameSite`` along with a POST for two minutes."""
        server, _ = book
        victim.goto(server.url)
        press(victim, "Log in as ada")
        victim.goto(elsewhere)
        with victim.expect_response(f"{server.url}{path}") as answer:
            victim.evaluate(POST, [f"{server.url}{path}", {}])
        assert answer.value.status == 403
        assert who_is_logged_in(victim, server) == {"user": "ada"}

    def test_it_cannot_frame_the_book(self, victim, elsewhere, book):
        victim.goto(elsewhere)
        with victim.expect_event("console", lambda message: "frame-ancestors" in message.text):
            victim.evaluate(
                "url => { const f = document.createElement('iframe'); f.src = url; document.body.append(f); }", book[1]
            )


class TestANameThatLeadsHere:
    """DNS rebinding: the name of a page elsewhere suddenly leads to this machine, with every port of it."""

    @pytest.fixture
    def rebound(self, victim, book):
        """A page of somebody else, under a name and port that lead to the server from now on."""
        places = [Site(), reverse_proxy(book[0].url)]
        with serve_under_any_name(lambda *request: places[0](*request)) as name:
            victim.goto(at(name, "evil.example"))
            del places[0]
            yield victim

    def test_its_page_reads_nothing(self, rebound):
        for path in ("/api/inspect", "/api/visits", "/"):
            status, text = rebound.evaluate("path => fetch(path).then(async r => [r.status, await r.text()])", path)
            assert status == 421
            assert text.startswith('{"error": "This server does not answer as evil.example:')

    def test_its_page_writes_nothing(self, rebound, book):
        """Not even if it was told the address of the book."""
        write = """path => fetch(path, { method: "post", body: new URLSearchParams({ entry: "rebound" }) })
            .then(r => r.status)"""
        assert rebound.evaluate(write, "/" + book[1].split("/", 3)[3]) == 421
        assert "rebound" not in requests.get(book[1]).text


# What a script or a tag in an entry does to reach another port of this machine. THERE and SOCKET become its addresses.
WAYS_OUT = {
    "frame": "<iframe src='THERE'></iframe>",
    "frame in a frame": "<iframe srcdoc='<iframe src=THERE></iframe>'></iframe>",
    "frame that is led away": "<iframe srcdoc='<meta http-equiv=refresh content=0;url=THERE>'></iframe>",
    "object": "<object data='THERE'></object>",
    "embed": "<embed src='THERE'>",
    "image": "<img src='THERE'>",
    "image in SVG": "<svg><image href='THERE'/></svg>",
    "script": "<script src='THERE'></script>",
    "module": "<script type=module>import('THERE')</script>",
    "style sheet": "<link rel=stylesheet href='THERE'>",
    "style": "<div style='background: url(THERE)'>x</div>",
    "import in a style": "<style>@import 'THERE';</style>",
    "preload": "<link rel=preload as=fetch href='THERE'>",
    "prefetch": "<link rel=prefetch href='THERE'>",
    "video": "<video src='THERE' preload=auto></video>",
    "fetch": "<script>fetch('THERE', { mode: 'no-cors', credentials: 'include' })</script>",
    "fetch with POST": "<script>fetch('THERE', { method: 'post', mode: 'no-cors', credentials: 'include' })</script>",
    "beacon": "<script>navigator.sendBeacon('THERE')</script>",
    "XMLHttpRequest": "<script>x = new XMLHttpRequest(); x.open('POST', 'THERE'); x.send()</script>",
    "event source": "<script>new EventSource('THERE')</script>",
    "WebSocket": "<script>new WebSocket('SOCKET')</script>",
    "worker": (
        "<script>new Worker(URL.createObjectURL(new Blob([`fetch('THERE', { mode: 'no-cors' })`])))</script>"
    ),
    "form": "<form action='THERE'></form><script>document.forms[document.forms.length - 1].submit()</script>",
    "form with POST": (
        "<form method=post action='THERE'></form><script>document.forms[document.forms.length - 1].submit()</script>"
    ),
    "form to a new window": (
        "<form method=post target=_blank action='THERE'><button id=press>x</button></form>"
    ),
    "button": "<form><button id=press formmethod=post formaction='THERE'>x</button></form>",
    "new window": "<button id=press onclick='window.open(`THERE`)'>x</button>",
    "link to a new window": "<a id=press target=_blank href='THERE'>x</a>",
    "whole window": "<a id=press target=_top href='THERE'>x</a>",
    "the window around it": "<button id=press onclick='top.location = `THERE`'>x</button>",
    "ping": "<a id=press href='#here' ping='THERE'>x</a>",
}  # fmt: skip
#: What no policy forbids.
REMAINING = {
    "script": "<script>location = 'THERE'</script>",
    "refresh": "<meta http-equiv=refresh content='0; url=THERE'>",
    "link": "<a id=press href='THERE'>x</a>",
    "download": "<a id=press download href='THERE'>x</a>",
}
SPECULATION = """<script type="speculationrules">
    {"prefetch": [{"source": "list", "urls": ["THERE"], "eagerness": "immediate"}]}
</script>"""
#: What a page with the book in a frame, such as a notebook, is here.
FRAME = "<!doctype html><iframe src='{0}' style='width: 100%; height: 600px'></iframe><iframe src='{1}'></iframe>"


@contextmanager
def notebook(address: str, beside: str = "about:blank") -> Iterator[str]:
    """The address of a page of this machine that has these two in frames, as a notebook has."""

    def page(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/html")])
        return [FRAME.format(address, beside).encode()]

    with serve(page) as server:
        yield server.url


def attack(victim: Page, address: str) -> None:
    """Open an address, and press what an entry may have put there to be pressed."""
    victim.goto(address, wait_until="networkidle")
    for frame in victim.frames:
        if frame.locator("#press").count():
            frame.locator("#press").click(no_wait_after=True)
            break


def unguarded(entry: str) -> Callable[..., list[bytes]]:
    """A page with this entry, and no policy."""

    def page(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/html")])
        return [f"<!doctype html><ul><li>{entry}</li></ul>".encode()]

    return page


def fill(entry: str, url: str) -> str:
    return entry.replace("THERE", f"{url}/").replace("SOCKET", url.replace("http", "ws"))


class TestAnEntry:
    """A script in the book: with cookies of this machine, to a port of another user of it, or of JupyterLab."""

    def arrives(self, victim, neighbour, address):
        """Open an address; wait for what comes to the neighbour."""
        attack(victim, address)
        for _ in range(100):
            if neighbour.came():
                break
            victim.wait_for_timeout(50)
        came = neighbour.came()
        neighbour.site.requests.clear()
        return bool(came)

    @pytest.mark.parametrize("way", WAYS_OUT)
    def test_it_stays_in(self, victim, neighbour, book, way):
        entry = fill(WAYS_OUT[way], neighbour.url)
        with serve(unguarded(entry)) as other, notebook(other.url) as opened:
            assert self.arrives(victim, neighbour, opened)  # it is a way out of other pages
        requests.post(book[1], data={"entry": entry})
        with notebook(book[1]) as opened:
            attack(victim, opened)
            assert neighbour.came_before_now(victim.context) == []

    @pytest.mark.parametrize(
        "path",
        ["/", "/api/peek", "/api/inspect", "/nothing", "/static/page.css", f"/?{'a' * 70_000}"],
        ids=lambda path: path[:20],
    )
    def test_it_does_not_get_out_through_another_page_of_its_server(self, victim, neighbour, book, path):
        """Of one origin: without a policy of its own, that page would do for it what its own forbids."""
        requests.post(book[1], data={"entry": "a guest"})
        with notebook(book[1], f"{book[0].url}{path}") as opened:
            victim.goto(opened, wait_until="networkidle")
            victim.frames[1].evaluate(
                """url => {
                    try {
                        const page = parent.frames[1].document;
                        page.body.innerHTML = `<form method=post action="${url}"></form>`;
                        page.forms[0].submit();
                    } catch { /* it is of another origin */ }
                }""",
                f"{neighbour.url}/",
            )
            assert neighbour.came_before_now(victim.context) == []

    @pytest.mark.parametrize("way", REMAINING)
    def test_what_remains_is_to_lead_its_own_frame_elsewhere(self, victim, neighbour, book, way):
        """No policy forbids it: why nobody but its user may write to the book. Told in docs/teaching.md."""
        requests.post(book[1], data={"entry": fill(REMAINING[way], neighbour.url)})
        with notebook(book[1]) as opened:
            assert self.arrives(victim, neighbour, opened)

    def test_and_to_send_what_webrtc_sends(self, victim, book):
        """Chromium knows no directive for it (``webrtc`` of CSP 3). What comes is no HTTP, without cookies."""
        with socket.socket(type=socket.SOCK_DGRAM) as neighbour:
            neighbour.bind(("127.0.0.1", 0))
            neighbour.settimeout(30)
            server = f"stun:127.0.0.1:{neighbour.getsockname()[1]}"
            entry = f"""<script>
                pc = new RTCPeerConnection({{ iceServers: [{{ urls: "{server}" }}] }});
                pc.createDataChannel("out");
                pc.setLocalDescription();
            </script>"""
            requests.post(book[1], data={"entry": entry})
            victim.goto(book[1])
            assert neighbour.recv(2000)[4:8] == bytes.fromhex("2112a442")  # the mark of STUN (RFC 8489, section 5)

    def test_and_in_a_tab_of_its_own_to_have_the_browser_ask_ahead(self, victim, neighbour, book):
        requests.post(book[1], data={"entry": fill(SPECULATION, neighbour.url)})
        assert self.arrives(victim, neighbour, book[1])


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base address of a JupyterLab with jupyter-server-proxy, as somebody starts it who has both."""
    with jupyterlab_with_proxy(*copy_project(tmp_path_factory.mktemp("lab"))) as (base, _):
        yield base


def kernels(lab: str) -> list[str]:
    """The ids of the kernels that run."""
    return [one["id"] for one in ask(lab, "get", "api/kernels").json()]


def ask(lab: str, method: str, path: str) -> requests.Response:
    return requests.request(method, f"{lab}{path}", headers={"Authorization": f"token {TOKEN}"})


# At JupyterLab's origin it starts a kernel; anywhere else, it leads there.
TAKE_OVER = """<script>
    if (location.href.startsWith("LAB")) {
        const token = document.cookie.match(/_xsrf=([^;]*)/)[1];
        fetch("LABapi/kernels", { method: "post", headers: { "X-XSRFToken": token }, body: "{}" });
    } else location = "THERE";
</script>"""


class TestBesideAJupyterLab:
    """One that has jupyter-server-proxy, which shows any port of this machine at JupyterLab's own origin."""

    @pytest.fixture
    def victim(self, victim, lab):
        """Is logged in to JupyterLab."""
        victim.goto(f"{lab}lab?token={TOKEN}")
        victim.goto(f"{lab}api/status")
        yield victim
        for kernel in kernels(lab):
            ask(lab, "delete", f"api/kernels/{kernel}")

    def take_over(self, lab: str, address: str) -> str:
        port, path = address.removeprefix("http://127.0.0.1:").split("/", 1)
        return TAKE_OVER.replace("THERE", f"{lab}proxy/{port}/{path}").replace("LAB", lab)

    def test_a_page_elsewhere_starts_no_kernel(self, victim, lab, elsewhere, book):
        """It posts a script, which sends the visitor to the book at JupyterLab's origin, and starts a kernel there."""
        victim.goto(elsewhere)
        with victim.expect_navigation(url=re.compile("^http://127.0.0.1"), wait_until="networkidle"):
            victim.evaluate(POST, [book[1], {"entry": self.take_over(lab, book[1])}])
        victim.goto(book[1], wait_until="networkidle")  # what it has written, if it has, leads on
        assert kernels(lab) == []

    def test_nor_does_it_log_the_visitor_out_through_the_proxy(self, victim, lab, elsewhere, book):
        server, _ = book
        victim.goto(server.url)
        press(victim, "Log in as ada")
        victim.goto(elsewhere)
        with victim.expect_response("**/api/logout") as answer:
            victim.evaluate(POST, [f"{lab}proxy/{server.url.rpartition(':')[2]}/api/logout", {}])
        assert answer.value.status == 403
        assert who_is_logged_in(victim, server) == {"user": "ada"}

    @pytest.mark.parametrize("way", ["proxy/{}", "proxy/127.0.0.1:{}", "proxy/localhost:{}", "proxy/absolute/{}"])
    def test_the_book_is_not_there(self, victim, lab, book, way):
        requests.post(book[1], data={"entry": self.take_over(lab, book[1])})
        port, path = book[1].removeprefix("http://127.0.0.1:").split("/", 1)
        answer = victim.goto(f"{lab}{way.format(port)}/{path}", wait_until="networkidle")
        assert answer.status == (404 if "absolute" in way else 403)
        assert kernels(lab) == []

    @pytest.mark.parametrize(
        "entry",
        [
            "<script>fetch('LABproxy/PORT/', { method: 'post', mode: 'no-cors', credentials: 'include' })</script>",
            "<form method=post action='LABproxy/PORT/'></form><script>document.forms[1].submit()</script>",
            "<iframe src='LABproxy/PORT/'></iframe>",
            "<iframe src='LABlab'></iframe><iframe src='LABproxy/PORT/'></iframe>",
        ],
        ids=["fetch", "form", "frame", "frame of JupyterLab"],
    )
    def test_an_entry_does_not_reach_what_is_behind_the_proxy(self, victim, lab, book, neighbour, entry):
        entry = entry.replace("PORT", neighbour.url.rpartition(":")[2]).replace("LAB", lab)
        requests.post(book[1], data={"entry": entry})
        with notebook(book[1]) as opened:
            attack(victim, opened)
            assert neighbour.came_before_now(victim.context) == []

    def test_an_entry_opens_no_socket_to_a_kernel(self, victim, lab, book):
        kernel = ask(lab, "post", "api/kernels").json()["id"]
        socket = f"{lab}api/kernels/{kernel}/channels".replace("http", "ws")
        entry = f"""<script>
            document.addEventListener("securitypolicyviolation", event => {{
                if (event.blockedURI.startsWith("ws")) document.title = "blocked";
            }});
            new WebSocket("{socket}").onopen = () => document.title = "open";
        </script>"""
        requests.post(book[1], data={"entry": entry})
        victim.goto(book[1])
        expect(victim).to_have_title("blocked")
