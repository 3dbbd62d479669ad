"""The environment check: all is well here, and where it is not, a remedy."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError

from demo_app import SessionOptions
from demo_app.lesson import audit, check_environment, environment


def test_all_is_well_here():
    assert {row[1:] for row in check_environment().rows} == {("yes", "")}


def test_a_missing_package_and_an_old_one_are_told_with_a_remedy(monkeypatch):
    def version(package):
        if package == "flask":
            raise PackageNotFoundError
        return "0.9"

    monkeypatch.setattr(environment, "version", version)
    rows = {row[0]: row[1:] for row in check_environment().rows}
    assert rows["flask"] == rows["requests"] == ("NO", "close the notebook and start it with: python3 run.py")


def test_an_old_python(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 0))
    assert check_environment().rows[0][1:] == ("NO", "install it from python.org")


def test_a_proxy_that_is_asked_for_this_machine_too(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert check_environment().rows[-1][1:] == ("NO", "set the environment variable NO_PROXY to 127.0.0.1,localhost")


def test_each_weakness_names_its_lesson():
    rows = {row[0]: row[3] for row in audit(SessionOptions(secret="s", resave=True)).rows}
    assert rows["`secret`"] == "02"
    assert rows["`resave`"] == "06"
    assert rows["`store`"] == "17"
