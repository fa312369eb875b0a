"""The tree as a table, as JSON and as a dotted outline."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

from core.domain.taxonomy import Taxonomy
from core.steps.export.bundle import Bundle
from core.steps.export.cells import csv_bytes, utf8
from core.steps.export.tree import Node, outline

_COLUMNS = (
    *("topic_id", "label", "parent_id", "level", "path", "leaf", "description", "keywords"),
    *("clusters", "texts", "rows", "named_by", "locked", "reviewed", "archived"),
)
_MARKDOWN = re.compile(r"([\\`*_\[\]<>&])")


def topic_sizes(bundle: Bundle) -> tuple[Counter[str], Counter[str]]:
    """Return distinct texts and table rows by topic id, those of topics below included."""
    topic_of = dict(zip(bundle.assignment.text_ids, bundle.assignment.topics, strict=True))
    texts = Counter(topic_of[text.id] for text in bundle.corpus.texts)
    rows = Counter(topic_of[text] for text in bundle.corpus.row_text_ids if text)
    for node in reversed(outline(bundle.taxonomy)):
        if node.topic.parent is not None:
            texts[node.topic.parent] += texts[node.topic.id]
            rows[node.topic.parent] += rows[node.topic.id]
    return texts, rows


def as_csv(bundle: Bundle) -> bytes:
    """Return taxonomy.csv: a line a topic, parents before children; `texts` and
    `rows` count what is in the topic and below it."""
    texts, rows = topic_sizes(bundle)
    return csv_bytes(
        _COLUMNS,
        (
            (
                node.topic.id,
                node.topic.label,
                node.topic.parent or "",
                node.level,
                " > ".join(node.path),
                node.leaf,
                node.topic.description,
                ", ".join(node.topic.keywords),
                " ".join(map(str, node.topic.clusters)),
                texts[node.topic.id],
                rows[node.topic.id],
                node.topic.named_by,
                node.topic.locked,
                node.topic.reviewed,
                node.topic.archived,
            )
            for node in outline(bundle.taxonomy, archived=True)
        ),
    )


def as_json(bundle: Bundle) -> bytes:
    """Return taxonomy.json: the version, and the roots with their `children` inside."""
    texts, rows = topic_sizes(bundle)
    made: dict[str | None, dict[str, Any]] = {None: {"children": []}}
    for node in outline(bundle.taxonomy, archived=True):
        topic = node.topic
        made[topic.id] = {
            "id": topic.id,
            "label": topic.label,
            "description": topic.description,
            "keywords": list(topic.keywords),
            "clusters": list(topic.clusters),
            "texts": texts[topic.id],
            "rows": rows[topic.id],
            "named_by": topic.named_by,
            "quotes": list(topic.basis.quotes) if topic.basis else [],
            "locked": topic.locked,
            "reviewed": topic.reviewed,
            "archived": topic.archived,
            "children": [],
        }
        made[topic.parent]["children"].append(made[topic.id])
    tree = {
        "version": bundle.taxonomy.version,
        "map_id": bundle.taxonomy.map_id,
        "topics": made[None]["children"],
    }
    return utf8(json.dumps(tree, ensure_ascii=False, indent=2) + "\n")


def as_markdown(taxonomy: Taxonomy) -> bytes:
    """Return taxonomy.md: a line a topic, as many dots as its level, ". main",
    ".. sub", "... topic: definition".

    Labels are data: line breaks become spaces and what Markdown would act on
    (links, images, HTML) is escaped. Two spaces end each line, so that a viewer
    keeps the lines apart.
    """
    return utf8("".join(_line(node) for node in outline(taxonomy)))


def _line(node: Node) -> str:
    definition = f": {_plain(node.topic.description)}" if node.topic.description.strip() else ""
    return f"{'.' * node.level} {_plain(node.topic.label)}{definition}  \n"


def _plain(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))
