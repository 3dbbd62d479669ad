"""serve(…, https=True): real TLS with a certificate that only those trust who are told to."""

from __future__ import annotations

import os
import socket
import ssl
import struct
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import certifi
import pytest
import requests

from demo_app import CookieOptions, SessionOptions, serve
from tests.serving.helpers import address_of, ask, holdings, ok, wait_for_requests

OVERRULING = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
ROOT = Path(__file__).parents[2]


@pytest.fixture(params=[(), OVERRULING[:1], OVERRULING[1:], OVERRULING], ids=lambda names: "+".join(names) or "none")
def company(request, monkeypatch):
    """A machine with these variables in its environment, and no others that name certificates to requests."""
    for name in OVERRULING:
        monkeypatch.delenv(name, raising=False)
    for name in request.param:
        monkeypatch.setenv(name, certifi.where())
    return {name: certifi.where() for name in request.param}


def overruling() -> dict[str, str]:
    return {name: os.environ[name] for name in OVERRULING if name in os.environ}


def test_the_lines_of_a_lesson_work_on_every_machine(company):
    server = serve(SessionOptions(secret="s", cookie=CookieOptions(secure=True)), https=True)
    with requests.Session() as client:
        client.verify = server.ca_path
        assert "; Secure" in client.get(f"{server.url}/api/visits").headers["Set-Cookie"]
        assert client.get(f"{server.url}/api/visits").json() == {"visits": 2}


def test_who_is_not_told_to_trust_it_does_not(company):
    with serve(ok, https=True) as server, pytest.raises(requests.exceptions.SSLError, match="VERIFY_FAILED"):
        requests.get(server.url)


def test_meanwhile_requests_trusts_the_authorities_that_come_with_it(company):
    def trusted_by_default() -> object:
        return requests.Session().merge_environment_settings("https://example.org/", {}, None, None, None)["verify"]

    before = trusted_by_default()
    assert before == (certifi.where() if company else True)
    with serve(ok, https=True):
        assert trusted_by_default() is True
    assert trusted_by_default() == before


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_the_certificate_is_for_both_names_of_this_machine(host):
    with serve(ok, https=True) as server:
        assert server.url.startswith("https://127.0.0.1:")
        url = server.url.replace("127.0.0.1", host)
        assert requests.get(url, verify=server.ca_path).text == "ok"


def test_the_certificate_is_for_no_other_name():
    with serve(ok, https=True) as server, socket.create_connection(address_of(server)) as connection:
        trusting = ssl.create_default_context(cafile=server.ca_path)
        with pytest.raises(ssl.SSLCertVerificationError, match="not valid for 'example.org'"):
            trusting.wrap_socket(connection, server_hostname="example.org")


def test_over_http_there_is_no_ca_path():
    with serve(ok) as server:
        assert server.ca_path is None


def test_the_file_and_the_environment_are_changed_only_while_a_server_needs_it(company):
    before = overruling()
    assert before == company
    with serve(ok, https=True) as one:
        with serve(ok, https=True) as other:
            assert other.ca_path == one.ca_path
        assert Path(one.ca_path).exists()
        assert overruling() == {}
    assert not Path(one.ca_path).exists()
    assert overruling() == before
    with serve(ok, https=True) as later:
        assert later.ca_path == one.ca_path
        assert ask(later) == "ok"


def test_a_variable_that_was_set_meanwhile_stays(monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", certifi.where())
    with serve(ok, https=True):
        os.environ["REQUESTS_CA_BUNDLE"] = "mine"
    assert os.environ["REQUESTS_CA_BUNDLE"] == "mine"


def test_a_file_that_somebody_else_put_there_is_not_trusted(company):
    with serve(ok, https=True) as server:
        path = Path(server.ca_path)
    before = holdings()
    path.write_text("somebody else's certificate")
    with pytest.raises(FileExistsError):
        serve(ok, https=True)
    assert holdings() == before
    assert overruling() == company


def test_the_file_is_gone_when_the_process_ends():
    code = "import demo_app; server = demo_app.serve(print, https=True); print(server.ca_path)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=30, capture_output=True, text=True)
    assert done.stderr == ""
    assert Path(done.stdout.strip()).name.startswith("set-cookie-ca-")
    assert not Path(done.stdout.strip()).exists()


def test_only_https_costs_the_import_of_trustme():
    code = "import sys, demo_app; demo_app.serve(print).stop(); sys.exit('trustme' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=30).returncode == 0


def test_servers_that_start_and_stop_at_once_share_one_file(monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", certifi.where())

    def run(_):
        for _ in range(25):
            with serve(ok, https=True) as server:
                assert ask(server) == "ok"
        return server.ca_path

    before, variables = holdings(), overruling()
    with ThreadPoolExecutor(8) as pool:
        paths = set(pool.map(run, range(8)))
    assert holdings() == before
    assert len(paths) == 1
    assert not Path(paths.pop()).exists()
    assert overruling() == variables


def test_requests_that_overlap_are_all_answered():
    with serve(SessionOptions(secret="s"), https=True) as server:
        url = f"{server.url}/api/visits"
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: requests.get(url, verify=server.ca_path).json(), range(40)))
    assert answers == [{"visits": 1}] * 40


CLIENT_HELLO = bytes.fromhex("16030100c4010000c00303")  # of a handshake that goes on for 185 bytes more


@pytest.mark.parametrize("said", [b"", CLIENT_HELLO], ids=["silent", "stalled"])
def test_a_client_that_says_nothing_keeps_nobody_waiting(said):
    before = holdings()
    with serve(ok, https=True) as server, socket.create_connection(address_of(server)) as connection:
        connection.settimeout(10)
        connection.sendall(said)
        assert ask(server) == "ok"
        server.stop()
        connection.makefile("rb").read()  # ends when the server closes
    assert holdings() == before


def speak_http(server):
    with pytest.raises(requests.ConnectionError):
        requests.get(server.url.replace("https://", "http://"))


def speak_nonsense(server):
    with socket.create_connection(address_of(server)) as connection:
        connection.sendall(b"\0\1\2\3" * 1000)


def distrust(server):
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(server.url)


def leave(server):
    socket.create_connection(address_of(server)).close()


def hang_up(server):
    with socket.create_connection(address_of(server)) as connection:
        ask(server)  # so this one has been accepted
        # Closed with a reset.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def leave_after_the_handshake(server):
    with socket.create_connection(address_of(server)) as connection:
        trusting = ssl.create_default_context(cafile=server.ca_path)
        trusting.wrap_socket(connection, server_hostname="localhost").close()


@pytest.mark.parametrize(
    "fail",
    [speak_http, speak_nonsense, distrust, leave, hang_up, leave_after_the_handshake],
    ids=lambda one: one.__name__,
)
def test_a_connection_that_fails_leaves_nothing(fail, capfd):
    with serve(ok, https=True) as server:
        before = holdings()
        for _ in range(10):
            fail(server)
        assert ask(server) == "ok"  # so the others have been accepted
        wait_for_requests()
        assert holdings() == before
    assert capfd.readouterr() == ("", "")
