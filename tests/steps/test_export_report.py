"""The report of many texts: small enough to be sent, and nothing in it is fetched."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.domain.spaces import Layout
from core.domain.taxonomy import Topic
from core.steps.export import Bundle
from core.steps.export.picture import WIDTH, picture
from core.steps.export.report import as_html
from tests.steps.test_export import bundle

CLINC = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "clinc150_all.csv"


def many() -> Bundle:
    """CLINC150's 22,500 texts under its intents and domains, on a made-up map."""
    frame = pd.read_csv(CLINC, dtype=str, keep_default_na=False)
    intents = {name: f"i{place}" for place, name in enumerate(sorted(set(frame["label"])))}
    domain_of = dict(zip(frame["label"], frame["domain"], strict=True))
    topics: list[Topic] = []
    for place, domain in enumerate(sorted(set(domain_of.values()))):
        topics.append(Topic(f"d{place}", domain))
        topics += [
            Topic(intents[name], name, f"d{place}", (int(intents[name][1:]),), (name,), "y" * 300)
            for name in intents
            if domain_of[name] == domain
        ]
    intent_of = dict(zip(frame["text"], frame["label"], strict=True))
    texts = frame.assign(id=range(len(frame)))[["id", "text"]]
    placed = {body: intents[intent] for body, intent in intent_of.items()}
    made = bundle(texts.astype(str), ("id", "text"), tuple(topics), placed)
    rng = np.random.default_rng(0)
    xy = rng.normal(size=(len(made.layout.text_ids), 2)).astype(np.float32)
    examples: dict[str, list[str]] = {}
    for text, topic in zip(made.assignment.text_ids, made.assignment.topics, strict=True):
        examples.setdefault(topic, []).append(text)
    return replace(
        made,
        layout=Layout("s", made.layout.text_ids, xy, xy),
        examples={topic: tuple(ids[:3]) for topic, ids in examples.items()},
    )


@pytest.fixture(scope="module")
def report() -> bytes:
    return as_html(many())


def test_the_report_of_22_500_texts_is_under_5_megabytes(report: bytes) -> None:
    assert report.count(b"h0") > 22_000  # a dot a text
    assert len(report) < 5_000_000


def test_the_report_fetches_nothing(report: bytes) -> None:
    assert b"default-src 'none'" in report
    assert not re.findall(rb"(?:src|href|url|@import)\s*[=(]\s*[\"']?(?!#)[a-z]", report)
    assert b"<script" not in report


def test_a_name_at_the_side_of_the_map_stays_inside_the_picture() -> None:
    made = many()
    xy = made.layout.xy.copy()
    xy[:, 0] *= 3  # wide: the sides of the map are those of the picture
    names = [domain.id for domain in made.taxonomy.topics if domain.parent is None]
    parent = {topic.id: topic.parent for topic in made.taxonomy.topics}
    roots = np.array([parent.get(topic) for topic in made.assignment.topics])
    xy[roots == names[0], 0], xy[roots == names[1], 0] = xy[:, 0].min(), xy[:, 0].max()
    drawn = picture(replace(made, layout=Layout("s", made.layout.text_ids, xy, xy)), 10)
    room = [(min(len(group.label), 32) * 8, group.x) for group in drawn.groups]
    assert all(half <= x <= WIDTH - half for half, x in room)
    assert {0, WIDTH} <= {x - half for half, x in room} | {x + half for half, x in room}
