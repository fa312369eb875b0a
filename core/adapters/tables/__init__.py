"""Files and pasted lines become a Table: every cell a string, nothing changed on the way."""

from core.adapters.tables.reading import paste_table, read_table
from core.adapters.tables.returned import read_returned

__all__ = ["paste_table", "read_returned", "read_table"]
