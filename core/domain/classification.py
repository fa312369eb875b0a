"""What puts a new text into the tree, how good it is, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.domain.spaces import Floats, Ints
from core.domain.training import Score

ClassifierKind = Literal["nearest", "logistic", "encoder"]


@dataclass(frozen=True, slots=True)
class EncoderSpec:
    """Settings of an encoder's fine-tune with cross-entropy.

    `learning_rate` is AdamW's peak for the encoder, `head_rate` for the last layer.
    Training ends early once `patience` epochs bring nothing.
    """

    epochs: int = 6
    batch_size: int = 32
    learning_rate: float = 1.5e-4
    head_rate: float = 1e-2
    patience: int = 2
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Head:
    """A linear last layer: logits = vectors · weightsᵀ + bias.

    `weights` float32 (k, d), `bias` float32 (k,).
    """

    weights: Floats
    bias: Floats


@dataclass(frozen=True, slots=True)
class Members:
    """Known texts that stand for the topics they are in.

    `vectors` float32 (m, d), unit rows, grouped by topic; `owners` int32 (m,),
    ascending: the topic's place among the classifier's topics.
    """

    vectors: Floats
    owners: Ints


@dataclass(frozen=True, slots=True)
class FitRule:
    """When a text belongs to the topic that was found for it.

    The chance is sigmoid(bias + by_probability · log p + by_nearness · nearness), of
    the topic's probability and the text's nearness to its members. A text below
    `threshold` does not fit. `kept` held-out texts stayed at that threshold; `caught`
    did not, once their own topic was taken away.
    """

    by_probability: float
    by_nearness: float
    bias: float
    threshold: float
    kept: Score
    caught: Score


@dataclass(frozen=True, slots=True)
class Classifier:
    """Everything that a text's topic is read off.

    `topics` are topic ids, sorted; a head is None where nearness to the members
    alone decides. `temperature` divides the logits, so that probabilities are
    what they say.
    """

    kind: ClassifierKind
    topics: tuple[str, ...]
    head: Head | None
    members: Members
    temperature: float
    rule: FitRule


@dataclass(frozen=True, slots=True)
class Placings:
    """Where texts (n) belong, by places among the classifier's topics.

    `best`, `second` int32 (n,), the latter −1 where there is one topic; `probability`
    and `runner_up` float32 (n,) their probabilities; `fit` float32 (n,) the chance
    that the text belongs to the best at all; `nearness` float32 (n,) its mean cosine to
    the three nearest members of the best.
    """

    best: Ints
    second: Ints
    probability: Floats
    runner_up: Floats
    fit: Floats
    nearness: Floats


@dataclass(frozen=True, slots=True)
class Averages:
    """Precision, recall and F1 over topics, each in [0, 1]."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class TopicQuality:
    """How one topic does on `texts` held-out texts of it."""

    topic: str
    precision: float
    recall: float
    f1: float
    texts: int


@dataclass(frozen=True, slots=True)
class Bin:
    """Held-out texts of about one probability: its mean, and the share that was right."""

    probability: float
    right: float
    texts: int


@dataclass(frozen=True, slots=True)
class Quality:
    """How a classifier does on texts that it has not seen.

    `macro` counts each topic once, `weighted` each text. `confused` holds (topic,
    taken for, texts), the most frequent first. `error` is the expected calibration
    error of the probabilities, `bins` what it was read off.
    """

    accuracy: Score
    macro: Averages
    weighted: Averages
    topics: tuple[TopicQuality, ...]
    confused: tuple[tuple[str, str, int], ...]
    error: float
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """A classifier that was trained and kept: the line in the store.

    `version` is the taxonomy version that it was trained on, `lesson` the id of what
    it learned (each text's topic in a space): equal lessons, the same classifier.
    `space` is where the head's vectors live, `folder_key` the folder of the rest.
    """

    id: str
    project: str
    kind: ClassifierKind
    version: int
    lesson: str
    space: str
    folder_key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TopicDrift:
    """A topic's share of the known texts, and of a batch with its 95% interval."""

    topic: str
    known: float
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Drift:
    """How a batch of new texts differs from the known ones.

    `unfit` counts the texts that do not fit; `expected` is the share that would not
    if the batch were like the known texts. `distance` in [0, 1] is the Jensen–Shannon
    distance between the topics' shares, `by_chance` what it would stay below 19
    times of 20 for a batch of this size drawn from the known texts. `moved` holds
    topics whose share changed beyond chance, the largest change first.
    """

    unfit: Score
    expected: float
    distance: float
    by_chance: float
    moved: tuple[TopicDrift, ...]

    @property
    def stranger(self) -> bool:
        """Whether more texts than expected do not fit, beyond chance."""
        return self.unfit.low > self.expected

    @property
    def shifted(self) -> bool:
        """Whether the topics' shares differ beyond chance."""
        return self.distance > self.by_chance
