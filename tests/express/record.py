"""Writes down what express-session does, in ``cases.json``: the reference for where there is no Node.

Run it with ``python -m tests.express.record``. It asks express-session again about the cases by hand and the
generated ones in the file. ``--draw 40`` generates others in their place.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings

from .handpicked import HANDPICKED
from .play import play
from .servers import FOLDER, ExpressServer, install
from .strategies import cases

FILE = FOLDER / "cases.json"


def load() -> dict[str, dict[str, Any]]:
    """The recorded cases by their title; ``outcomes`` is what express-session did."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def draw(number: int) -> dict[str, dict[str, Any]]:
    """Generated cases with enough happening, the same for the same version of hypothesis."""
    drawn: list[dict[str, Any]] = []

    @given(case=cases.filter(lambda case: sum(bool(request["does"]) for request in case["requests"]) > 2))
    @settings(
        max_examples=number,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def collect(case: dict[str, Any]) -> None:
        drawn.append(case)

    collect()
    return {f"generated {number}": case for number, case in enumerate(drawn, start=1)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--draw", type=int, metavar="NUMBER", help="generate this many new cases")
    number = parser.parse_args().draw
    if number is None:
        generated = {title: case for title, case in load().items() if title.startswith("generated ")}
    else:
        generated = draw(number)
    install()
    with ExpressServer() as express:
        # One case in a line, so that a difference between two versions of the file can be read.
        lines = [
            f"{json.dumps(title, ensure_ascii=False)}: "
            + json.dumps(
                {
                    "options": case["options"],
                    "requests": case["requests"],
                    "outcomes": play(case, express),
                },
                ensure_ascii=False,
            )
            for title, case in {**HANDPICKED, **generated}.items()
        ]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(f"{len(lines)} cases in {FILE.name}")


if __name__ == "__main__":
    main()
