"""Attacks on the lessons' servers and, through the guest book, on what stands beside it: each is carried out here."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import BrowserContext, Page, expect

from demo_app import Server, SessionOptions, create_app, serve
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


@pytest.fixture
def neighbour() -> Iterator[tuple[Site, str]]:
    """What another user of the machine has at a port of theirs, and its address."""
    site = Site()
    with serve(site) as server:
        yield site, server.url


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
        victim.goto(neighbour[1].replace("127.0.0.1", host))
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
        with victim.expect_navigation():
            victim.evaluate(POST, [f"{server.url}{path}", {}])
        expect(victim.locator("body")).to_contain_text("A page of http://evil.example")
        victim.goto(f"{server.url}/api/me")
        assert '"ada"' in victim.inner_text("body")

    def test_it_cannot_frame_the_book(self, victim, elsewhere, book):
        victim.goto(elsewhere)
        with victim.expect_event("console", lambda message: "frame-ancestors" in message.text):
            victim.evaluate(
                "url => { const f = document.createElement('iframe'); f.src = url; document.body.append(f); }", book[1]
            )


class TestANameThatLeadsHere:
    """DNS rebinding: the name of a page elsewhere suddenly leads to this machine, with every port of it."""

    def test_its_page_reads_nothing(self, victim, book):
        url = at(book[0], "evil.example")
        assert victim.goto(url).status == 421
        for path in ("/api/inspect", "/api/visits", "/"):
            assert victim.evaluate("path => fetch(path).then(r => r.status)", path) == 421

    def test_its_page_writes_nothing(self, victim, book):
        victim.goto(at(book[0], "evil.example"))
        path = "/" + book[1].split("/", 3)[3]
        write = "path => fetch(path, { method: 'post', body: new URLSearchParams({ entry: 'rebound' }) }).then(r => r.status)"
        assert victim.evaluate(write, path) == 421
        assert "rebound" not in requests.get(book[1]).text


# What a script or a tag in an entry does to reach another port of this machine. URL and SOCKET become addresses there.
WAYS_OUT = {
    "frame": "<iframe src='URL'></iframe>",
    "frame in a frame": "<iframe srcdoc='<iframe src=URL></iframe>'></iframe>",
    "frame that is led away": "<iframe srcdoc='<meta http-equiv=refresh content=0;url=URL>'></iframe>",
    "object": "<object data='URL'></object>",
    "embed": "<embed src='URL'>",
    "image": "<img src='URL'>",
    "image in SVG": "<svg><image href='URL'/></svg>",
    "script": "<script src='URL'></script>",
    "module": "<script type=module>import('URL')</script>",
    "style sheet": "<link rel=stylesheet href='URL'>",
    "style": "<div style='background: url(URL)'>x</div>",
    "import in a style": "<style>@import 'URL';</style>",
    "preload": "<link rel=preload as=fetch href='URL'>",
    "prefetch": "<link rel=prefetch href='URL'>",
    "speculation": (
        "<script type=speculationrules>"
        '{"prefetch": [{"source": "list", "urls": ["URL"], "eagerness": "immediate"}]}</script>'
    ),
    "video": "<video src='URL' preload=auto></video>",
    "fetch": "<script>fetch('URL', { mode: 'no-cors', credentials: 'include' })</script>",
    "fetch with POST": "<script>fetch('URL', { method: 'post', mode: 'no-cors', credentials: 'include' })</script>",
    "beacon": "<script>navigator.sendBeacon('URL')</script>",
    "XMLHttpRequest": "<script>x = new XMLHttpRequest(); x.open('POST', 'URL'); x.send()</script>",
    "event source": "<script>new EventSource('URL')</script>",
    "WebSocket": "<script>new WebSocket('SOCKET')</script>",
    "worker": (
        "<script>new Worker(URL.createObjectURL(new Blob([`fetch('URL/', { mode: 'no-cors' })`])))</script>"
    ),
    "form": "<form action='URL'></form><script>document.forms[document.forms.length - 1].submit()</script>",
    "form with POST": (
        "<form method=post action='URL'></form><script>document.forms[document.forms.length - 1].submit()</script>"
    ),
    "form to a new window": (
        "<form method=post target=_blank action='URL'><button id=press>x</button></form>"
    ),
    "button": "<form><button id=press formmethod=post formaction='URL'>x</button></form>",
    "new window": "<button id=press onclick='open(`URL`)'>x</button>",
    "link to a new window": "<a id=press target=_blank href='URL'>x</a>",
    "whole window": "<a id=press target=_top href='URL'>x</a>",
    "the window around it": "<button id=press onclick='top.location = `URL`'>x</button>",
    "download": "<a id=press download href='URL'>x</a>",
    "ping": "<a id=press href='#here' ping='URL'>x</a>",
}  # fmt: skip
#: What a page with the book in a frame, such as a notebook, is here.
FRAME = "<!doctype html><iframe src='{0}' style='width: 100%; height: 600px'></iframe><iframe src='{1}'></iframe>"


def reached(victim: Page, site: Site, address: str, beside: str = "about:blank") -> list[str]:
    """What comes to the neighbour when the address is opened in a frame of a page of this machine."""

    def notebook(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/html")])
        return [FRAME.format(address, beside).encode()]

    site.requests.clear()
    with serve(notebook) as server:
        victim.goto(server.url, wait_until="networkidle")
        press = victim.frames[1].locator("#press")
        if press.count():
            press.click(no_wait_after=True)
        victim.wait_for_load_state("networkidle")
        victim.wait_for_timeout(500)
    return [f"{request.method} {request.url}" for request in site.requests]


def fill(entry: str, url: str) -> str:
    return entry.replace("URL.create", "window.webkitURL.create").replace("URL", f"{url}/").replace(
        "SOCKET", url.replace("http", "ws"))  # fmt: skip


class TestAnEntry:
    """A script in the book: with cookies of this machine, to a port of another user of it, or of JupyterLab."""

    @pytest.mark.parametrize("way", WAYS_OUT)
    def test_it_stays_in(self, victim, neighbour, book, way):
        site, url = neighbour
        entry = fill(WAYS_OUT[way], url)

        def unguarded(environ, start_response):
            start_response("200 OK", [("Content-Type", "text/html")])
            return [f"<!doctype html><ul><li>{entry}</li></ul>".encode()]

        with serve(unguarded) as other:
            assert reached(victim, site, other.url) != []  # it is a way out of other pages
        requests.post(book[1], data={"entry": entry})
        assert reached(victim, site, book[1]) == []

    @pytest.mark.parametrize("path", ["/", "/api/peek", "/api/inspect", "/nothing", "/static/page.css"])
    def test_it_does_not_get_out_through_another_page_of_its_server(self, victim, neighbour, book, path):
        """Of one origin: without a policy of its own, that page would do for it what its own forbids."""
        site, url = neighbour
        script = f"""
            const page = parent.frames[1].document;
            page.body.innerHTML = '<form method=post action="{url}/"></form>';
            page.forms[0].submit();
        """
        requests.post(book[1], data={"entry": f"<script>onload = () => setTimeout(() => {{ {script} }}, 300)</script>"})
        assert reached(victim, site, book[1], f"{book[0].url}{path}") == []

    def test_what_remains_is_to_lead_its_own_frame_elsewhere(self, victim, neighbour, book):
        """No policy forbids it: why nobody but its user may write to the book. Told in docs/teaching.md."""
        site, url = neighbour
        requests.post(book[1], data={"entry": f"<script>location = '{url}/'</script>"})
        assert reached(victim, site, book[1]) == [f"GET {url}/"]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base address of a JupyterLab with jupyter-server-proxy, as somebody starts it who has both."""
    with jupyterlab_with_proxy(*copy_project(tmp_path_factory.mktemp("lab"))) as (base, _):
        yield base


