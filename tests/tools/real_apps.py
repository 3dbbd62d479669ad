"""Tries ``demo_app.check`` on apps that nobody here wrote: ``python -m tests.tools.real_apps FOLDER [NAME …]``.

Each is installed from PyPI into a virtual environment of its own in FOLDER, which is to be outside the repository. It
is recorded, compared three times, and compared once more after each of five changes. What comes out is the table in
``docs/regression.md``; on standard error, what the check has said.

An app that keeps its session in the cookie has no id that a log-in could renew. For that change alone it runs with
:class:`~demo_app.session.ExpressSessionInterface`, and a log-in that renews the id. pgAdmin's log-in keeps it;
there the change is one that renews it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]

#: What becomes of the session cookie, and what the check has to say.
CHANGES = {
    "HttpOnly": "HttpOnly is gone",
    "SameSite": "SameSite is Strict, was Lax",
    "lifetime": "Expires is ",
    "path": "Path is /elsewhere, was /",
    "id": "the value is ",
}


class App(NamedTuple):
    """A real app: how it is installed, where it is, and how somebody logs in and out."""

    name: str
    #: As pip knows it.
    requirement: str
    #: What the command of the check is given.
    place: str
    steps: tuple[str, ...]
    password: str = "correct-horse-1"
    is_in_cookie: bool = True


APPS = (
    App(
        "Django's admin",
        "Django",
        "tests.tools.apps.django_admin",
        (
            "GET /admin/login/?next=/admin/",
            "POST /admin/login/?next=/admin/ username=ada&password=$PASSWORD",
            "GET /admin/",
            "POST /admin/logout/",
            "GET /admin/ expect 302 /admin/login/?next=/admin/",
        ),
        is_in_cookie=False,
    ),
    App(
        "Wagtail's admin",
        "wagtail",
        "tests.tools.apps.wagtail_admin",
        (
            "GET /admin/login/",
            "POST /admin/login/ username=ada&password=$PASSWORD",
            r'GET /admin/account/ take TOKEN csrfmiddlewaretoken" value="(\w+)"',
            "POST /admin/logout/ csrfmiddlewaretoken=$TOKEN",
            "GET /admin/ expect 302 /admin/login/?next=/admin/",
        ),
        is_in_cookie=False,
    ),
    App(
        "Flask-AppBuilder",
        "Flask-AppBuilder",
        "tests.tools.apps.appbuilder:app",
        (
            "GET /login/",
            "POST /login/ username=ada&password=$PASSWORD",
            "GET /users/list/ expect 200",
            "GET /logout/",
            "GET /users/list/ expect 302",
        ),
    ),
    App(
        "Flask-Security-Too",
        "Flask-Security-Too[common,fsqla]",
        "tests.tools.apps.security:app",
        (
            'GET /login take TOKEN csrf_token" type="hidden" value="([^"]+)',
            "POST /login email=ada%40example.org&password=$PASSWORD&remember=y",
            'GET / expect "Hello"',
            "POST /logout csrf_token=$TOKEN",
            "GET / expect 302",
        ),
    ),
    App(
        "Calibre-Web",
        "calibreweb",
        "tests.tools.apps.calibre:app",
        (
            "GET /login",
            "POST /login username=admin&password=$PASSWORD&remember_me=on",
            "GET /me",
            "GET /logout",
            "GET /me",
        ),
        password="admin123",
    ),
    App(
        "pgAdmin",
        "pgadmin4",
        "tests.tools.apps.pgadmin:app",
        (
            r"GET /login?next=/browser/ take TOKEN csrfToken\W+([\w.-]{60,})",
            "POST /authenticate/login email=ada%40example.org&password=$PASSWORD&csrf_token=$TOKEN&internal_button=L",
            "GET /browser/",
            "GET /logout?next=/browser/",
            "GET /browser/",
        ),
        is_in_cookie=False,
    ),
)


def main() -> int:
    parser = argparse.ArgumentParser(description="Try the check on real apps.")
    parser.add_argument("folder", type=Path, help="where their environments are made; outside the repository")
    parser.add_argument("names", nargs="*", help="which apps; default: all")
    given = parser.parse_args()
    if given.folder.resolve().is_relative_to(ROOT):
        parser.error("The environments are large, and no part of the repository: name a folder outside of it.")
    print("| app | version | answers | false alarms |", " | ".join(CHANGES), "|")
    print("|---" * (4 + len(CHANGES)) + "|")
    is_well = True
    for app in APPS:
        if not given.names or app.name in given.names:
            row = tried(app, environment(app, given.folder))
            print("|", " | ".join(row), "|", flush=True)
            is_well = is_well and row[3] == "0" and "no" not in row
    return 0 if is_well else 1


def package(app: App) -> str:
    return app.requirement.partition("[")[0]


def environment(app: App, folder: Path) -> Path:
    """The Python of the app's environment, which is made if it is not there."""
    place = folder / package(app)
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", place], check=True)
        needed = [app.requirement, "flask", "publicsuffixlist", "requests", "trustme"]
        subprocess.run([python, "-m", "pip", "install", "--quiet", *needed], check=True)
    return python


def tried(app: App, python: Path) -> list[str]:
    """A row of the table."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {"CHANGE": "", "DATA": folder, "HOME": folder, "PASSWORD": app.password, "PYTHONPATH": str(ROOT)}
        settings["DJANGO_SETTINGS_MODULE"] = app.place
        arguments = [app.place, "yes" if app.is_in_cookie else "", ",".join(CHANGES), *app.steps]
        done = subprocess.run(
            [python, "-m", "tests.tools.apps.trial", *arguments],
            cwd=folder,
            env={**os.environ, **settings},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise SystemExit(f"{app.name}: {done.stdout}{done.stderr}")
    trial = json.loads(done.stdout.splitlines()[-1])
    print(f"--- {app.name}", *(f"{name}: {told}" for name, told in trial.items()), sep="\n", file=sys.stderr)
    answers = trial["record"][1].partition(" answers recorded")[0].split()[-1]
    alarms = sum(status != 0 for status, _ in trial["as it was"])
    noticed = [trial[change][0] == 1 and told in trial[change][1] for change, told in CHANGES.items()]
    return [app.name, version(app, python), answers, str(alarms), *("noticed" if one else "no" for one in noticed)]


def version(app: App, python: Path) -> str:
    code = f"from importlib.metadata import version; print(version({package(app)!r}))"
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
