"""What is told when something goes wrong: one sentence, and below it what to do."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

AFRESH = "If this comes back, delete the folder .venv and start run.py again."


class Problem(Exception):
    """What went wrong in one sentence, and below it what to do."""


class Trouble(NamedTuple):
    """What pip or the system says (a pattern), what it means, and what to do."""

    said: str
    #: ``{0}`` is the first group of the pattern, here and below.
    sentence: str
    advice: str


NOT_THERE = Trouble(
    r"No matching distribution found for (\S+)",
    "The package index has no {0} that fits this Python.",
    "This Python may be too new or too rare for it: start run.py with another one, such as 3.12.\n"
    "If pip is set to take packages from elsewhere (python3 -m pip config list), look whether they are there.",
)
# The first that is found counts, so what is certain stands before what pip may have got over.
TROUBLES = (
    Trouble(
        "DO NOT MATCH THE HASHES",
        "A downloaded package is not the one that requirements.lock names.",
        "Start run.py again. If this comes back, a proxy or a mirror changes downloads: tell whoever runs it.",
    ),
    Trouble(
        r"Errno 28\b|Errno 122|WinError 112|No space left",
        "The disk is full.",
        "Free 1 GB and start run.py again.",
    ),
    Trouble(
        "Long Path support",
        "The path of this folder is too long for Windows.",
        r"Move the folder to a short path such as C:\lessons and start run.py again.",
    ),
    Trouble(
        r"(?:Errno (?:1|13|30)\b|WinError (?:5|32)\b)[^:\n]*:? ?'?([^'\n]*)",
        "This cannot be written: {0}",
        "Close what runs from .venv, such as JupyterLab or an activated terminal, and start run.py again.\n"
        "If that does not help, copy this folder to a place that is yours, and start run.py there.",
    ),
    Trouble(
        "support for SOCKS|SOCKS support",
        "pip cannot use a SOCKS proxy, and one is set (ALL_PROXY, HTTPS_PROXY, or pip's own setting).",
        "Set HTTPS_PROXY to a proxy that speaks HTTP, or unset that variable, and start run.py again.",
    ),
    Trouble(
        "(?i)certificate.verify.failed",
        "The certificate of the package index is not trusted.",
        "On a company network, ask for its certificate file, set PIP_CERT to its path, and start run.py again.",
    ),
    Trouble(
        r"(?i)proxy authentication required|connection failed: 407",
        "The proxy wants to know who you are.",
        "Set HTTPS_PROXY to http://NAME:PASSWORD@ and the proxy's host and port, and start run.py again.",
    ),
    Trouble(
        r"(?i)cannot connect to proxy|unable to connect to proxy",
        "The proxy cannot be reached.",
        "Correct or unset HTTPS_PROXY, and pip's own setting (python3 -m pip config list). Then start run.py again.",
    ),
    Trouble(
        r"Could not fetch URL \S+ (40[13]) ",
        "The package index lets nobody in without a name and a password (its answer is {0}).",
        "Correct them where pip has them (python3 -m pip config list), and start run.py again.",
    ),
    Trouble(
        r"Retrying \(|Could not fetch URL \S+ connection error|Read timed out",
        "The package index cannot be reached.",
        "Check the network connection. Behind a proxy, set HTTPS_PROXY. Then start run.py again.",
    ),
    Trouble(
        r"repository located at (\S+) is not a trusted",
        "pip takes no packages from {0}, since nothing protects them on the way (its address begins with http:).",
        "Use its address with https:, or set PIP_TRUSTED_HOST to {0}, and start run.py again.",
    ),
    NOT_THERE,
)


def find(said: str) -> Trouble | None:
    """The trouble behind what pip or the system said, if it is a known one."""
    return next((trouble for trouble in TROUBLES if re.search(trouble.said, said)), None)


def explain(said: str, log: Path | None = None) -> Problem:
    """Return the :class:`Problem` behind what pip or the system said, of which the log has more."""
    trouble = find(said)
    if trouble:
        match = re.search(trouble.said, said)
        assert match is not None
        sentence, advice = (text.format(*match.groups()) for text in trouble[1:])
    else:
        last = re.findall(r"^ERROR: (.+)", said, re.MULTILINE) or said.strip().split("\n")
        sentence, advice = f"The set-up stopped. The last words were: {last[-1]}", AFRESH
    return Problem("\n".join([sentence, advice, *([f"All that pip said is in {log}"] if log else [])]))
