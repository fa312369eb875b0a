"""From answers to groups of all texts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.domain.clusterings import UNASSIGNED, Clustering
from core.domain.errors import InputError
from core.domain.groupings import Evidence, Ground, Grouping
from core.domain.judgments import AnnotatorClass, Judgment
from core.domain.spaces import Floats, Ints
from core.steps.grouping.anchors import Anchors, place_anchors
from core.steps.grouping.base import base_groups
from core.steps.grouping.evidence import evidence_of
from core.steps.grouping.kernel import Kernel
from core.steps.grouping.logistic import fit, sigmoid

_Ids = NDArray[np.intp]

# A text whose best group speaks for it less than this resembles no anchor at all.
_ODD = 0.03

# What a text's own group in the map adds to the score of that group (0 to 1).
_HOME = 0.15

_START = np.array([0.0, 0.5, 0.8])
_STIFFNESS = np.ones(3)
_DECIDING = 3

# How often answers and reliability are weighed in turn, the answers that what was
# believed before counts for, and the bounds of belief.
_WEIGHINGS = 3
_PRIOR_ANSWERS = 20.0
_CLOSE = 0.01
_BELIEVABLE = (0.3, 0.97)


def group(
    ground: Ground,
    clustering: Clustering,
    judgments: Iterable[Judgment],
    *,
    reliability: Mapping[tuple[AnnotatorClass, str], float] | None = None,
    locked: Collection[int] = (),
) -> Grouping:
    """Return the groups of all texts that `judgments` speak for.

    `clustering` is the partition of the ground, which knows no answer: without
    answers it comes back, its unassigned texts with the nearest group. Texts of
    clusters in `locked` stay there and no others join them. A text that resembles
    nothing is unassigned. The order of the judgments changes nothing. Raises
    InputError where ground and clustering are about different texts.
    """
    if ground.text_ids != clustering.text_ids:
        raise InputError(
            "The groups were made from other texts than the ones at hand.",
            "Make the map again, then ask for questions.",
        )
    row_of = {text: row for row, text in enumerate(ground.text_ids)}
    evidence, ignored = evidence_of(judgments, row_of, reliability or {})
    for _ in range(_WEIGHINGS):
        base = base_groups(ground, evidence)
        anchors, kernel = place_anchors(ground, evidence, base)
        before, evidence = evidence, _believed(evidence, anchors)
        if _settled(before, evidence):
            break
    names, codes = np.unique(anchors.labels, return_inverse=True)
    ids = _cluster_ids(ground, names)
    targets = np.eye(len(names))[codes]
    scores = kernel.carry(targets, ground.vectors)
    scores += _HOME * (names == base[ground.prior][:, None])
    scores = _without_locked(scores, ids, clustering.labels, locked)
    chances = _chances(kernel, anchors, codes, targets, scores)
    best, second = _two_best(scores)
    labels = np.where(scores.max(axis=1) < _ODD, UNASSIGNED, ids[best]).astype(np.int32)
    kept = np.isin(clustering.labels, list(locked))
    labels[kept] = clustering.labels[kept]
    return Grouping(
        clustering=replace(clustering, labels=labels, strength=chances),
        runner_up=np.where(second < 0, UNASSIGNED, ids[second]).astype(np.int32),
        anchors=anchors.rows.astype(np.int32),
        groups=ids[codes].astype(np.int32),
        certainty=anchors.certainty.astype(np.float32),
        asked=anchors.asked,
        decided_by=_deciding(ground, anchors, ids[codes], labels, evidence),
        evidence=evidence,
        ignored=ignored,
    )


def _believed(evidence: tuple[Evidence, ...], anchors: Anchors) -> tuple[Evidence, ...]:
    """Return the evidence with machines believed as far as their answers hold up.

    Expectation-maximisation for one coin (Dawid and Skene 1979), the embedding
    standing in as the other annotator: the share of a machine's answers that are
    right, given all else, pooled with what was believed before.
    """
    chances = [
        (item.reliability, right)
        for item, right in zip(evidence, anchors.right, strict=True)
        if item.machine
    ]
    if not chances:
        return evidence
    before, right = (sum(column) for column in zip(*chances, strict=True))
    usual = before / len(chances)
    share = (_PRIOR_ANSWERS * usual + right) / (_PRIOR_ANSWERS + len(chances))
    shift = float(np.clip(share, *_BELIEVABLE)) / usual
    return tuple(
        replace(item, reliability=min(item.reliability * shift, _BELIEVABLE[1]))
        if item.machine
        else item
        for item in evidence
    )


def _settled(before: tuple[Evidence, ...], after: tuple[Evidence, ...]) -> bool:
    return all(
        abs(old.reliability - new.reliability) < _CLOSE
        for old, new in zip(before, after, strict=True)
    )


def _cluster_ids(ground: Ground, names: _Ids) -> Ints:
    """Return cluster ids: those of the prior, and new ones for founded groups."""
    count = len(ground.prior_ids)
    fresh = int(ground.prior_ids.max()) + 1 + np.arange((names >= count).sum())
    return np.concatenate([ground.prior_ids[names[names < count]], fresh]).astype(np.int32)


def _without_locked(scores: Floats, ids: Ints, labels: Ints, locked: Collection[int]) -> Floats:
    if not locked:
        return scores
    outside = ~np.isin(labels, list(locked))
    scores = scores.copy()
    scores[np.ix_(outside, np.isin(ids, list(locked)))] = -1.0
    return scores


def _two_best(scores: Floats) -> tuple[_Ids, _Ids]:
    """Return the best and the second group of each text, −1 where there is no second."""
    best = scores.argmax(axis=1)
    if scores.shape[1] < 2:
        return best, np.full(len(scores), -1)
    rest = scores.copy()
    rest[np.arange(len(scores)), best] = -np.inf
    return best, rest.argmax(axis=1)


def _features(scores: NDArray[np.floating]) -> NDArray[np.float64]:
    if scores.shape[1] < 2:
        top, next_best = scores[:, 0], scores[:, 0]
    else:
        next_best, top = np.partition(scores, -2, axis=1)[:, -2:].T
    lead = (top - next_best).clip(0.0, 1.0)
    return np.column_stack([np.ones(len(top)), (top.clip(0.0, 1.0) - 0.5) * 4, lead * 4 - 1])


def _chances(
    kernel: Kernel, anchors: Anchors, codes: _Ids, targets: NDArray[np.float64], scores: Floats
) -> Floats:
    """Return the chance that each text's group is right: a logistic fit of how often
    the anchors that were asked about are predicted from the others."""
    left_out = kernel.left_out(targets)
    right = (left_out.argmax(axis=1) == codes)[anchors.asked]
    weights = fit(
        _features(left_out)[anchors.asked],
        right,
        np.ones(len(right)),
        start=_START,
        stiffness=_STIFFNESS,
    )
    return sigmoid(_features(scores) @ weights).astype(np.float32)


def _deciding(
    ground: Ground, anchors: Anchors, groups: Ints, labels: Ints, evidence: tuple[Evidence, ...]
) -> Ints:
    """Return the answers about the nearest anchors of each text's own group."""
    latest = {item.text: index for index, item in enumerate(evidence)}
    found = np.full((len(labels), _DECIDING), -1, dtype=np.int32)
    rows, groups = anchors.rows[anchors.asked], groups[anchors.asked]
    about = np.array([latest[row] for row in rows.tolist()], dtype=np.int32)
    for name in np.unique(groups):
        members = np.flatnonzero(labels == name)
        mine = np.flatnonzero(groups == name)
        cosines = ground.vectors[members] @ ground.vectors[rows[mine]].T
        order = np.argsort(-cosines, axis=1, kind="stable")[:, :_DECIDING]
        found[members[:, None], np.arange(order.shape[1])] = about[mine[order]]
    return found
