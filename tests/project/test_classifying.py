"""Classifying new texts: learned once, known texts as shown, strangers turned away."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.domain.errors import Cancelled, InputError, StaleEditError, StorageError, TooFewError
from core.domain.taxonomy import Reassign, Rename, SetArchived
from core.project import classifying, shaping
from core.project.classifying import Classified
from core.project.classifying.placing import _path
from core.project.intake import load_corpus
from core.project.mapping import current
from core.project.workspace import Workspace
from core.steps.taxonomy import leaves
from tests.conftest import DATA, Bring, Listener

Where = tuple[Workspace, str]
NOISE = ["zebra", "¿Dónde está la biblioteca municipal?", "Bake the bread at 230 degrees"]


@pytest.fixture(scope="module")
def new_texts() -> list[str]:
    """Texts of the project's ten intents that it does not hold."""
    frame = pd.read_csv(DATA / "bank77_train.csv", dtype=str)
    kept = frame[frame["label"].isin(sorted(frame["label"].unique())[:10])]
    return list(kept.groupby("label").head(5)["text"])


def classify(where: Where, lines: list[str], kind: str = "logistic") -> tuple[str, Classified]:
    workspace, project_id = where
    key = classifying.bring(workspace, "new.csv", pd.DataFrame({"text": lines}).to_csv().encode())
    made = classifying.classify(workspace, project_id, {"batch": key, "kind": kind}, Listener())
    return classifying.result_of(workspace, made["result"])


def by_body(where: Where, lines: list[str], kind: str = "logistic") -> dict[str, Mapping[str, Any]]:
    key, found = classify(where, lines, kind)
    rows = classifying.rows_of(where[0], classifying.batch_of(where[0], key), found)
    return {row["text"]: row for row in rows.to_dict("records")}


@pytest.mark.parametrize("kind", ["logistic", "nearest"])
def test_new_texts_get_a_path_a_probability_and_a_runner_up(
    mapped: Where, new_texts: list[str], kind: str
) -> None:
    taxonomy = current(*mapped).taxonomy
    paths = set(classifying.topic_names(taxonomy).values())

    found = by_body(mapped, new_texts + NOISE, kind)

    placed = [found[body] for body in new_texts if found[body]["tc_fits"]]
    assert len(placed) > 0.8 * len(new_texts)
    for row in placed:
        assert {row["tc_path"], row["tc_runner_up"]} <= paths
        assert row["tc_path"] != row["tc_runner_up"]
        assert 1 >= row["tc_probability"] >= row["tc_runner_up_probability"] >= 0
        assert row["tc_assigned_by"] == f"classifier ({kind})"
    for body in NOISE:
        assert not found[body]["tc_fits"]
        assert found[body]["tc_path"] == found[body]["tc_topic_id"] == ""
        assert found[body]["tc_runner_up"] in paths


def test_known_texts_return_what_the_screen_shows(mapped: Where) -> None:
    workspace, project_id = mapped
    texts = load_corpus(workspace, current(*mapped).project).texts
    ends = leaves(current(*mapped).taxonomy)
    moved, unassigned = texts[0], texts[1]
    gone = ends[0].id

    def edit(change: Any) -> None:
        shaping.edit(workspace, project_id, change, "ann")

    edit(Reassign(1, (moved.id,), ends[1].id))
    edit(Reassign(2, (unassigned.id,), ""))
    edit(Rename(3, ends[1].id, "=Cards, by hand"))
    edit(SetArchived(4, gone, True))
    here = current(*mapped)
    from core.project.classifying.lesson import assignment_of

    shown = assignment_of(workspace, here)
    place = dict(zip(shown.text_ids, shown.topics, strict=True))

    found = by_body(mapped, [text.body for text in texts])

    assert len(found) == len(texts)
    for text in texts:
        row = found[text.body]
        assert row["tc_topic_id"] == place[text.id]
        assert row["tc_path"] == _path(here.taxonomy, place[text.id])
    assert found[moved.body]["tc_path"].endswith("=Cards, by hand")
    assert found[moved.body]["tc_assigned_by"] == "moved by hand"
    assert found[unassigned.body]["tc_path"] == ""
    assert gone not in {row["tc_topic_id"] for row in found.values()}


