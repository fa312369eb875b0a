"""Checks that help, and the parts of the score: each found where it is, and only there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from core.domain.checking import Finding, FindingKind
from core.domain.judgments import Constraints, Link
from core.domain.spaces import Embedding
from core.domain.taxonomy import Assignment, Taxonomy, Topic
from core.steps.taxonomy import findings, middles, score

NOTHING = Constraints()


def made(
    topics: tuple[Topic, ...], held: Mapping[str, list[tuple[float, float]]]
) -> tuple[Taxonomy, Assignment, Embedding]:
    """Return a taxonomy whose topics hold texts in given directions (degrees, spread)."""
    ids, places, vectors = [], [], []
    for topic, directions in held.items():
        for number, (angle, tilt) in enumerate(directions):
            ids.append(f"{topic}-{number}")
            places.append(topic)
            turn, lean = np.radians([angle, tilt])
            vectors.append((np.cos(turn) * np.cos(lean), np.sin(turn) * np.cos(lean), np.sin(lean)))
    order = np.argsort(ids)
    by = ("cluster",) * len(ids)
    ids_, places_ = tuple(ids[i] for i in order), tuple(places[i] for i in order)
    embedding = Embedding("s", ids_, np.array(vectors, dtype=np.float32)[order])
    return Taxonomy(1, "m", topics), Assignment(ids_, places_, by), embedding


def found(
    work: tuple[Taxonomy, Assignment, Embedding],
    kind: FindingKind,
    settled: Constraints = NOTHING,
) -> list[Finding]:
    taxonomy, assignment, embedding = work
    held = middles(taxonomy, assignment, embedding)
    return [one for one in findings(taxonomy, assignment, held, settled) if one.kind == kind]


def tight(angle: float, count: int = 3) -> list[tuple[float, float]]:
    return [(angle + step, 0.0) for step in range(count)]


PAIR = (Topic("p", "Cards"), Topic("a", "Lost", "p"), Topic("b", "Late", "p"), Topic("c", "Fees"))


def test_a_parent_of_one_is_found() -> None:
    alone = (*PAIR[:2], Topic("c", "Fees"))
    (one,) = found(made(alone, {"a": tight(0), "c": tight(90)}), "single child")
    assert one.topics == ("p", "a")
    assert "'Cards' has only 'Lost'" in one.why
    work = made(PAIR, {"a": tight(0), "b": tight(60), "c": tight(120)})
    assert found(work, "single child") == []
    # What is archived counts as gone.
    gone = tuple(replace(topic, archived=topic.id == "b") for topic in PAIR)
    assert len(found((replace(work[0], topics=gone), *work[1:]), "single child")) == 1


def test_siblings_that_lie_close_come_with_a_question_between_their_medoids() -> None:
    work = made(PAIR, {"a": tight(0), "b": tight(10), "c": tight(14)})
    (one,) = found(work, "near siblings")
    # 'Fees' is as near to 'Late', but no sibling of it.
    assert one.topics == ("a", "b")
    assert one.ask == ("a-1", "b-1")
    assert found(made(PAIR, {"a": tight(0), "b": tight(40), "c": tight(90)}), "near siblings") == []


def test_a_child_wider_than_its_parent_is_found() -> None:
    wide = [(0.0, 0.0), (60.0, 0.0), (30.0, 50.0)]
    work = made(PAIR, {"a": wide, "b": tight(30, 40), "c": tight(120)})
    (one,) = found(work, "narrow parent")
    assert one.topics == ("p", "a")
    assert "'Lost' is wider than 'Cards'" in one.why


@pytest.mark.parametrize(
    ("label", "count", "says"), [("Other things", 2, True), ("Fees", 2, False)]
)
def test_an_other_that_holds_much_is_found_sooner(label: str, count: int, says: bool) -> None:
    topics = (Topic("x", label), *(Topic(f"t{i}", f"Topic {i}") for i in range(8)))
    held = {"x": tight(0, count)} | {f"t{i}": tight(20.0 + 20 * i, 1) for i in range(8)}
    assert bool(found(made(topics, held), "oversized")) is says
    held["x"] = tight(0, 30)
    assert [one.topics for one in found(made(topics, held), "oversized")] == [("x",)]


def test_a_topic_whose_texts_have_little_in_common_is_found() -> None:
    topics = tuple(Topic(f"t{i}", f"Topic {i}") for i in range(9))
    held = {f"t{i}": [(40.0 * i, 0.0), (40.0 * i + 4 + i / 10, 0.0)] for i in range(9)}
    assert found(made(topics, held), "low cohesion") == []
    held["t4"] = [(160.0, -60.0), (160.0, 60.0), (190.0, 0.0)]
    assert [one.topics for one in found(made(topics, held), "low cohesion")] == [("t4",)]


def test_answers_that_a_definition_or_a_border_contradicts_are_found() -> None:
    described = (*PAIR[:3], replace(PAIR[3], description="What is paid."))
    work = made(described, {"a": tight(0), "b": tight(60), "c": tight(120)})
    settled = Constraints(
        must_links=(Link("a-0", "b-0", 1.0), Link("a-0", "a-1", 1.0)),
        cannot_links=(Link("c-0", "c-1", 1.0), Link("c-0", "c-2", 1.0), Link("a-0", "c-0", 1.0)),
    )
    apart, joined = found(work, "against answers", settled)
    assert apart.topics == ("c",)
    assert apart.why == "The definition of 'Fees' covers texts that 2 answers set apart."
    assert apart.ask == ("c-0", "c-1")
    assert joined.topics == ("a", "b")
    assert joined.why == "One answer put texts of 'Lost' and 'Late' together."


def test_every_part_of_the_score_is_what_it_says() -> None:
    topics = (replace(PAIR[0]), replace(PAIR[1], reviewed=True), *PAIR[2:])
    taxonomy, assignment, embedding = made(
        topics, {"a": [*tight(0), (61.0, 0.0)], "b": tight(60), "c": tight(120)}
    )
    loose = tuple("" if text == "c-2" else topic for text, topic in _pairs(assignment))
    assignment = replace(assignment, topics=loose)
    settled = Constraints(
        must_links=(Link("a-0", "a-1", 1.0), Link("a-0", "b-0", 1.0)),
        cannot_links=(Link("a-0", "c-0", 1.0), Link("a-0", "c-2", 1.0)),
    )
    held = middles(taxonomy, assignment, embedding)
    made_of = findings(taxonomy, assignment, held, settled)
    total = score(taxonomy, assignment, embedding, held, settled, made_of)
    parts = {part.name: part.value for part in total.parts}
    assert parts["Coverage"] == pytest.approx(9 / 10)
    assert parts["Separation"] == pytest.approx(8 / 9)  # a-3 lies in the middle of b
    assert parts["Agreement"] == pytest.approx(2 / 3)  # nobody can say of an unassigned text
    assert parts["Review"] == pytest.approx(1 / 3)
    troubled = {topic for one in made_of if one.kind == "narrow parent" for topic in one.topics}
    assert parts["Shape"] == pytest.approx(1 - len(troubled) / 4)
    assert total.value == pytest.approx(np.mean([v for v in parts.values() if v is not None]))


def test_an_empty_taxonomy_scores_what_can_be_said() -> None:
    taxonomy, assignment, embedding = made((), {})
    total = score(taxonomy, assignment, embedding, {}, NOTHING, ())
    assert [part.value for part in total.parts] == [0.0, None, None, None, None]


def _pairs(assignment: Assignment) -> list[tuple[str, str]]:
    return list(zip(assignment.text_ids, assignment.topics, strict=True))
