"""Where the middleware tells what happens to it: a logger under the package's name, whatever that is."""

from __future__ import annotations

import logging

log = logging.getLogger(__package__)