def test_a_classifier_is_trained_once_for_what_stands(mapped: Where) -> None:
    workspace, project_id = mapped

    def newest() -> Any:
        return classifying.newest(workspace, project_id, "logistic")

    _, found = classify(mapped, ["my card is late"])
    first = newest()
    assert classifying.is_current(workspace, current(*mapped), first)
    topic = leaves(current(*mapped).taxonomy)[0]
    shaping.edit(workspace, project_id, Rename(1, topic.id, "Another name"), "ann")
    classify(mapped, ["my card is late"])
    assert newest() == first, "a name teaches nothing"
    assert classifying.is_stale(workspace, current(*mapped), found) is (
        topic.id in set(found.frame["topic_id"])
    )

    text = load_corpus(workspace, current(*mapped).project).texts[0]
    other = leaves(current(*mapped).taxonomy)[1]
    shaping.edit(workspace, project_id, Reassign(2, (text.id,), other.id), "ann")
    moved_there = classifying.is_current(workspace, current(*mapped), first)
    classify(mapped, ["my card is late"])
    assert (newest() == first) is moved_there
    assert classifying.is_current(workspace, current(*mapped), newest())


def test_the_figures_are_of_texts_that_it_did_not_learn_from(mapped: Where) -> None:
    workspace, project_id = mapped
    made = classifying.train(workspace, project_id, {"kind": "logistic"}, Listener())
    kept = classifying.newest(workspace, project_id, "logistic")
    assert kept is not None
    assert made == {"classifier": kept.id}

    trained = classifying.load(workspace, kept)

    quality = trained.quality
    assert quality is not None
    assert quality.accuracy.total == sum(topic.texts for topic in quality.topics)
    assert quality.accuracy.total - quality.accuracy.correct == sum(n for *_, n in quality.confused)
    assert trained.learned + quality.accuracy.total < 200
    assert quality.accuracy.share > 0.75
    assert sum(one.texts for one in quality.bins) == quality.accuracy.total
    assert f"{quality.accuracy.share:.1%}" in classifying.tell_quality(quality, trained.learned)


