"""The sample data that Clade ships."""

from __future__ import annotations

from pathlib import Path

from core.domain.errors import NotFoundError

_FOLDER = Path(__file__).resolve().parents[2] / "assets" / "sample"


def sample_bytes(name: str) -> bytes:
    """Return the bytes of one shipped sample file. Raises NotFoundError."""
    try:
        return (_FOLDER / name).read_bytes()
    except OSError as error:
        raise NotFoundError(
            f"The sample {name} is missing from this installation.",
            "Install Clade again, or bring a file of your own.",
        ) from error
