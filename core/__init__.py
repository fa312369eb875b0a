"""Clade's engine: texts in, a checked taxonomy out. Never imports streamlit."""

__version__ = "0.1.0"
