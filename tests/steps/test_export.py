"""The zip read back with other people's readers: nothing lost, nothing run, nothing changed."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.adapters.assets import report_template
from core.domain.clusterings import Clustering, ClusterSpec
from core.domain.errors import InputError
from core.domain.ids import text_id
from core.domain.judgments import Constraints, Judgment
from core.domain.projects import VersionNote
from core.domain.spaces import Embedding, Layout
from core.domain.taxonomy import Assignment, Taxonomy, Topic
from core.domain.texts import Columns, Corpus, Table, Text
from core.steps.charts import DARK_PALETTE, LIGHT_PALETTE
from core.steps.export import Bundle, Front, members, zip_bytes

TOPICS = (
    Topic("t1", "Cards"),
    Topic("t2", "Lost card", parent="t1", clusters=(3,), locked=True, description="It is gone."),
    Topic("t3", "=Fees", parent="t1", clusters=(5,), keywords=("fee", "cost"), named_by="human"),
    Topic("t4", "Weather", clusters=(8,), reviewed=True),
)
BODIES = ["my card is lost", "=1+1", "rain", "my card  is lost", "", "zürich 🌧 ☔", "no idea"]
TOPIC_OF = dict(zip(BODIES, ["t2", "t3", "t4", "t2", "", "t4", ""], strict=True))
VECTOR_OF = {
    "my card is lost": (1.0, 0.0, 0.0),
    "=1+1": (0.6, 0.8, 0.0),
    "rain": (0.0, 0.0, 1.0),
    "zürich 🌧 ☔": (0.0, 0.6, 0.8),
    "no idea": (0.0, 1.0, 0.0),
}
FRONT = Front(report_template(), LIGHT_PALETTE, DARK_PALETTE, ("Trusted.",), "Nothing.", (), ())
NOTHING = Constraints()
HEADERS = ("id", "text", "note", "note")


def bundle(
    frame: pd.DataFrame | None = None,
    headers: tuple[str, ...] = HEADERS,
    topics: tuple[Topic, ...] = TOPICS,
    topic_of: dict[str, str] | None = None,
    judgments: tuple[Judgment, ...] = (),
    constraints: Constraints = NOTHING,
    history: tuple[VersionNote, ...] = (),
) -> Bundle:
    """A bundle of a table whose second column is the text, by default of BODIES."""
    if frame is None:
        n = len(BODIES)
        frame = pd.DataFrame(
            {
                "id": [f"00{i}" for i in range(n)],
                "text": BODIES,
                "note": ["-5", "@x", "+1", "'=1", "'quoted'", 'a,b\r\n"c"', "\tNA"],
                "note_2": ["007", "NA", "", "null", "1e5", "\r", "-"],
            }
        )
    rows = frame.iloc[:, 1].tolist()
    row_texts = tuple(text_id(body) if body.strip() else "" for body in rows)
    body_of = {}
    for row_text, body in zip(row_texts, rows, strict=True):
        if row_text:
            body_of.setdefault(row_text, body)
    ids = tuple(sorted(body_of))
    n = len(ids)
    vectors = np.array(
        [VECTOR_OF.get(body_of[i], (0, 1, 0)) for i in ids], dtype=np.float32
    ).reshape(n, 3)
    wanted = TOPIC_OF if topic_of is None else topic_of
    given = tuple(wanted.get(body_of[i], "") for i in ids)
    xy = np.array([[-1.5 - i, 0.25 * i] for i in range(n)], dtype=np.float32).reshape(n, 2)
    spec = ClusterSpec()
    zeros = np.zeros(n, dtype=np.int32)
    return Bundle(
        project_id="p1",
        project_name="Bank",
        table=Table("bank.csv", frame, headers, "utf-8"),
        columns=Columns(text=str(frame.columns[1])),
        corpus=Corpus(
            tuple(Text(i, body_of[i]) for i in ids),
            tuple(str(i + 1) for i in range(len(rows))),
            row_texts,
        ),
        embedding=Embedding("s", ids, vectors),
        layout=Layout("s", ids, xy, xy),
        clustering=Clustering("s", ids, zeros, np.ones(n, dtype=np.float32), spec),
        taxonomy=Taxonomy(4, "m", topics),
        assignment=Assignment(
            ids, given, tuple("human" if topic == "t4" else "cluster" for topic in given)
        ),
        judgments=judgments,
        constraints=constraints,
        history=history,
        examples={},
        round=2,
        facts={"version": "0.1.0", "seed": 7},
        front=FRONT,
    )


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def without_guard(cell: str) -> str:
    return cell[1:] if re.match(r"'+[=+\-@\t\r\n−＋－＝＠]", cell) else cell


def test_the_original_columns_and_rows_come_back_in_order() -> None:
    made = bundle()
    header, *rows = rows_of(members(made)["assignments.csv"])
    assert header[:4] == list(HEADERS)
    originals = [[without_guard(cell) for cell in row[:4]] for row in rows]
    assert originals == made.table.frame.to_numpy().tolist()
    assert [row[4] for row in rows] == ["1", "2", "3", "4", "5", "6", "7"]


def test_our_columns_have_the_promised_names_and_order() -> None:
    header = rows_of(members(bundle())["assignments.csv"])[0]
    assert " ".join(header[4:]) == (
        "tc_row_id tc_duplicate_of tc_cluster_id tc_label tc_parent_id tc_parent_label tc_path"
        " tc_level_1 tc_level_2 tc_score tc_runner_up_id tc_runner_up_score tc_assigned_by"
        " tc_locked tc_reviewed tc_x tc_y tc_round"
    )


def test_pandas_reads_topics_scores_and_duplicates() -> None:
    content = members(bundle())["assignments.csv"]
    frame = pd.read_csv(io.BytesIO(content), keep_default_na=False, dtype=str)
    assert frame["tc_cluster_id"].tolist() == ["t2", "t3", "t4", "t2", "", "t4", ""]
    assert frame["tc_label"].tolist()[:3] == ["Lost card", "'=Fees", "Weather"]
    assert frame["tc_path"].tolist()[0] == "Cards > Lost card"
    assert frame["tc_level_1"].tolist()[:3] == ["Cards", "Cards", "Weather"]
    assert frame["tc_level_2"].tolist()[:3] == ["Lost card", "'=Fees", ""]
    assert frame["tc_parent_label"].tolist()[:3] == ["Cards", "Cards", ""]
    assert frame["tc_duplicate_of"].tolist() == ["", "", "", "1", "", "", ""]
    assert frame["tc_assigned_by"].tolist()[:3] == ["cluster", "cluster", "human"]
    assert frame["tc_locked"].tolist()[:3] == ["true", "false", "false"]
    assert frame["tc_reviewed"].tolist()[:3] == ["false", "false", "true"]


def test_scores_are_cosines_to_the_centroids_of_the_assignment() -> None:
    table = pq.read_table(io.BytesIO(members(bundle())["assignments.parquet"])).to_pydict()
    weather = np.array([0.0, 0.6, 1.8]) / np.linalg.norm([0.0, 0.6, 1.8])
    assert table["tc_score"][0] == pytest.approx(1.0)
    assert table["tc_runner_up_id"][0] == "t3"
    assert table["tc_runner_up_score"][0] == pytest.approx(0.6)
    assert table["tc_score"][2] == pytest.approx(float(weather @ [0, 0, 1]))
    assert table["tc_runner_up_id"][5] == "t3"
    assert table["tc_runner_up_score"][5] == pytest.approx(0.48)


def test_unassigned_and_empty_rows_are_there_and_say_so() -> None:
    table = pq.read_table(io.BytesIO(members(bundle())["assignments.parquet"])).to_pydict()
    ours = [name for name in table if name.startswith("tc_")]
    empty = {name: table[name][4] for name in ours}
    assert empty.pop("tc_row_id") == "5"
    assert set(empty.values()) == {"", None}
    unassigned = {name: table[name][6] for name in ours}
    assert unassigned["tc_cluster_id"] == unassigned["tc_runner_up_id"] == ""
    assert unassigned["tc_score"] is unassigned["tc_runner_up_score"] is None
    assert unassigned["tc_locked"] is None
    assert unassigned["tc_x"] < 0
    assert unassigned["tc_round"] == 2


def test_no_text_cell_can_run_and_numbers_stay_numbers() -> None:
    for name, content in members(bundle()).items():
        if name.endswith(".csv"):
            header, *rows = rows_of(content)
            for row in [header, *rows]:
                for column, cell in zip(header, row, strict=True):
                    if column not in ("tc_x", "tc_y", "tc_score", "tc_runner_up_score"):
                        assert cell[:1] not in tuple("=+-@\t\r"), (name, cell)
    frame = pd.read_csv(io.BytesIO(members(bundle())["assignments.csv"]))
    assert frame["tc_x"].dtype == np.float64
    assert frame["tc_x"].min() < 0


def test_a_prefix_that_is_taken_gives_way() -> None:
    frame = pd.DataFrame({"TC_label": ["a"], "text": ["rain"], "tc2_x": ["b"]})
    made = members(bundle(frame, ("TC_label", "text", "tc2_x")))
    header = rows_of(made["assignments.csv"])[0]
    assert header[3] == "tc3_row_id"
    assert json.loads(made["manifest.json"])["column_prefix"] == "tc3_"
    names = pq.read_table(io.BytesIO(made["assignments.parquet"])).column_names
    assert names == header


def test_the_outline_has_a_dot_a_level_and_no_live_markdown() -> None:
    topics = (
        Topic("a", "Main"),
        Topic("b", "Sub", parent="a"),
        Topic("c", "![x](http://e.vil/p.png)\n# <b>", parent="b", description="What  it is."),
        Topic("d", "Second"),
    )
    text = members(bundle(topics=topics, topic_of={}))["taxonomy.md"].decode()
    assert [line.rstrip() for line in text.splitlines()] == [
        ". Main",
        ".. Sub",
        r"... !\[x\](http://e.vil/p.png) # \<b\>: What it is.",
        ". Second",
    ]


def test_taxonomy_files_count_texts_and_rows_below() -> None:
    made = members(bundle())
    tree = json.loads(made["taxonomy.json"])
    assert tree["version"] == 4
    cards, weather = tree["topics"]
    assert [child["id"] for child in cards["children"]] == ["t2", "t3"]
    assert (cards["texts"], cards["rows"]) == (2, 3)
    assert (weather["texts"], weather["rows"]) == (2, 2)
    frame = pd.read_csv(io.BytesIO(made["taxonomy.csv"]), keep_default_na=False)
    assert frame["topic_id"].tolist() == ["t1", "t2", "t3", "t4"]
    assert frame["level"].tolist() == [1, 2, 2, 1]
    assert frame["rows"].tolist() == [3, 2, 1, 2]
    assert frame["keywords"].tolist()[2] == "fee, cost"


def test_the_manifest_vouches_for_every_other_file() -> None:
    made = members(bundle())
    manifest = json.loads(made["manifest.json"])
    assert set(manifest["files"]) == set(made) - {"manifest.json"}
    for name, entry in manifest["files"].items():
        assert entry["bytes"] == len(made[name])
        assert entry["sha256"] == hashlib.sha256(made[name]).hexdigest()
    assert manifest["facts"] == {"version": "0.1.0", "seed": 7}
    assert "apostrophe" in manifest["csv"]
    assert manifest["counts"] == {
        "rows": 7,
        "empty_rows": 1,
        "duplicate_rows": 1,
        "texts": 5,
        "assigned_texts": 4,
        "unassigned_texts": 1,
        "topics": 4,
        "leaf_topics": 3,
        "archived_topics": 0,
        "judgments": 0,
    }


def test_the_same_bundle_gives_the_same_zip_in_any_order() -> None:
    made = members(bundle())
    content = zip_bytes(made)
    assert content == zip_bytes(dict(reversed(members(bundle()).items())))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == made


def test_nothing_found_yet_still_exports() -> None:
    frame = pd.DataFrame({"id": [], "text": []}, dtype=str)
    made = members(bundle(frame, ("id", "text"), topics=()))
    assert len(rows_of(made["assignments.csv"])) == 1
    assert made["taxonomy.md"] == made["judgments.jsonl"] == b""
    everything_unassigned = members(bundle(topics=(), topic_of={}))
    assert len(rows_of(everything_unassigned["assignments.csv"])) == 8


def test_a_single_topic_has_no_runner_up() -> None:
    alone = (Topic("t", "All", clusters=(0,)),)
    made = members(bundle(topics=alone, topic_of=dict.fromkeys(BODIES, "t")))
    table = pq.read_table(io.BytesIO(made["assignments.parquet"])).to_pydict()
    assert set(table["tc_runner_up_id"]) == {""}
    assert set(table["tc_runner_up_score"]) == {None}


def test_half_a_character_does_not_break_the_export() -> None:
    broken = (Topic("t4", "bad \ud800 label", clusters=(8,)),)
    made = members(bundle(topics=broken, topic_of={"rain": "t4"}))
    table = pq.read_table(io.BytesIO(made["assignments.parquet"])).to_pydict()
    assert table["tc_label"][2] == "bad � label"
    assert rows_of(made["assignments.csv"])[3][7] == "bad � label"
    assert json.loads(made["taxonomy.json"])["topics"][0]["label"] == "bad � label"


def test_what_does_not_fit_together_is_refused_with_a_next_move() -> None:
    with pytest.raises(InputError, match="topics that the taxonomy does not have"):
        bundle(topics=TOPICS[:2])
    whole = bundle()
    short = Layout("s", whole.layout.text_ids[1:], whole.layout.reduced[1:], whole.layout.xy[1:])
    fields = {name: getattr(whole, name) for name in Bundle.__slots__}
    with pytest.raises(InputError, match="1 of 5 texts are missing from the map"):
        Bundle(**{**fields, "layout": short})
    with pytest.raises(InputError, match="rows"):
        Bundle(**{**fields, "table": Table("x", whole.table.frame.iloc[1:], HEADERS, "")})
    circle = (Topic("a", "A", parent="b"), Topic("b", "B", parent="a"))
    with pytest.raises(InputError, match="2 topics hang from no root"):
        members(bundle(topics=circle, topic_of={}))


cells = st.text(st.one_of(st.sampled_from("=+-@'\t\r\n\",;0 "), st.characters(codec="utf-8")))


@settings(max_examples=60, deadline=None)
@given(st.data(), st.integers(2, 4))
def test_any_table_survives(data: st.DataObject, width: int) -> None:
    headers = tuple(data.draw(st.lists(cells, min_size=width, max_size=width)))
    rows = data.draw(st.lists(st.lists(cells, min_size=width, max_size=width), max_size=6))
    unique = [f"{i} {name}" for i, name in enumerate(headers)]
    frame = pd.DataFrame(rows, columns=unique, dtype=str)
    made = members(bundle(frame, headers, topics=()))
    header, *back = rows_of(made["assignments.csv"])
    assert [without_guard(cell) for cell in header[:width]] == list(headers)
    assert [[without_guard(cell) for cell in row[:width]] for row in back] == rows
    table = pq.read_table(io.BytesIO(made["assignments.parquet"]))
    assert table.column_names[:width] == unique
    assert [list(row.values())[:width] for row in table.to_pylist()] == rows
