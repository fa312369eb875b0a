"""The export, read back from its zip as its reader would."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile

import pandas as pd
import pytest

from core.domain.errors import TooFewError
from core.domain.taxonomy import Reassign, Rename
from core.project.exporting import Export, export, fingerprint, selection_csv
from core.project.intake import create_project, guess, load_corpus, read_upload
from core.project.mapping import current, make_map
from core.project.shaping import edit
from core.project.workspace import Workspace
from core.steps.taxonomy import leaves
from tests.conftest import Bring, Listener
from tests.project.conftest import AnswerGold

HOSTILE = '=HYPERLINK("http://x.invalid","click me please")'
BODIES = (
    *("where is my new card", "my card has not come yet", "the card is still not here"),
    *("how do I top up by cheque", "can I top up with a cheque", "top up by cheque please"),
)


def unzipped(exported: Export) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(exported.archive)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


@pytest.fixture
def hostile(workspace: Workspace, listener: Listener) -> tuple[Workspace, str, list[list[str]]]:
    """A file with twin headers, duplicates, empty texts and cells that would be formulas."""
    body = [[text, "@sum(A1)", str(number)] for number, text in enumerate(BODIES * 2)]
    body += [[HOSTILE, "+1", "007"], ["", "-1", "NA"], [HOSTILE, "'=1", ""]]
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["text", "=note", "=note"], *body])
    data = out.getvalue().encode()
    table = read_upload(workspace, "texts.csv", data)
    project = create_project(workspace, table, guess(table), name="A/B: \t“Texts”", data=data)
    make_map(workspace, project.id, {"method": "kmeans", "k": 2}, listener)
    return workspace, project.id, body


def test_the_zip_holds_the_files_and_their_true_checksums(mapped: tuple[Workspace, str]) -> None:
    exported = export(*mapped)
    files = unzipped(exported)

    assert files == exported.files
    listed = json.loads(files["manifest.json"])["files"]
    assert set(files) == {*listed, "manifest.json"}
    for name, facts in listed.items():
        assert facts["sha256"] == hashlib.sha256(files[name]).hexdigest()


def test_every_row_comes_back_in_its_place_with_its_own_columns(
    hostile: tuple[Workspace, str, list[list[str]]],
) -> None:
    workspace, project_id, body = hostile

    header, *lines = rows(unzipped(export(workspace, project_id))["assignments.csv"])

    assert header[:3] == ["text", "'=note", "'=note"]
    assert len(lines) == len(body)
    plain = [[cell[1:] if cell[:1] == "'" else cell for cell in line[:3]] for line in lines]
    assert plain == body


def test_no_cell_of_any_csv_can_be_a_formula(
    hostile: tuple[Workspace, str, list[list[str]]], answer_gold: AnswerGold
) -> None:
    workspace, project_id, _ = hostile
    here = current(workspace, project_id)
    change = Rename(here.taxonomy.version, leaves(here.taxonomy)[0].id, "=cmd|' /C calc'!A0")
    edit(workspace, project_id, change, "me")

    files = unzipped(export(workspace, project_id))

    cells = {
        cell
        for name in files
        if name.endswith(".csv")
        for line in rows(files[name])
        for cell in line
    }
    dangerous = {cell for cell in cells if cell[:1] in tuple("=+-@\t\r")}
    assert {cell for cell in dangerous if not cell.lstrip("-").replace(".", "").isdigit()} == set()
    assert "'" + HOSTILE in cells
    assert "'=cmd|' /C calc'!A0" in cells


def test_duplicates_get_the_topic_of_their_text_and_point_to_the_first(
    hostile: tuple[Workspace, str, list[list[str]]],
) -> None:
    workspace, project_id, _ = hostile

    header, *lines = rows(unzipped(export(workspace, project_id))["assignments.csv"])

    label, of = header.index("tc_label"), header.index("tc_duplicate_of")
    assert [line[of] for line in lines] == ["", "", "", "", "", "", *"123456", "", "", "13"]
    assert [line[label] for line in lines[:6]] == [line[label] for line in lines[6:12]]
    assert lines[12][label] == lines[14][label]
    assert set(lines[13][4:]) == {""}


def test_parquet_holds_the_same_rows_exactly(
    hostile: tuple[Workspace, str, list[list[str]]],
) -> None:
    workspace, project_id, body = hostile

    files = unzipped(export(workspace, project_id))
    frame = pd.read_parquet(io.BytesIO(files["assignments.parquet"]))

    assert frame.iloc[:, :3].to_numpy().tolist() == body
    labels = [
        line[rows(files["assignments.csv"])[0].index("tc_label")]
        for line in rows(files["assignments.csv"])[1:]
    ]
    assert frame["tc_label"].fillna("").tolist() == [label.removeprefix("'") for label in labels]


def test_a_renamed_topic_and_a_moved_text_are_in_the_export(mapped: tuple[Workspace, str]) -> None:
    workspace, project_id = mapped
    here = current(workspace, project_id)
    first = leaves(here.taxonomy)[0]
    text = load_corpus(workspace, here.project).texts[0]
    edit(workspace, project_id, Rename(here.taxonomy.version, first.id, "Näme by me"), "me")
    edit(workspace, project_id, Reassign(here.taxonomy.version + 1, (text.id,), first.id), "me")

    files = unzipped(export(workspace, project_id))

    header, *lines = rows(files["assignments.csv"])
    (line,) = [line for line in lines if line[0] == text.body]
    assert line[header.index("tc_label")] == "Näme by me"
    assert line[header.index("tc_assigned_by")] == "human"
    assert line[header.index("tc_path")].endswith("Näme by me")
    assert first.label not in {line[header.index("tc_label")] for line in lines}
    for name in ("taxonomy.csv", "taxonomy.json", "taxonomy.md"):
        assert "Näme by me" in files[name].decode("utf-8-sig")


def test_the_answers_are_in_the_export(
    mapped: tuple[Workspace, str], answer_gold: AnswerGold
) -> None:
    workspace, project_id = mapped
    given = answer_gold(workspace, project_id, 7)

    files = unzipped(export(workspace, project_id))

    lines = [json.loads(line) for line in files["judgments.jsonl"].decode().splitlines()]
    assert len(lines) == len(rows(files["judgments.csv"])) - 1 == len(given)
    assert sorted(line["verdict"] for line in lines) == sorted(j.verdict for j in given)


def test_the_same_state_gives_the_same_bytes_and_an_edit_does_not(
    mapped: tuple[Workspace, str], answer_gold: AnswerGold
) -> None:
    workspace, project_id = mapped
    one, two = export(workspace, project_id), export(workspace, project_id)
    before = fingerprint(workspace, current(workspace, project_id))
    assert one.archive == two.archive

    answer_gold(workspace, project_id, 1)
    answered = fingerprint(workspace, current(workspace, project_id))
    here = current(workspace, project_id).taxonomy
    edit(workspace, project_id, Rename(here.version, leaves(here)[0].id, "Other"), "me")
    edited = fingerprint(workspace, current(workspace, project_id))

    assert len({before, answered, edited}) == 3
    assert export(workspace, project_id).archive != one.archive


def test_the_archive_has_a_name_that_is_safe_as_a_file(
    hostile: tuple[Workspace, str, list[list[str]]],
) -> None:
    exported = export(*hostile[:2])

    assert exported.archive_name == "a-b----texts-taxonomy.zip"


def test_the_reader_is_warned_of_what_was_not_reviewed(mapped: tuple[Workspace, str]) -> None:
    workspace, project_id = mapped
    topics = len(leaves(current(workspace, project_id).taxonomy))

    warnings = export(workspace, project_id).warnings

    assert f"{topics} of {topics} topics" in warnings[0]


def test_there_is_no_export_before_the_first_map(
    workspace: Workspace, bring: Bring, bank: pd.DataFrame
) -> None:
    with pytest.raises(TooFewError):
        export(workspace, bring(workspace, bank).id)


def test_a_selection_downloads_as_a_safe_csv() -> None:
    frame = pd.DataFrame({"Text": [HOSTILE, "a"], "Confidence": [0.5, 1.0]})

    assert rows(selection_csv(frame)) == [
        ["Text", "Confidence"],
        ["'" + HOSTILE, "0.500000"],
        ["a", "1.000000"],
    ]
