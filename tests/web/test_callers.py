"""Which requests are answered: by the page that a browser sends them from, and by the name that it knows us by."""

from __future__ import annotations

import pytest
import requests

from demo_app import SessionOptions, create_app, serve
from tests.serving.helpers import ok

ADA = {"username": "ada", "password": "lovelace"}


@pytest.fixture
def client():
    client = create_app(SessionOptions(secret="s")).test_client()
    client.post("/api/login", json=ADA)
    return client


class TestPagesElsewhere:
    FOREIGN = (
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://evil.example"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost:8888"},  # another port
        {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": ""},
        {"Origin": "http://evil.example"},
        {"Origin": "http://localhost:8888"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
    )
    OWN = (
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://tls.ends.before"},  # the browser says so itself
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://localhost"},
        {"Origin": "https://LOCALHOST"},  # TLS may end before
        {},
    )

    @pytest.mark.parametrize("headers", FOREIGN, ids=str)
    def test_they_change_nothing(self, client, headers):
        for method, path in (("POST", "/api/logout"), ("POST", "/api/session"), ("DELETE", "/api/notes/1")):
            response = client.open(path, method=method, headers=headers)
            assert response.status_code == 403
            assert "Only the app's own pages, and clients that are no browsers" in response.json["error"]
            assert "Set-Cookie" not in response.headers
        assert client.get("/api/me").json == {"user": "ada"}

    @pytest.mark.parametrize("headers", OWN, ids=str)
    def test_its_own_pages_and_other_clients_do(self, client, headers):
        assert client.post("/api/logout", headers=headers).status_code == 204
        assert client.get("/api/me").status_code == 401

    @pytest.mark.parametrize("headers", FOREIGN, ids=str)
    def test_to_ask_is_free(self, client, headers):
        """A link from elsewhere leads here."""
        assert client.get("/api/me", headers=headers).json == {"user": "ada"}

    def test_the_refusal_names_the_page(self, client):
        said = client.post("/api/logout", headers={"Origin": "http://evil.example"}).json["error"]
        assert said.startswith("A page of http://evil.example sent this POST.")


class TestNames:
    """DNS rebinding: a name of somebody else that leads to this machine."""

    @pytest.mark.parametrize("port", ["", ":80", ":49152"])
    @pytest.mark.parametrize(
        "name", ["127.0.0.1", "localhost", "LocalHost", "shop.localhost", "a.b.localhost", "[::1]"]
    )
    def test_this_machine_answers_to_its_own(self, name, port):
        with serve(ok) as server:
            assert requests.get(server.url, headers={"Host": name + port}).text == "ok"

    @pytest.mark.parametrize(
        "host",
        [
            "evil.example",
            "evil.example:49152",
            "localhost.evil.example",
            "notlocalhost",
            "127.0.0.1.evil.example",
            "evil.example@localhost",
            "localhost:80@evil.example",
            "127.0.0.2",
            "0.0.0.0",
            "2130706433",
            "[::1].evil.example",
            ".localhost",
            "localhost:",
            "localhost, evil.example",
            "",
        ],
    )
    @pytest.mark.parametrize("https", [False, True])
    def test_and_to_no_other(self, host, https):
        with serve(SessionOptions(secret="s"), https=https) as server:
            answer = requests.get(f"{server.url}/api/inspect", headers={"Host": host}, verify=server.ca_path or True)
        assert answer.status_code == 421
        assert answer.json()["error"].startswith(f"This server does not answer as {host}: ")

    def test_on_a_hub_the_browser_has_other_names(self, monkeypatch):
        monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/ada/")
        with serve(ok) as server:
            assert requests.get(server.url, headers={"Host": "hub.example"}).text == "ok"
