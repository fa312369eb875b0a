"""From a file to a project, and reading it again in another way."""

from __future__ import annotations

import pandas as pd
import pytest

from core.domain.errors import CladeError, InputError, NotFoundError, StaleEditError
from core.domain.projects import Project
from core.domain.settings import Settings
from core.domain.texts import Columns
from core.project import intake
from core.project.workspace import Workspace, open_workspace
from tests.conftest import Bring


def create(workspace: Workspace, data: bytes, columns: Columns, name: str = "Texts") -> Project:
    table = intake.read_upload(workspace, "texts.csv", data)
    return intake.create_project(workspace, table, columns, name=name, data=data)


def test_a_project_is_there_after_reopening_with_its_table(
    workspace: Workspace, bring: Bring, bank: pd.DataFrame
) -> None:
    made = bring(workspace, bank)

    again = open_workspace(workspace.settings)
    table = intake.load_table(again, made)

    assert intake.all_projects(again) == (made,)
    assert intake.find_project(again, made.id) == made
    assert made.columns == Columns("text", None, ("label",))
    assert table.frame.equals(bank.astype(str))
    assert again.files.read_bytes(made.source_key) == bank.to_csv(index=False).encode()


def test_cells_stay_as_they_were_in_the_file(workspace: Workspace) -> None:
    data = "text,code\n007,NA\n“a”,=1+1\n b ,1.0\n".encode()

    made = create(workspace, data, Columns("text", None, ("code",)))

    assert intake.load_table(workspace, made).frame.to_numpy().tolist() == [
        ["007", "NA"],
        ["“a”", "=1+1"],
        [" b ", "1.0"],
    ]


def test_an_empty_name_falls_back_to_the_file(workspace: Workspace) -> None:
    assert create(workspace, b"text\na\n", Columns("text"), name="  ").name == "texts.csv"


def test_the_sample_makes_a_healthy_project(workspace: Workspace) -> None:
    name, data = intake.sample()
    table = intake.read_upload(workspace, name, data)
    columns = intake.guess(table)

    health = intake.look_over(table, columns)
    made = intake.create_project(workspace, table, columns, name="Sample", data=data)

    assert health.rows == len(table.frame)
    assert health.texts == len(intake.load_corpus(workspace, made).texts)
    assert health.rows == health.texts + health.duplicates + health.empty


def test_columns_without_any_text_are_refused_and_nothing_is_made(workspace: Workspace) -> None:
    with pytest.raises(InputError):
        create(workspace, b"text,empty\na,\nb, \n", Columns("empty"))

    assert intake.all_projects(workspace) == ()


def test_columns_can_be_changed_until_there_is_a_map(
    workspace: Workspace, mapped: tuple[Workspace, str]
) -> None:
    made = create(workspace, b"text,code,title\na b c,1,x\nd e f,1,y\n", Columns("text"))

    changed = intake.change_columns(workspace, made, Columns("title", None, ("text",)))

    assert intake.find_project(workspace, made.id) == changed
    assert {t.body for t in intake.load_corpus(workspace, changed).texts} == {"x", "y"}
    with pytest.raises(InputError, match="1"):
        intake.change_columns(workspace, made, Columns("text", "code"))
    other, mapped_id = mapped
    with pytest.raises(StaleEditError):
        intake.change_columns(other, intake.find_project(other, mapped_id), Columns("label"))


def test_another_encoding_reads_the_same_bytes_again(workspace: Workspace) -> None:
    data = "text,größe\nçok güzel ürün,groß\nschöne Größe,klein\n".encode("cp1254")
    table = intake.read_upload(workspace, "texts.csv", data, "cp1252")
    made = intake.create_project(
        workspace, table, Columns("text", None, ("größe",)), name="Texts", data=data
    )

    changed = intake.change_encoding(workspace, made, "cp1254")

    assert changed.encoding == "cp1254"
    assert changed.columns == made.columns
    assert intake.load_table(workspace, changed).frame["text"][0] == "çok güzel ürün"
    with pytest.raises(CladeError):
        intake.change_encoding(workspace, made, "no such encoding")
    assert intake.find_project(workspace, made.id) == changed


def test_pasted_lines_become_texts(workspace: Workspace) -> None:
    table = intake.read_pasted(workspace, "first line\n\nsecond line\nfirst  line\n")
    made = intake.create_project(workspace, table, Columns("text"), name="Pasted", data=b"x")

    corpus = intake.load_corpus(workspace, made)

    assert {text.body for text in corpus.texts} >= {"second line"}
    assert len(corpus.texts) == 2


def test_search_finds_by_words_and_by_pattern(
    workspace: Workspace, bring: Bring, bank: pd.DataFrame
) -> None:
    corpus = intake.load_corpus(workspace, bring(workspace, bank))
    bodies = {text.id: text.body for text in corpus.texts}

    by_words = intake.search(corpus, "UP top")
    by_pattern = intake.search(corpus, "/^why.*\\?$/")

    assert by_words == tuple(
        t for t, b in bodies.items() if "top" in b.lower() and "up" in b.lower()
    )
    assert by_pattern
    assert all(bodies[t].lower().startswith("why") for t in by_pattern)
    with pytest.raises(InputError):
        intake.search(corpus, "/(/")


def test_a_project_that_is_not_there_is_told(workspace: Workspace) -> None:
    with pytest.raises(NotFoundError):
        intake.find_project(workspace, "gone")


def test_a_home_that_cannot_be_made_is_told(workspace: Workspace) -> None:
    (workspace.settings.home / "file").write_bytes(b"")

    with pytest.raises(CladeError, match="CLADE_HOME"):
        open_workspace(Settings(home=workspace.settings.home / "file" / "home"))
