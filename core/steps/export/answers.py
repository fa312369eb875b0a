"""The judgments, with the texts that they are about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from core.domain.judgments import Judgment
from core.domain.questions import Pair, Question, Triplet
from core.steps.export.bundle import Bundle
from core.steps.export.cells import csv_bytes, utf8

_COLUMNS = (
    *("question_id", "kind", "anchor_id", "left_id", "right_id", "anchor", "left", "right"),
    *("texts", "verdict", "source", "annotator", "confidence", "at"),
)


def as_csv(bundle: Bundle) -> bytes:
    """Return judgments.csv: a line an answer, in the order given.

    Triplets and pairs have their texts in the columns of the sides; a body is
    empty where the question has no such side or its text is no longer in the
    table. Placements and contradictions have theirs in `texts`, as the JSON
    that judgments.jsonl holds. `at` is ISO 8601 in UTC.
    """
    body = {text.id: text.body for text in bundle.corpus.texts}
    return csv_bytes(
        _COLUMNS,
        (
            (
                judgment.question.id,
                _kind(judgment.question),
                *_sides(judgment.question),
                *(body.get(text, "") for text in _sides(judgment.question)),
                _in_one_cell(judgment.question, body),
                judgment.verdict.value,
                judgment.source,
                judgment.annotator,
                judgment.confidence,
                judgment.at.isoformat(),
            )
            for judgment in bundle.judgments
        ),
    )


def as_jsonl(bundle: Bundle) -> bytes:
    """Return judgments.jsonl: an object an answer, `texts` holding its texts by
    role, each with `id` and `body` (null where it is no longer in the table).

    The roles are anchor, left, right · left, right · text, bunch, candidates ·
    first, second, third. A placement's `group 2` is the second of its candidates.
    """
    body = {text.id: text.body for text in bundle.corpus.texts}
    lines = (_line(judgment, body) for judgment in bundle.judgments)
    return utf8("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))


def _line(judgment: Judgment, body: Mapping[str, str]) -> dict[str, Any]:
    return {
        "question_id": judgment.question.id,
        "kind": _kind(judgment.question),
        "texts": _told(asdict(judgment.question), body),
        "verdict": judgment.verdict.value,
        "source": judgment.source,
        "annotator": judgment.annotator,
        "confidence": judgment.confidence,
        "at": judgment.at.isoformat(),
    }


def _kind(question: Question) -> str:
    return type(question).__name__.lower()


def _sides(question: Question) -> tuple[str, str, str]:
    """Return the ids of anchor, left and right, "" where there is no such side."""
    if isinstance(question, Triplet):
        return question.anchor, question.left, question.right
    if isinstance(question, Pair):
        return "", question.left, question.right
    return "", "", ""


def _in_one_cell(question: Question, body: Mapping[str, str]) -> str:
    if isinstance(question, Triplet | Pair):
        return ""
    return json.dumps(_told(asdict(question), body), ensure_ascii=False)


def _told(part: Any, body: Mapping[str, str]) -> Any:
    """Return `part` of a question with every text id as an object of id and body."""
    if isinstance(part, str):
        return {"id": part, "body": body.get(part)}
    if isinstance(part, dict):
        return {role: _told(inner, body) for role, inner in part.items()}
    return [_told(inner, body) for inner in part]
