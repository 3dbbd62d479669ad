"""Real servers in this process: a WSGI app in a background thread, over HTTP or HTTPS, or behind a reverse proxy."""

from .proxy import reverse_proxy as reverse_proxy
from .server import Server as Server
from .server import serve as serve
