"""Answers of a simulated judge, the spaces that they teach, and the groups in these."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from benchmarks import quality
from benchmarks.quality import Data, Plan, first_map, ground_of, judge_of
from core.adapters.encoders import fine_tune, load_bundled
from core.domain.clusterings import Centroids, Clustering
from core.domain.groupings import Ground, Grouping
from core.domain.judgments import Judgment
from core.domain.questions import Placement
from core.domain.spaces import Embedding, Floats
from core.domain.training import TrainingExamples
from core.project.clusterllm import BUNDLED
from core.project.grouping import weigh
from core.project.settled import settle
from core.steps.metrics import accuracy
from core.steps.training import adapted, examples, fit_adapter, spec_for, taught_groups

Encode = Callable[[Data], Floats]
"""From texts to their vectors in a space."""

WAYS = ("none", "adapter", "whole", "clusterllm")
"""No retraining, the quick adapter, the whole encoder, and the reference recipe's training
(its loss, rate and epochs) on what the same answers say."""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A round of questions on one map: what it stood on, the answers, and their groups."""

    data: Data
    seed: int
    ground: Ground
    prior: Clustering
    judgments: tuple[Judgment, ...]
    grouping: Grouping

    @property
    def asked(self) -> frozenset[str]:
        return frozenset(
            one.question.text for one in self.judgments if isinstance(one.question, Placement)
        )

    def unasked_accuracy(self, grouping: Grouping) -> float:
        """Return the accuracy (0 to 100) on texts that no question was about."""
        touched = self.asked
        rows = [i for i, text in enumerate(self.data.embedding.text_ids) if text not in touched]
        labels = grouping.clustering.labels[rows].tolist()
        return 100 * accuracy(labels, [self.data.gold[row] for row in rows])


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """A space that answers taught: its vectors of the same texts, how it embeds others, and
    the seconds that learning and embedding took."""

    embedding: Embedding
    encode: Encode
    seconds: float


def ask(
    data: Data,
    embedding: Embedding,
    prior: Clustering,
    plan: Plan,
    seed: int,
    earlier: Sequence[Judgment] = (),
    on_batch: Callable[[int, Grouping], None] = lambda asked, grouping: None,
) -> Asked:
    """Ask `plan.questions` more in a space; `on_batch(asked, grouping)` follows each batch."""
    ground = ground_of(embedding, prior)
    judge = judge_of(data, plan, seed + 7 * len(earlier), "llm")
    said = list(earlier)
    grouping = weigh(ground, prior, said)
    for after in quality.ask(ground, prior, grouping, judge, plan.questions, said):
        grouping = after
        on_batch(len(said) - len(earlier), grouping)
    return Asked(data, seed, ground, prior, tuple(said), grouping)


@cache
def first_round(data: Data, plan: Plan, seed: int) -> Asked:
    return ask(data, data.embedding, first_map(data, seed), plan, seed)


def learn(asked: Asked, way: str) -> Learned:
    """Return the space that the answers teach in one of `WAYS`."""
    data, started = asked.data, time.monotonic()
    if way == "none":
        return Learned(data.embedding, lambda new: new.embedding.vectors, 0.0)
    if way == "adapter":
        adapter = fit_adapter(data.embedding, asked.grouping, seed=asked.seed)
        found = adapted(data.embedding, adapter.matrix, "adapted")
        spent = time.monotonic() - started
        return Learned(
            found, lambda new: adapted(new.embedding, adapter.matrix, "new").vectors, spent
        )
    bodies = {text.id: text.body for text in data.texts}
    constraints = settle(asked.judgments, frozenset(bodies))
    if way == "whole":
        groups = taught_groups(data.embedding, asked.grouping, bodies)
        material = examples(constraints, bodies, groups)
        spec = spec_for(material)
    else:
        material, spec = replace(examples(constraints, bodies), pairs=(), pair_weights=()), BUNDLED
    tuned = fine_tune(load_bundled(), material, replace(spec, seed=asked.seed), lambda *_: None)

    def encode(new: Data) -> Floats:
        return tuned.encode([text.body for text in new.texts])

    found = Embedding(tuned.space.id, data.embedding.text_ids, encode(data))
    return Learned(found, encode, time.monotonic() - started)


def by_groups(
    data: Data, judgments: Sequence[Judgment], seed: int
) -> tuple[TrainingExamples, TrainingExamples]:
    """Return what the groups teach that answers speak for, and, for control, what the same
    texts teach by the groups of the map that knows no answer."""
    bodies = {text.id: text.body for text in data.texts}
    prior = first_map(data, seed)
    grouping = weigh(ground_of(data.embedding, prior), prior, judgments)
    silent = replace(
        grouping,
        clustering=prior,
        groups=prior.labels[grouping.anchors],
        certainty=np.ones_like(grouping.certainty),
    )
    answered, control = (
        TrainingExamples((), (), groups=taught_groups(data.embedding, one, bodies))
        for one in (grouping, silent)
    )
    return answered, control


def judged(asked: Asked, learned: Learned, prior: Clustering) -> Grouping:
    """Return the groups that the same answers speak for in a learned space."""
    return weigh(ground_of(learned.embedding, prior), prior, asked.judgments)


def nearest_group(embedding: Embedding, grouping: Grouping, vectors: Floats) -> list[int]:
    """Return the group whose centroid is nearest to each of `vectors`."""
    groups = Centroids.of(embedding.vectors, grouping.clustering.labels)
    found: list[int] = groups.ids[(vectors @ groups.vectors.T).argmax(axis=1)].tolist()
    return found
