"""``run.py lock``: what it asks uv for, and that it runs no other uv than the locked one."""

from __future__ import annotations

from .conftest import Copy


def test_the_locks_are_made_one_from_the_other(copy: Copy) -> None:
    status, printed = copy.run("lock", "--upgrade")
    assert status == 0
    first, *asked = printed.splitlines()
    assert first == "Fetching uv into a temporary folder."
    assert asked == [
        "uv: ['--upgrade', '--group=tools'] tests/tools/requirements.lock",
        "uv: ['--upgrade'] requirements.lock",
        "uv: ['--upgrade', '--group=test', '--group=browser', '--group=style'] tests/requirements.lock",
    ]


def test_a_uv_that_was_changed_is_not_run(copy: Copy) -> None:
    right = copy.tools_lock.read_text()
    copy.tools_lock.write_text(right[:-5] + ("0000\n" if right[-5:-1] != "0000" else "1111\n"))
    status, printed = copy.run("lock")
    assert status == 1
    assert "DO NOT MATCH THE HASHES" in printed
    assert "uv could not be installed, for the reason shown above." in printed
    assert "uv: [" not in printed


def test_a_uv_without_a_hash_is_not_run(copy: Copy) -> None:
    copy.tools_lock.write_text(copy.tools_lock.read_text().split(" ")[0] + "\n")
    status, printed = copy.run("lock")
    assert status == 1
    assert "uv: [" not in printed
