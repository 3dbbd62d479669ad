"""What a browser makes of a ``Set-Cookie`` line. Needs neither Flask nor requests."""

from .context import Context as Context
from .doctor import Comparison as Comparison
from .doctor import Comparisons as Comparisons
from .doctor import Diagnosis as Diagnosis
from .doctor import why as why
from .jar import Finding as Finding
from .jar import Jar as Jar
from .line import SetCookie as SetCookie
