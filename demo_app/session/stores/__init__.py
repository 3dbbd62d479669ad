"""Where sessions are kept."""

from .base import InspectableStore as InspectableStore
from .base import SimpleStore as SimpleStore
from .base import Store as Store
from .base import StoredSession as StoredSession
from .base import complete as complete
from .base import inspectable as inspectable
from .memory import MemoryStore as MemoryStore
from .redis import RedisStore as RedisStore
from .sqlite import SQLiteStore as SQLiteStore
from .traced import TracedStore as TracedStore
