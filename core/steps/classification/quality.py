"""How good a classifier is on texts that it has not seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.domain.classification import Averages, Bin, Quality, TopicQuality
from core.domain.errors import TooFewError
from core.domain.spaces import Floats, Ints
from core.domain.training import Score

_BINS = 10


def quality(topics: Sequence[str], found: Ints, gold: Ints, probability: Floats) -> Quality:
    """Return the figures of `found` against `gold`, int32 (n,), places among `topics`.

    Precision, recall and F1 count 0 where they are undefined (nothing found of a
    topic); topics without a held-out text are left out of the averages.
    `probability` float32 (n,) is what the classifier said of its choice; its expected
    calibration error is over ten bins of equally many texts (Nguyen and O'Connor,
    EMNLP 2015). Raises TooFewError without texts.
    """
    if not len(gold):
        raise TooFewError(
            "No text could be held out to judge the classifier with.",
            "Bring more texts: a topic needs four or more to spare one.",
        )
    from sklearn.metrics import precision_recall_fscore_support

    labels = np.unique(gold)
    columns = precision_recall_fscore_support(gold, found, labels=labels, zero_division=0.0)
    precision, recall, f1, support = columns
    by_topic = tuple(
        TopicQuality(topics[label], float(p), float(r), float(f), int(s))
        for label, p, r, f, s in zip(labels, precision, recall, f1, support, strict=True)
    )
    right = found == gold
    bins = _bins(probability, right)
    return Quality(
        accuracy=Score.of(int(right.sum()), len(gold)),
        macro=Averages(*(float(column.mean()) for column in columns[:3])),
        weighted=Averages(*(float(np.average(c, weights=support)) for c in columns[:3])),
        topics=by_topic,
        confused=_confused(topics, found, gold),
        error=sum(abs(b.probability - b.right) * b.texts for b in bins) / len(gold),
        bins=bins,
    )


def _confused(topics: Sequence[str], found: Ints, gold: Ints) -> tuple[tuple[str, str, int], ...]:
    wrong = np.flatnonzero(found != gold)
    pairs, counts = np.unique(
        np.column_stack([gold[wrong], found[wrong]]), axis=0, return_counts=True
    )
    order = np.lexsort((pairs[:, 1], pairs[:, 0], -counts))
    return tuple((topics[pairs[i][0]], topics[pairs[i][1]], int(counts[i])) for i in order)


def _bins(probability: Floats, right: np.ndarray) -> tuple[Bin, ...]:
    order = np.argsort(probability, kind="stable")
    return tuple(
        Bin(float(probability[rows].mean()), float(right[rows].mean()), len(rows))
        for rows in np.array_split(order, min(_BINS, len(order)))
    )
