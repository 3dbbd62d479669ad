"""pip's settings of where packages come from, for pip and in uv's terms."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from demo_app.setup.sources import translate


@pytest.mark.parametrize(
    ("settings", "uv"),
    [
        ({"index-url": "https://index.example/simple"}, {"UV_DEFAULT_INDEX": "https://index.example/simple"}),
        (
            {"extra-index-url": "\nhttps://a.example\nhttps://b.example"},
            {"UV_INDEX": "https://a.example https://b.example"},
        ),
        ({"find-links": "https://a.example/w,x"}, {"UV_FIND_LINKS": "https://a.example/w%2Cx"}),
        ({"no-index": "true"}, {"UV_NO_INDEX": "1"}),
        ({"no-index": "0"}, {}),
        ({"cert": "ca.pem"}, {"SSL_CERT_FILE": "ca.pem"}),
        ({"cert": "."}, {"SSL_CERT_DIR": "."}),
        ({"client-cert": "me.pem"}, {"SSL_CLIENT_CERT": "me.pem"}),
        ({"trusted-host": "a.example\nb.example:8"}, {"UV_INSECURE_HOST": "a.example b.example:8"}),
        (
            {"proxy": "http://p.example:3"},
            dict.fromkeys(["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"], "http://p.example:3"),
        ),
        ({"timeout": "2.5", "retries": "7"}, {"UV_HTTP_TIMEOUT": "3", "UV_HTTP_RETRIES": "7"}),
        ({"default-timeout": "60"}, {"UV_HTTP_TIMEOUT": "60"}),
        ({"cache-dir": "cache"}, {"UV_CACHE_DIR": str(Path("cache/uv"))}),
        ({"no-cache-dir": "yes"}, {"UV_NO_CACHE": "1"}),
    ],
    ids=str,
)
def test_both_get_what_pip_is_set_to(settings: dict[str, str], uv: dict[str, str]) -> None:
    sources = translate(settings, {})
    without = translate({}, {})
    assert sources.uv == without.uv | uv
    named = {"PIP_" + name.upper().replace("-", "_"): " ".join(value.split()) for name, value in settings.items()}
    assert sources.pip == without.pip | named
    assert sources.is_for_uv


def test_folders_are_found_from_where_run_py_is_and_may_have_commas(tmp_path: Path) -> None:
    sources = translate({"find-links": f"wheels {tmp_path}/a,b ~/c"}, {})
    home = Path.home().as_uri()
    assert sources.uv["UV_FIND_LINKS"] == f"{Path.cwd().as_uri()}/wheels,{tmp_path.as_uri()}/a%2Cb,{home}/c"


def test_pip_asks_the_environment_for_certificates_first() -> None:
    sources = translate({"cert": "pips.pem"}, {"REQUESTS_CA_BUNDLE": "all.pem", "SSL_CERT_FILE": "uvs.pem"})
    assert sources.uv["SSL_CERT_FILE"] == "all.pem"


@pytest.mark.parametrize("name", ["target", "prefix", "root", "dry-run", "python", "user", "constraint"])
def test_neither_gets_what_leads_elsewhere(name: str) -> None:
    assert translate({name: "1"}, {}) == translate({}, {})
    assert translate({}, {}).pip["PIP_CONFIG_FILE"] == os.devnull


def test_what_uv_has_no_counterpart_of_is_for_pip_alone() -> None:
    sources = translate({"keyring-provider": "subprocess"}, {})
    assert sources.pip["PIP_KEYRING_PROVIDER"] == "subprocess"
    assert not sources.is_for_uv


def test_a_cache_that_somebody_has_named_for_uv_is_used() -> None:
    assert translate({"cache-dir": "pips"}, {}, "uvs").uv["UV_CACHE_DIR"] == "uvs"
