"""What pip and the system say, and what is told of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo_app.setup.problem import explain


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("[Errno 28] No space left on device", "The disk is full."),
        ("[WinError 112] There is not enough space on the disk", "The disk is full."),
        ("[Errno 13] Permission denied: '.venv/x'", "This cannot be written: .venv/x"),
        ("[WinError 5] Access is denied: 'python.exe'", "This cannot be written: python.exe"),
        ("This system lacks Windows Long Path support", "The path of this folder is too long for Windows."),
        (
            "Retrying (Retry(total=4)) after SSLError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]')",
            "The certificate of the package index is not trusted.",
        ),
        ("Retrying (Retry(total=4)) after ('Cannot connect to proxy.', None)", "The proxy cannot be reached."),
        ("OSError('Tunnel connection failed: 407 Who')", "The proxy wants to know who you are."),
        (
            "Could not fetch URL https://index.example/a/: 403 Client Error: no - skipping\nNo matching distribution",
            "The package index lets nobody in without a name and a password (its answer is 403).",
        ),
        ("ERROR: No matching distribution found for a==1\n", "The package index has no a==1 that fits this Python."),
        ("one\n[Errno 5] I/O error\n", "The set-up stopped. The last words were: [Errno 5] I/O error"),
    ],
)
def test_what_is_said_is_explained(said: str, sentence: str) -> None:
    first, advice = str(explain(said)).split("\n", 1)
    assert first == sentence
    assert "run.py" in advice
    assert str(explain(said, Path("pip.log"))).endswith("\nAll that pip said is in pip.log")
