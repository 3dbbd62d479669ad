"""What a browser makes of a ``Set-Cookie`` line. Needs neither Flask nor requests."""

from .context import Context as Context
from .doctor import Diagnosis as Diagnosis
from .doctor import Finding as Finding
from .doctor import why as why
from .line import SetCookie as SetCookie