def kernels(lab: str) -> list[object]:
    return requests.get(f"{lab}api/kernels", headers={"Authorization": f"token {TOKEN}"}).json()


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
        """Has JupyterLab open."""
        victim.goto(f"{lab}lab?token={TOKEN}")
        victim.goto(f"{lab}api/status")
        return victim

    def take_over(self, lab: str, address: str) -> str:
        port, path = address.removeprefix("http://127.0.0.1:").split("/", 1)
        return TAKE_OVER.replace("THERE", f"{lab}proxy/{port}/{path}").replace("LAB", lab)

    def test_a_page_elsewhere_starts_no_kernel(self, victim, lab, elsewhere, book):
        """It posts a script, which sends the visitor to the book at JupyterLab's origin, and starts a kernel there."""
        victim.goto(elsewhere)
        victim.evaluate(POST, [book[1], {"entry": self.take_over(lab, book[1])}])
        victim.wait_for_timeout(500)
        victim.wait_for_load_state("networkidle")
        assert kernels(lab) == []

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
            "<script>new WebSocket('LABproxy/PORT/'.replace('http', 'ws'))</script>",
        ],
        ids=["fetch", "form", "frame", "frame of JupyterLab", "WebSocket"],
    )
    def test_an_entry_does_not_reach_what_is_behind_the_proxy(self, victim, lab, book, neighbour, entry):
        site, url = neighbour
        entry = entry.replace("PORT", url.rpartition(":")[2]).replace("LAB", lab)
        requests.post(book[1], data={"entry": entry})
        assert reached(victim, site, book[1]) == []

    def test_an_entry_opens_no_socket_to_a_kernel(self, victim, lab, book):
        kernel = requests.post(f"{lab}api/kernels", headers={"Authorization": f"token {TOKEN}"}).json()["id"]
        socket = f"{lab}api/kernels/{kernel}/channels".replace("http", "ws")
        message = json.dumps("blocked")
        entry = f"""<script>
            document.addEventListener("securitypolicyviolation", event => {{
                if (event.blockedURI.startsWith("ws")) document.title = {message};
            }});
            new WebSocket("{socket}").onopen = () => document.title = "open";
        </script>"""
        requests.post(book[1], data={"entry": entry})
        try:
            victim.goto(book[1])
            expect(victim).to_have_title("blocked")
        finally:
            requests.delete(f"{lab}api/kernels/{kernel}", headers={"Authorization": f"token {TOKEN}"})
