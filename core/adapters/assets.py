"""Files that come with Clade."""

from __future__ import annotations

from pathlib import Path

from core.domain.errors import StorageError

_FOLDER = Path(__file__).resolve().parents[2] / "assets"


def report_template() -> str:
    """Return the Jinja text of the report's page. Raises StorageError where it is gone."""
    return _template("report.html")


def map_template() -> str:
    """Return the page of the map as a file. Raises StorageError where it is gone."""
    return _template("map.html")


def _template(name: str) -> str:
    path = _FOLDER / name
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise StorageError(
            f"The template {path.name} cannot be read ({error.strerror}).",
            f"Put {path.name} back into the folder assets of Clade.",
        ) from error
