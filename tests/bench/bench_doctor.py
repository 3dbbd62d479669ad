"""What a question to the cookie doctor costs, and what it costs to import it.

Run it with ``python -m tests.bench.bench_doctor``. It counts the processor's time. A question is timed after the first
one, which loads what it takes. The import stands against that of the modules of the standard library that it needs, as
the interpreter itself times each of them, without what the interpreter loads for itself. Both are imported as they are
after the first time: compiled, also where the environment keeps Python from writing that down.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
import timeit

from demo_app.cookies import Context, why

ROUNDS = 15

SHOP = "https://shop.example/"
QUESTIONS = {
    "a line": lambda: why("id=1; Path=/; HttpOnly; Secure; SameSite=Lax", SHOP),
    "with a domain and a date": lambda: why(
        "id=1; Domain=shop.example; Expires=Thu, 31 Dec 2037 23:59:59 GMT", "https://www.shop.example/"
    ),
    "between two ports": lambda: why(
        "id=1", "http://localhost:5000/", Context(request="fetch", page="http://localhost:3000/")
    ),
    "between two sites": lambda: why("id=1", SHOP, Context(request="link", page="https://other.example/")),
}


def _imported(statement: str) -> dict[str, int]:
    """The microseconds that each module takes, without those that it imports; the best of some rounds."""
    best: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as compiled:
        environment = os.environ | {"PYTHONPYCACHEPREFIX": compiled, "PYTHONDONTWRITEBYTECODE": ""}
        for _ in range(ROUNDS):
            # Without the site's packages, some of which import half of the standard library before anything else.
            command = [sys.executable, "-S", "-X", "importtime", "-c", statement]
            said = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stderr
            for own, name in re.findall(r"import time: +(\d+) \| +\d+ \| +(\S+)", said):
                best[name] = min(int(own), best.get(name, int(own)))
    return best


if __name__ == "__main__":
    for name, question in QUESTIONS.items():
        question()
        seconds = min(timeit.repeat(question, timer=time.process_time, number=1000, repeat=ROUNDS)) / 1000
        print(f"{name}: {seconds * 1e6:.0f} µs")
    before, found = _imported("pass"), _imported("import demo_app.cookies")
    own = sum(cost for name, cost in found.items() if name.startswith("demo_app"))
    needed = sum(cost for name, cost in found.items() if not name.startswith("demo_app") and name not in before)
    print(f"import: {(own + needed) / 1000:.1f} ms, {(own + needed) / needed:.2f} times its standard library alone")
