"""The texts and the tree for Label Studio and for Argilla."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import quoteattr

from core.steps.export.bundle import Bundle
from core.steps.export.cells import utf8
from core.steps.export.scores import Fit
from core.steps.export.tree import outline

_MODEL = "Clade"


def label_studio_config(bundle: Bundle) -> bytes:
    """Return label_studio.xml: a labelling interface with the tree to choose from
    (Label Studio's documentation, "Taxonomy")."""
    lines = ["<View>", '  <Text name="text" value="$text"/>']
    lines.append('  <Taxonomy name="topic" toName="text" leafsOnly="true" showFullPath="true">')
    open_levels = 0
    for node in outline(bundle.taxonomy):
        while open_levels >= node.level:
            lines.append("  " * (open_levels + 1) + "</Choice>")
            open_levels -= 1
        close = "/>" if node.leaf else ">"
        lines.append(f"{'  ' * (node.level + 1)}<Choice value={_attribute(node.path[-1])}{close}")
        open_levels += not node.leaf
    lines += ["  " * (level + 1) + "</Choice>" for level in range(open_levels, 0, -1)]
    return utf8("\n".join([*lines, "  </Taxonomy>", "</View>"]) + "\n")


def label_studio_tasks(bundle: Bundle, scores: Fit) -> bytes:
    """Return label_studio.json: a task a text. Where a person put the text, that is an
    annotation; elsewhere a prediction with its score (task format of Label Studio)."""
    paths = {node.topic.id: list(node.path) for node in outline(bundle.taxonomy)}
    tasks = []
    for one in _placed(bundle, scores):
        task: dict[str, Any] = {"data": {"text": one.body, "text_id": one.id}}
        if one.topic:
            result = {
                "from_name": "topic",
                "to_name": "text",
                "type": "taxonomy",
                "value": {"taxonomy": [paths[one.topic]]},
            }
            if one.by_hand:
                task["annotations"] = [{"result": [result]}]
            else:
                prediction = {"model_version": _MODEL, "score": one.score, "result": [result]}
                task["predictions"] = [prediction]
        tasks.append(task)
    return _json(tasks)


def argilla(bundle: Bundle, scores: Fit) -> dict[str, bytes]:
    """Return the files of a folder that `argilla.Dataset.from_disk` reads (Argilla 2).

    One question with the topics as its labels; a record a text, its topic as a
    suggestion that says whether a person or Clade made it.
    """
    name = "".join(c if c.isalnum() and c.isascii() else "-" for c in bundle.project_name.lower())
    dataset = {"name": name.strip("-_") or "clade", "status": "draft"}
    return {
        "argilla/.argilla/dataset.json": _json(dataset),
        "argilla/.argilla/settings.json": _json(_settings(bundle)),
        "argilla/records.json": _json([_record(one) for one in _placed(bundle, scores)]),
    }


def _settings(bundle: Bundle) -> dict[str, Any]:
    leaves = [node for node in outline(bundle.taxonomy) if node.leaf]
    options = [
        {"value": node.topic.id, "text": " > ".join(node.path), "description": None}
        for node in leaves
    ]
    question = {
        "name": "topic",
        "title": "Which topic does the text belong to?",
        "required": True,
        "settings": {
            "type": "label_selection",
            "options": options,
            # Argilla shows three at least.
            "visible_options": min(20, max(3, len(options))),
        },
    }
    field = {
        "name": "text",
        "title": "Text",
        "required": True,
        "settings": {"type": "text", "use_markdown": False},
    }
    said = [f"{' > '.join(n.path)}: {n.topic.description}" for n in leaves if n.topic.description]
    return {
        "guidelines": "\n\n".join(said) or None,
        "questions": [question],
        "fields": [field],
        "vectors": [],
        "metadata": [],
        "allow_extra_metadata": True,
        "distribution": {"strategy": "overlap", "min_submitted": 1},
        "mapping": None,
    }


def _record(one: _Placed) -> dict[str, Any]:
    suggestion = {
        "value": one.topic,
        "score": None if one.by_hand else one.score,
        "agent": "a person" if one.by_hand else _MODEL,
    }
    return {
        "id": one.id,
        "status": "pending",
        "fields": {"text": one.body},
        "metadata": {},
        "suggestions": {"topic": suggestion} if one.topic else {},
        "responses": {},
        "vectors": {},
    }


@dataclass(frozen=True, slots=True)
class _Placed:
    """A text and its topic, "" where it has none; `score` in [0, 1]."""

    id: str
    body: str
    topic: str
    by_hand: bool
    score: float


def _placed(bundle: Bundle, scores: Fit) -> Iterator[_Placed]:
    body = {text.id: text.body for text in bundle.corpus.texts}
    found = bundle.assignment
    for text, topic, by, own in zip(
        found.text_ids, found.topics, found.by, scores.own.tolist(), strict=True
    ):
        if text in body:
            score = 0.0 if math.isnan(own) else round(min(1.0, max(0.0, own)), 6)
            yield _Placed(text, body[text], topic, by == "human", score)


def _attribute(label: str) -> str:
    """Quote a label for XML, without what XML cannot hold."""
    return quoteattr("".join(c if c.isprintable() else " " for c in utf8(label).decode()))


def _json(value: Any) -> bytes:
    return utf8(json.dumps(value, ensure_ascii=False, indent=1) + "\n")
