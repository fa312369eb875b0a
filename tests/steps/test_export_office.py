"""The files for spreadsheets opened in LibreOffice: nothing is computed, nothing is lost."""

from __future__ import annotations

import csv
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from core.domain.taxonomy import Topic
from core.domain.workbooks import TEXT_COLUMNS
from core.steps.export import Bundle, members
from core.steps.export.workbook import written
from tests.steps.test_export import bundle

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed"),
]

HOSTILE = [
    *("=1+1", "+1+1", "-2+3", "@SUM(1;2)", '=HYPERLINK("https://example.invalid","card")'),
    *("\t=1+1", "\r=1+1", "＝1+1", "−2", "=cmd|' /C calc'!A0", "'=1", '"=1+1"', "a\n=2+2"),
    *("#N/A", "TRUE", "1e5", "007", "zürich 🌧", "_x0041_", "plain, with a comma"),
]
_SHEETS = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"


def opened(path: Path, to: str) -> Path:
    """Open a file in LibreOffice and save it as another kind; return the folder."""
    out = path.parent / "opened"
    subprocess.run(
        [
            *(str(OFFICE), f"-env:UserInstallation=file://{path.parent}/profile"),
            *("--headless", "--convert-to", to, "--outdir", str(out), str(path)),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return out


@pytest.fixture(scope="module")
def made() -> Bundle:
    frame = pd.DataFrame({"id": [str(i) for i in range(len(HOSTILE))], "text": HOSTILE})
    topics = (Topic("t", "=1+1", None, (0,), ("=2+2",), "@SUM(1)"),)
    return bundle(frame, ("id", "text"), topics, dict.fromkeys(HOSTILE, "t"))


@pytest.fixture(scope="module")
def files(made: Bundle) -> dict[str, bytes]:
    return members(made)


def test_the_workbook_computes_nothing_and_keeps_every_text(
    made: Bundle, files: dict[str, bytes], tmp_path: Path
) -> None:
    path = tmp_path / "workbook.xlsx"
    path.write_bytes(files["workbook.xlsx"])
    out = opened(path, _SHEETS)
    with (out / "workbook-Texts.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert tuple(header) == TEXT_COLUMNS
    found = {" ".join(row[header.index("text")].split()) for row in rows}
    # A spreadsheet reads a coded character (_x005F_) as what it stands for.
    kept = (written(text.body).replace("_x005F_", "_") for text in made.corpus.texts)
    assert found == {" ".join(text.split()) for text in kept}
    assert {row[header.index("label")] for row in rows} == {"'=1+1"}


@pytest.mark.parametrize("name", ["assignments.csv", "taxonomy.csv"])
def test_a_csv_computes_nothing(files: dict[str, bytes], tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(files[name])
    out = opened(path, "xlsx")
    sheet = load_workbook(out / f"{path.stem}.xlsx").active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    values = {str(cell.value) for cell in cells}
    assert "'=1+1" in values
    assert not {"2", "1", "3"} & {str(c.value) for c in cells if c.column == 2}
