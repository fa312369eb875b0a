"""What a person takes home: the members of one zip, as values."""

from core.steps.export.archive import members, zip_bytes
from core.steps.export.bundle import Bundle
from core.steps.export.cells import csv_bytes

__all__ = ["Bundle", "csv_bytes", "members", "zip_bytes"]