def test_an_encoder_is_asked_for_is_refused_once_stale_and_keeps_nothing_when_cancelled(
    mapped: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.project.classifying import training

    workspace, project_id = mapped
    with pytest.raises(TooFewError, match="Train it"):
        classify(mapped, ["my card is late"], "encoder")

    class Impatient(Listener):
        def report(self, fraction: float, message: str) -> None:
            super().report(fraction, message)
            if "step 2" in message:
                raise Cancelled

    with pytest.raises(Cancelled):
        classifying.train(workspace, project_id, {"kind": "encoder"}, Impatient())
    assert classifying.newest(workspace, project_id, "encoder") is None

    usual = training.EncoderSpec
    monkeypatch.setattr(training, "EncoderSpec", lambda seed: usual(epochs=1, seed=seed))
    listener = Listener()
    classifying.train(workspace, project_id, {"kind": "encoder"}, listener)
    assert len(listener.points) > 2
    assert [f for f, _ in listener.reports] == sorted(f for f, _ in listener.reports)
    kept = classifying.newest(workspace, project_id, "encoder")
    assert kept is not None
    assert kept.space != current(*mapped).map.space
    found = by_body(mapped, ["my new card has not arrived yet", *NOISE], "encoder")
    assert found["zebra"]["tc_assigned_by"] == "classifier (encoder)"

    topic = leaves(current(*mapped).taxonomy)[0]
    shaping.edit(workspace, project_id, SetArchived(1, topic.id, True), "ann")
    assert not classifying.is_current(workspace, current(*mapped), kept)
    with pytest.raises(StaleEditError, match="version 1"):
        classify(mapped, ["my card is late"], "encoder")


def test_rows_come_back_in_order_with_duplicates_and_empty_ones(mapped: Where) -> None:
    workspace, project_id = mapped
    source = "tc_path,text\r\na,my card is late\r\nb,\r\nc,=1+1 card\r\nd,my card is late\r\n"
    key = classifying.bring(workspace, "n.csv", source.encode())
    key = classifying.change_text(workspace, classifying.batch_of(workspace, key), "text")
    made = classifying.classify(
        workspace, project_id, {"batch": key, "kind": "nearest"}, Listener()
    )
    _, found = classifying.result_of(workspace, made["result"])
    batch = classifying.batch_of(workspace, key)

    written = classifying.csv_of(workspace, batch, found)

    rows = list(csv.DictReader(io.StringIO(written.decode("utf-8-sig"))))
    assert [row["tc_path"] for row in rows] == ["a", "b", "c", "d"]
    assert [row["tc2_row_id"] for row in rows] == ["1", "2", "3", "4"]
    assert rows[0]["tc2_runner_up"] == rows[3]["tc2_runner_up"] != ""
    assert rows[1]["tc2_assigned_by"] == rows[1]["tc2_fits"] == ""
    assert rows[2]["text"] == "'=1+1 card"
    exact = pd.read_parquet(io.BytesIO(classifying.parquet_of(workspace, batch, found)))
    assert exact["text"][2] == "=1+1 card"
    assert list(exact.columns) == list(rows[0])


def test_a_batch_of_strangers_is_told_and_one_of_kin_is_not(
    mapped: Where, new_texts: list[str]
) -> None:
    strange = list(pd.read_csv(DATA / "clinc150_test.csv", dtype=str)["text"][:40])
    _, kin = classify(mapped, new_texts)
    _, strangers = classify(mapped, strange)
    assert kin.drift is not None and strangers.drift is not None
    names = classifying.topic_names(current(*mapped).taxonomy)

    assert strangers.drift.stranger
    assert "does not know yet" in classifying.tell_drift(strangers.drift, names)[0]
    assert strangers.drift.unfit.share > kin.drift.unfit.share
    _, known = classify(mapped, [load_corpus(mapped[0], current(*mapped).project).texts[0].body])
    assert known.drift is None
    assert known.known == 1


def test_what_holds_no_text_is_refused(mapped: Where) -> None:
    workspace, _ = mapped
    for name, data in ((None, b"  \n"), ("a.csv", b""), ("b.csv", b"a,b\r\n1,2\r\n")):
        with pytest.raises(InputError):
            classifying.bring(workspace, name, data)
    key = classifying.bring(workspace, "c.csv", b"text,other\r\nmy card,\r\n")
    with pytest.raises(InputError, match="holds no text"):
        classifying.change_text(workspace, classifying.batch_of(workspace, key), "other")
    with pytest.raises(StorageError):
        classifying.batch_of(workspace, "../../etc/passwd")


def test_a_project_without_a_map_and_one_without_topics_say_what_comes_first(
    workspace: Workspace, bring: Bring, bank: pd.DataFrame, mapped: Where
) -> None:
    project = bring(workspace, bank.head(20))
    with pytest.raises(TooFewError, match="Map page"):
        classify((workspace, project.id), ["zebra"])

    version = 1
    for topic in leaves(current(*mapped).taxonomy):
        shaping.edit(mapped[0], mapped[1], SetArchived(version, topic.id, True), "ann")
        version += 1
    with pytest.raises(TooFewError, match="nothing to classify by"):
        classify(mapped, ["zebra"])


def test_the_same_batch_gives_the_same_result(mapped: Where, new_texts: list[str]) -> None:
    _, first = classify(mapped, new_texts + NOISE)
    _, again = classify(mapped, list(reversed(new_texts + NOISE)))

    pd.testing.assert_frame_equal(first.frame, again.frame)
    assert np.isfinite(first.frame["probability"].dropna()).all()
