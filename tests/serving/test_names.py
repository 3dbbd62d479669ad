"""Names below localhost: in this process they lead to its servers, for every client of requests."""

from __future__ import annotations

import socket
import ssl
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from demo_app import serve
from tests.serving.helpers import address_of, ok


def host_of(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["HTTP_HOST"].encode()]


@pytest.fixture(autouse=True)
def no_name_service(monkeypatch):
    """A system that finds addresses and nothing else, as Windows and macOS may."""
    look_up = socket.getaddrinfo

    def only_addresses(host, *rest, **options):
        if host not in ("127.0.0.1", "::1"):
            raise socket.gaierror(socket.EAI_NONAME, f"asked for {host}")
        return look_up(host, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", only_addresses)


@pytest.mark.parametrize("host", ["shop.localhost", "blog.shop.localhost", "Shop.LocalHost", "a-b.1.localhost"])
def test_the_server_is_asked_under_that_name(host):
    with serve(host_of) as server:
        address = server.at(host)
        assert address == server.url.replace("127.0.0.1", host.lower())
        assert f"http://{requests.get(address).text}" == address


def test_every_client_is_led_there_in_many_threads_too():
    with serve(host_of) as server, ThreadPoolExecutor(8) as threads:
        addresses = [server.at(f"host{number}.localhost") for number in range(40)]
        answers = threads.map(lambda address: requests.Session().get(address).text, addresses)
        assert [f"http://{answer}" for answer in answers] == addresses


def test_other_names_are_asked_of_the_system_as_before():
    with serve(ok), pytest.raises(requests.ConnectionError, match=r"shop\.example"):
        requests.get("http://shop.example/")


@pytest.mark.parametrize("host", ["shop.localhost", "blog.shop.localhost"])
def test_over_https_each_name_has_a_certificate(host):
    with serve(host_of, https=True) as server:
        for _ in range(2):
            assert requests.get(server.at(host), verify=server.ca_path).text in server.at(host)


def test_over_https_a_name_is_trusted_by_nobody_who_was_not_told_to():
    with serve(ok, https=True) as server, pytest.raises(requests.exceptions.SSLError, match="VERIFY_FAILED"):
        requests.get(server.at("shop.localhost"))


@pytest.mark.parametrize("host", ["xn--a.localhost", "ab--c.localhost"])
def test_a_name_that_no_certificate_can_have_gets_that_of_the_others_and_nobody_is_told(host, capfd):
    # Any page can ask for it, and what a server's thread prints lands in a cell.
    with serve(ok, https=True) as server:
        trusting = ssl.create_default_context(cafile=server.ca_path)
        with socket.create_connection(address_of(server)) as connection, pytest.raises(ssl.SSLCertVerificationError):
            trusting.wrap_socket(connection, server_hostname=host)
        assert requests.get(server.at("shop.localhost"), verify=server.ca_path).text == "ok"
    assert capfd.readouterr() == ("", "")


def test_of_many_names_each_is_served_and_few_certificates_are_kept():
    with serve(ok, https=True) as server:
        hosts = [f"host{number}.localhost" for number in range(60)]
        seen = {(host, _certificate(server, host)) for _ in range(2) for host in hosts}
    assert 60 < len(seen) <= 120  # those that were not kept were made a second time


def _certificate(server, host):
    trusting = ssl.create_default_context(cafile=server.ca_path)
    with (
        socket.create_connection(address_of(server)) as connection,
        trusting.wrap_socket(connection, server_hostname=host) as secured,
    ):
        return secured.getpeercert(binary_form=True)


@pytest.mark.parametrize(
    ("host", "near"),
    [
        ("shop.example", "shop.localhost"),
        ("shop", "shop.localhost"),
        ("http://shop.localhost:8000/", "shop.localhost"),
        ("shop.localhost:8000", "shop.localhost"),
        ("shop.localhost/path", "shop.localhost"),
        ("127.0.0.1", "127.0.0.localhost"),
        ("shop.localhost.example", "shop.localhost.localhost"),
        ("-shop.localhost", "shop.localhost"),
        ("", "shop.localhost"),
        (None, "none.localhost"),
    ],
)
def test_any_other_name_is_refused_with_the_nearest_right_one(host, near):
    with serve(ok) as server, pytest.raises(ValueError, match=r"end in \.localhost") as caught:
        server.at(host)
    assert repr(host) in str(caught.value)
    assert str(caught.value).endswith(f"{near!r}.") or near in ("127.0.0.localhost", "none.localhost")
