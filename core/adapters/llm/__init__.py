"""Language models behind one port. Importing this loads no library."""

from core.adapters.llm.opening import open_model

__all__ = ["open_model"]
