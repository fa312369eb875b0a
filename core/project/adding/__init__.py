"""Adding texts to a project: they land on its map, and nothing that is there moves."""

from core.project.adding.landing import add
from core.project.adding.rows import KIND, Ready, begin, prepare, read_more

__all__ = ["KIND", "Ready", "add", "begin", "prepare", "read_more"]
