"""The answers in the zip: every kind of question, with the texts it is about."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from core.domain.ids import text_id
from core.domain.judgments import Judgment, Verdict
from core.domain.questions import Contradiction, Pair, Placement, Question, Triplet
from core.steps.export import members
from tests.steps.test_export import BODIES, bundle, rows_of

LOST, FORMULA, RAIN = (text_id(body) for body in BODIES[:3])
BODY = dict(zip((LOST, FORMULA, RAIN), BODIES[:3], strict=True))
GONE = "f" * 16
AT = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)


def exported(question: Question, verdict: Verdict) -> tuple[dict, dict[str, str]]:
    """Return the answer's object of judgments.jsonl and its line of judgments.csv."""
    made = members(bundle(judgments=(Judgment(question, verdict, "human", "me", 0.9, AT),)))
    (line,) = map(json.loads, made["judgments.jsonl"].decode().splitlines())
    header, row = rows_of(made["judgments.csv"])
    return line, dict(zip(header, row, strict=True))


def test_judgments_carry_ids_bodies_and_time() -> None:
    lost, formula, rain = (text_id(body) for body in BODIES[:3])
    at = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
    triplet = Triplet(rain, lost, formula)
    pair = Pair(lost, "f" * 16)
    made = members(
        bundle(
            judgments=(
                Judgment(triplet, Verdict.NEITHER, "human", "=cmd", 0.9, at),
                Judgment(pair, Verdict.SAME, "llm", "gpt", 0.5, at),
            )
        )
    )
    first, second = map(json.loads, made["judgments.jsonl"].decode().splitlines())
    assert first["question_id"] == triplet.id
    assert first["kind"] == "triplet"
    assert first["texts"]["anchor"] == {"id": rain, "body": "rain"}
    assert {side["body"] for side in first["texts"].values()} == {"rain", "=1+1", BODIES[0]}
    assert first["at"] == "2024-05-06T07:08:09+00:00"
    assert second["texts"]["right"] == {"id": "f" * 16, "body": None}
    assert "anchor" not in second["texts"]
    header, *rows = rows_of(made["judgments.csv"])
    table = [dict(zip(header, row, strict=True)) for row in rows]
    assert [row["verdict"] for row in table] == ["neither", "same"]
    assert table[0]["annotator"] == "'=cmd"
    assert table[0]["anchor"] == "rain"
    assert table[1]["anchor"] == table[1]["right"] == ""
    assert datetime.fromisoformat(table[1]["at"]) == at


@pytest.mark.parametrize("question", [Triplet(RAIN, LOST, FORMULA), Pair(LOST, RAIN)])
def test_sides_have_columns_of_their_own(question: Triplet | Pair) -> None:
    line, row = exported(question, Verdict.BOTH if isinstance(question, Triplet) else Verdict.SAME)

    sides = [side for side in ("anchor", "left", "right") if hasattr(question, side)]
    assert list(line["texts"]) == sides
    for side in sides:
        text = getattr(question, side)
        assert line["texts"][side] == {"id": text, "body": BODY[text]}
        assert row[f"{side}_id"] == text
        assert row[side].removeprefix("'") == BODY[text]
    assert row["texts"] == ""


def test_a_placement_has_its_text_its_bunch_and_its_groups_in_their_order() -> None:
    question = Placement(RAIN, (LOST,), ((GONE,), (FORMULA,)))

    line, row = exported(question, Verdict.GROUP_2)

    told = {text: {"id": text, "body": BODY.get(text)} for text in (*BODY, GONE)}
    assert (line["kind"], line["verdict"]) == ("placement", "group 2")
    assert line["texts"] == {
        "text": told[RAIN],
        "bunch": [told[LOST]],
        "candidates": [[told[text] for text in group] for group in question.candidates],
    }
    assert json.loads(row["texts"]) == line["texts"]
    assert (row["kind"], row["verdict"], row["anchor_id"], row["left"]) == (
        *("placement", "group 2"),
        *("", ""),
    )


def test_a_contradiction_has_its_three_texts_by_name() -> None:
    question = Contradiction(RAIN, FORMULA, GONE)

    line, row = exported(question, Verdict.FIRST_THIRD)

    assert {role: part["id"] for role, part in line["texts"].items()} == {
        "first": question.first,
        "second": question.second,
        "third": question.third,
    }
    assert {part["body"] for part in line["texts"].values()} == {"rain", "=1+1", None}
    assert json.loads(row["texts"]) == line["texts"]
    assert (row["kind"], row["verdict"]) == ("contradiction", "first and third")


def test_no_cell_of_an_answer_is_a_formula() -> None:
    for question, verdict in (
        (Placement(FORMULA, (), ((RAIN,),)), Verdict.NEW),
        (Contradiction(FORMULA, RAIN, LOST), Verdict.NONE),
        (Triplet(FORMULA, RAIN, LOST), Verdict.NEITHER),
    ):
        _, row = exported(question, verdict)
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row.values())
