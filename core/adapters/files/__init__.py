"""Files on this disk: things named by their content, and vectors by space and text."""

from core.adapters.files.contents import Files
from core.adapters.files.vectors import VectorCache

__all__ = ["Files", "VectorCache"]
