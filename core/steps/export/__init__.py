"""What a person takes home: the members of one zip, as values."""

from core.steps.export.archive import members, zip_bytes
from core.steps.export.bundle import Bundle

__all__ = ["Bundle", "members", "zip_bytes"]
