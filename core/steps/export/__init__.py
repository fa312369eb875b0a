"""What a person takes home: the members of one zip, as values."""

from core.steps.export.archive import members, zip_bytes
from core.steps.export.bundle import Bundle, Front
from core.steps.export.card import model_card
from core.steps.export.cells import csv_bytes
from core.steps.export.returned import changes, missing
from core.steps.export.standalone import standalone
from core.steps.export.workbook import cut_notices

__all__ = [
    "Bundle",
    "Front",
    "changes",
    "csv_bytes",
    "cut_notices",
    "members",
    "missing",
    "model_card",
    "standalone",
    "zip_bytes",
]
