"""The judgments, with the texts that they are about."""

from __future__ import annotations

import json

from core.domain.judgments import Judgment
from core.domain.questions import Triplet
from core.steps.export.bundle import Bundle
from core.steps.export.cells import csv_bytes, utf8

_COLUMNS = (
    *("question_id", "kind", "anchor_id", "left_id", "right_id", "anchor", "left", "right"),
    *("verdict", "source", "annotator", "confidence", "at"),
)


def _sides(judgment: Judgment) -> tuple[str, str, str]:
    """Return the ids of anchor, left and right; a pair has no anchor."""
    question = judgment.question
    anchor = question.anchor if isinstance(question, Triplet) else ""
    return anchor, question.left, question.right


def as_csv(bundle: Bundle) -> bytes:
    """Return judgments.csv: a line an answer, in the order given.

    A body is empty where the question has no such side or its text is no
    longer in the table. `at` is ISO 8601 in UTC.
    """
    body = {text.id: text.body for text in bundle.corpus.texts}
    return csv_bytes(
        _COLUMNS,
        (
            (
                judgment.question.id,
                type(judgment.question).__name__.lower(),
                *_sides(judgment),
                *(body.get(text, "") for text in _sides(judgment)),
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
    """Return judgments.jsonl: an object an answer, `texts` holding the sides by
    name with `id` and `body` (null where the text is no longer in the table)."""
    body = {text.id: text.body for text in bundle.corpus.texts}
    lines = (
        {
            "question_id": judgment.question.id,
            "kind": type(judgment.question).__name__.lower(),
            "texts": {
                side: {"id": text, "body": body.get(text)}
                for side, text in zip(("anchor", "left", "right"), _sides(judgment), strict=True)
                if text
            },
            "verdict": judgment.verdict.value,
            "source": judgment.source,
            "annotator": judgment.annotator,
            "confidence": judgment.confidence,
            "at": judgment.at.isoformat(),
        }
        for judgment in bundle.judgments
    )
    return utf8("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
