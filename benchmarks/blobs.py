"""A large project on disk in seconds: made-up texts, with vectors, places and clusters given."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from core.domain.clusterings import UNASSIGNED, Clustering, ClusterSpec
from core.domain.settings import Settings
from core.domain.spaces import Embedding, Layout
from core.project.arrays import keep_embedding, keep_layout
from core.project.drawing import drawn_from
from core.project.embedders import take
from core.project.intake import create_project, guess, load_corpus, read_upload
from core.project.mapping import adopt
from core.project.workspace import open_workspace
from tests.browser.project import Silent

GROUPS = 60
LOOSE = 0.05  # share of texts in no cluster
_SPACE = 16  # dimensions of the vectors

_WHAT = (
    *("card", "transfer", "refund", "balance", "fee", "limit"),
    *("rate", "loan", "account", "payment", "statement", "cheque"),
)
_HOW = (
    *("late", "wrong", "missing", "blocked", "double"),
    *("foreign", "frozen", "new", "lost", "hidden"),
)


def blobs(home: Path, count: int, seed: int = 0) -> str:
    """Make a project of `count` short texts and its map under `home`; return its id.

    The map is GROUPS Gaussian blobs of unequal widths on a plane. Nothing is embedded, laid
    out or clustered; the rest goes the way of any project.
    """
    chance = np.random.default_rng(seed)
    workspace = open_workspace(Settings(home=home))
    words = chance.integers(10_000, size=(count, 2)).tolist()
    kinds = chance.integers(GROUPS, size=count).tolist()
    bodies = [
        f"my {_HOW[kind % 10]} {_WHAT[kind // 5]} says {a} and not {b}, case {number}"
        for number, (kind, (a, b)) in enumerate(zip(kinds, words, strict=True))
    ]
    data = pd.DataFrame({"text": bodies}).to_csv(index=False).encode()
    table = read_upload(workspace, "blobs.csv", data)
    project = create_project(workspace, table, guess(table), name=f"{count:,} texts", data=data)
    corpus = load_corpus(workspace, project)
    kind_of = dict(zip(bodies, kinds, strict=True))
    labels = np.array([kind_of[text.body] for text in corpus.texts], dtype=np.int32)
    xy = _places(labels, chance)
    labels = np.where(chance.random(count) < LOOSE, UNASSIGNED, labels).astype(np.int32)
    ids = tuple(text.id for text in corpus.texts)
    directions = chance.normal(size=(GROUPS, _SPACE))
    vectors = directions[labels] + 0.5 * chance.normal(size=(count, _SPACE))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    embedding = Embedding("", ids, vectors.astype(np.float32))
    key = keep_embedding(workspace, embedding)
    choice = {"kind": "vectors", "name": "blobs", "key": key}
    space = take(workspace, project, choice, Silent()).id
    strength = chance.beta(5, 2, size=count).astype(np.float32)
    layout_key = keep_layout(workspace, Layout(space, ids, xy, xy))
    clustering = Clustering(space, ids, labels, strength, ClusterSpec("kmeans", k=GROUPS))
    # What questions stand on is not laid: the map's own figures need none of it.
    drawn = drawn_from(
        workspace,
        project,
        replace(embedding, space=space),
        clustering,
        (key, layout_key),
        None,
        ground_key="",
    )
    drawn = replace(drawn, map=replace(drawn.map, ground_key=None))
    adopt(workspace, project, corpus, drawn, "Made up a map")
    return project.id


def _places(kinds: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Return places float32 (n, 2): a blob for each of `kinds` (n,)."""
    centres = chance.uniform(-10, 10, size=(GROUPS, 2))
    widths = chance.uniform(0.2, 0.8, size=(GROUPS, 1))
    return (centres[kinds] + widths[kinds] * chance.normal(size=(len(kinds), 2))).astype(np.float32)
