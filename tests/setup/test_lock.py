"""``run.py lock``: what it asks uv for, and that it runs no other uv than the locked one."""

from __future__ import annotations

import os

import pytest

from .conftest import Copy

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows runs no scripts as programs")

#: Fetched in the place of uv. Says what it is asked for, and installs nothing.
UV = """#!/usr/bin/env python3
import sys
if "install" in sys.argv:
    sys.exit(1)
asked = [one for one in sys.argv if one.startswith(("--group", "--upgrade"))]
print("uv:", asked, sys.argv[-1].partition("=")[2])
"""


def test_the_locks_are_made_one_from_the_other(copy: Copy) -> None:
    copy.bring_uv(UV)
    copy.run("record")
    status, printed = copy.run("lock", "--upgrade")
    assert status == 0
    assert printed.splitlines() == [
        "uv: ['--upgrade', '--group=tools'] demo_app/setup/requirements.lock",
        "uv: ['--upgrade'] requirements.lock",
        "uv: ['--upgrade', '--group=test', '--group=browser', '--group=style'] tests/requirements.lock",
    ]


@pytest.mark.parametrize("spoilt", ["another hash", "no hash"])
def test_a_uv_that_is_not_the_locked_one_is_not_run(copy: Copy, spoilt: str) -> None:
    copy.bring_uv(UV.replace("if ", "print('RUN')\nif "))
    name, digest = copy.uv_lock.read_text().split(" ", 1)
    copy.uv_lock.write_text(name + (" " + digest[:-5] + "0000\n" if spoilt == "another hash" else "\n"))
    status, printed = copy.run("lock")
    assert status == 1
    assert "RUN" not in printed


def test_where_there_is_no_uv_that_is_said(copy: Copy) -> None:
    status, printed = copy.run("lock")
    assert status == 1
    assert "\nThe place that pip takes packages from has no uv.\n" in printed
