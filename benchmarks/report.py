"""Printing a table and keeping it as JSON beside the others."""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


class Silent:
    """A progress that nobody watches."""

    def report(self, fraction: float, message: str) -> None: ...

    def point(self, value: float) -> None: ...


def table(rows: Sequence[dict[str, Any]]) -> None:
    """Print `rows` (equal keys) as a table."""
    columns = list(rows[0])
    cells = [columns, *([_shown(row[column]) for column in columns] for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
    for line in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)))


def keep(name: str, rows: Sequence[dict[str, Any]]) -> None:
    """Print `rows` (equal keys) as a table and write them to results/NAME.json."""
    table(rows)
    RESULTS.mkdir(exist_ok=True)
    machine = {"python": platform.python_version(), "machine": platform.machine()}
    text = json.dumps({"machine": machine, "rows": list(rows)}, indent=1)
    (RESULTS / f"{name}.json").write_text(text + "\n", "utf-8")


def _shown(value: object) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else str(value)
