"""Files and pasted lines become a Table: every cell a string, nothing changed on the way."""

from core.adapters.tables.reading import paste_table, read_table

__all__ = ["paste_table", "read_table"]
