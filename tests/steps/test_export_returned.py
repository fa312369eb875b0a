"""Laws of the workbook that comes back: exactly its changes, or nothing."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from core.adapters.tables import read_returned
from core.domain.clusterings import Clustering
from core.domain.errors import EditError, InputError
from core.domain.settings import Settings
from core.domain.spaces import Embedding, Layout
from core.domain.taxonomy import Assignment, Taxonomy
from core.domain.texts import Columns, Corpus, Table, Text
from core.steps.export import Bundle, changes, missing
from core.steps.export.workbook import as_xlsx
from core.steps.taxonomy import apply, assign
from tests.steps.test_export import bundle
from tests.steps.test_taxonomy_laws import worked_on

LAW = settings(max_examples=25, deadline=None)
CHANGES = st.sampled_from(["new_label", "new_parent_id", "reassigned_cluster_id"])
NAMES = st.sampled_from(["Card", "fees", "Other", "=Sum", "2024", "-", "  A  b "])


def bundled(taxonomy: Taxonomy, clustering: Clustering) -> Bundle:
    ids = clustering.text_ids
    vectors = np.zeros((len(ids), 2), dtype=np.float32)
    frame = pd.DataFrame({"text": [f"text {text}" for text in ids]})
    texts = tuple(Text(text, f"text {text}") for text in ids)
    return replace(
        bundle(topics=(), topic_of={}),
        table=Table("a.csv", frame, ("text",), "utf-8"),
        columns=Columns("text"),
        corpus=Corpus(texts, tuple(map(str, range(len(ids)))), ids),
        embedding=Embedding("space", ids, vectors),
        layout=Layout("space", ids, vectors, vectors),
        clustering=clustering,
        taxonomy=taxonomy,
        assignment=assign(taxonomy, clustering),
    )


def typed(data: bytes, cells: list[tuple[str, str, str, str]]) -> bytes:
    """Return a workbook with values typed into (sheet, id, column)."""
    book = load_workbook(io.BytesIO(data))
    for title, line, column, value in cells:
        sheet = book[title]
        at = [cell.value for cell in sheet[1]].index(column) + 1
        row = next(row[0].row for row in sheet.iter_rows(max_col=1) if row[0].value == line)
        cell = sheet.cell(row, at, value)
        cell.data_type = "s"  # a person who wants a name that begins with = writes '= first
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@LAW
@given(worked_on())
def test_what_goes_out_and_comes_back_changes_nothing(work) -> None:
    clustering, _, taxonomy = work
    made = bundled(taxonomy, clustering)
    book = read_returned("a.xlsx", as_xlsx(made), Settings())
    assert changes(taxonomy, made.assignment, book).edits == ()
    assert missing(taxonomy, made.assignment, book) == (0, 0)
    assert (book.project, book.version) == (made.project_id, taxonomy.version)


@LAW
@given(worked_on(), st.data())
def test_an_edited_workbook_does_exactly_what_it_says_or_nothing(work, data) -> None:
    clustering, _, taxonomy = work
    made = bundled(taxonomy, clustering)
    topics = [topic.id for topic in taxonomy.topics]
    wanted: dict[tuple[str, str], str] = {}
    for _ in range(data.draw(st.integers(1, 5))):
        column = data.draw(CHANGES)
        if column == "reassigned_cluster_id":
            line = data.draw(st.sampled_from(clustering.text_ids))
            wanted[column, line] = data.draw(st.sampled_from([*topics, "none"]))
        else:
            values = NAMES if column == "new_label" else st.sampled_from([*topics, "top"])
            wanted[column, data.draw(st.sampled_from(topics))] = data.draw(values)
    cells = [
        ("Texts" if column == "reassigned_cluster_id" else "Topics", line, column, value)
        for (column, line), value in wanted.items()
    ]
    book = read_returned("a.xlsx", typed(as_xlsx(made), cells), Settings())
    try:
        after = apply(taxonomy, changes(taxonomy, made.assignment, book))
    except (EditError, InputError) as refused:
        assert refused.problem and refused.next_move
        return
    assert_exactly(taxonomy, after, made.assignment, assign(after, clustering), wanted)


def assert_exactly(
    before: Taxonomy,
    after: Taxonomy,
    were: Assignment,
    are: Assignment,
    wanted: dict[tuple[str, str], str],
) -> None:
    now = {topic.id: topic for topic in after.topics}
    inner = {topic.parent for topic in before.topics}
    for topic in before.topics:
        if topic.id not in now:
            # A parent that lost all its children, and nothing else, goes.
            assert topic.id in inner
            continue
        label = wanted.get(("new_label", topic.id), topic.label)
        parent = wanted.get(("new_parent_id", topic.id), topic.parent)
        assert now[topic.id].label == " ".join(label.split())
        assert now[topic.id].parent == (None if parent == "top" else parent)
        assert now[topic.id].clusters == topic.clusters
        changed = now[topic.id].label != topic.label
        assert now[topic.id].named_by == ("human" if changed else topic.named_by)
    assert now.keys() <= {topic.id for topic in before.topics}
    for text, was, place in zip(were.text_ids, were.topics, are.topics, strict=True):
        asked = wanted.get(("reassigned_cluster_id", text), was)
        assert place == ("" if asked == "none" else asked)
    assert after.version == before.version + 1
