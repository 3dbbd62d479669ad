"""How much of the processor's time the story of a large HAR file takes: ``python -m tests.bench.bench_recording``."""

from __future__ import annotations

import time

from demo_app.cookies.har import read
from demo_app.cookies.recording import Recording
from tests.cookies.hars import document, fetch, har

SHOP = "https://shop.example/"
HOSTS = ("shop.example", "api.shop.example", "cdn.example", "www.shop.example")


def recording(requests: int) -> str:
    """A shop with twenty cookies, of which five are lost, and a new one with every tenth answer."""
    entries = [document(SHOP, *(f"c{number}=1; Path=/; SameSite=Lax" for number in range(20)))]
    carried = "; ".join(f"c{number}=1" for number in range(15))
    for number in range(1, requests):
        url = f"https://{HOSTS[number % 4]}/{number % 300}"
        lines = [f"n{number % 10}={number}; Path=/; Secure"] if number % 10 == 0 else []
        cookie = carried if number % 4 == 0 else None
        entries.append(fetch(url, *lines, page=SHOP, cookie=cookie, second=number / 100))
    return har(entries)


def main() -> None:
    text = recording(5000)
    start = time.process_time()
    story = Recording(read(text))
    repr(story)
    seconds = time.process_time() - start
    print(f"{len(text) / 1e6:.1f} MB, 5,000 requests, {len(story.events):,} events: {seconds:.2f} s")


if __name__ == "__main__":
    main()
