"""Where sessions are kept."""

from .base import Store as Store
from .base import StoredSession as StoredSession
from .memory import MemoryStore as MemoryStore
from .redis import RedisStore as RedisStore
from .sqlite import SQLiteStore as SQLiteStore
from .traced import TracedStore as TracedStore
