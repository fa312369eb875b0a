"""Texts that a placement could be about: who follows whom, and what comes first."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.clusterings import Centroids
from core.domain.judgments import Verdict
from core.steps.grouping import group, lay_ground
from core.steps.neighbours import find_neighbours
from core.steps.questions import propose_placements
from core.steps.questions.subjects import Subjects
from tests.answering import say
from tests.steps.question_texts import make, placed, row

KINDS = np.arange(480) % 12
PARTS = KINDS + 12 * ((np.arange(480) // 12) % 4)  # four parts of each kind


def ground_of(labels, noise: float = 0.3):
    """Twelve blobs, under the prior groups `labels`."""
    rng = np.random.default_rng(3)
    vectors = rng.normal(size=(12, 32))[KINDS] + noise * rng.normal(size=(480, 32))
    embedding, clustering = make(vectors, labels)
    near = find_neighbours(embedding, seed=0)
    return lay_ground(embedding, clustering, near, blocks=60), clustering


def asked_in_batches(labels, truth, batches: int, *, noise: float = 0.3, count: int = 4, by="llm"):
    """Return each batch of `count`, a right judge answering, what it was asked with, and the
    answers before it."""
    ground, clustering = ground_of(labels, noise)
    judgments: list = []
    for _ in range(batches):
        grouping = group(ground, clustering, judgments)
        known = {judgment.question.id for judgment in judgments}
        batch = propose_placements(ground, grouping, count=count, asked=known)
        yield ground, grouping, batch, tuple(judgments)
        judgments += [say(a.question, placed(a.question, truth), by) for a in batch]


def groups_of(grouping) -> dict[int, int]:
    """Return the group of each anchor, by row."""
    return dict(zip(grouping.anchors.tolist(), grouping.groups.tolist(), strict=True))


def shown_in(question, of) -> set[int]:
    """Return the groups on a card, by what the anchors' groups `of` are now."""
    return {of[row(text)] for texts in question.candidates for text in texts}


@settings(max_examples=20, deadline=None)
@given(answers=st.integers(0, 24), seed=st.integers(0, 100))
def test_every_text_follows_one_anchor_and_no_more_could_follow_than_a_prior_group_has(
    answers, seed
):
    ground, clustering = ground_of(KINDS // 2)
    dice = np.random.default_rng(seed)
    batch = propose_placements(ground, group(ground, clustering, ()), count=answers, asked=())
    verdicts = [dice.choice([Verdict.NEW, placed(a.question, KINDS)]) for a in batch]
    said = [say(a.question, Verdict(v), "llm") for a, v in zip(batch, verdicts, strict=True)]
    grouping = group(ground, clustering, said)
    table = Subjects.of(ground, grouping)
    anchors = len(grouping.anchors)
    assert table.follow[:anchors].sum() == len(KINDS)
    homes = np.bincount(ground.prior)[ground.prior[table.rows[anchors:]]]
    assert (table.follow[anchors:] <= homes).all()
    silent = ~grouping.asked & ~np.isin(grouping.anchors, ground.starts)
    assert not table.follow[:anchors][silent].any()


def test_prior_groups_are_compared_first_and_then_parts_that_many_texts_would_follow():
    labels = np.where(KINDS < 9, KINDS, 9)  # the tenth is three kinds
    batches = list(asked_in_batches(labels, KINDS, 4))
    ground, *_ = batches[0]
    texts = [row(asked.question.text) for _, _, batch, _ in batches for asked in batch]
    starts = np.isin(texts, ground.starts)
    assert starts[:8].all()
    parts = [at for at, start in zip(texts, starts, strict=True) if not start]
    assert (labels[parts[:3]] == 9).all()
    # Two parts of it are of two kinds: those that its centre is not of.
    assert len({int(KINDS[at]) for at in parts[:2]}) == 2


def test_a_group_is_offered_before_anybody_was_asked_about_it_but_not_one_of_many_parts():
    *_, (ground, grouping, *_) = asked_in_batches(KINDS, KINDS, 4)
    assert grouping.joining.mean() < 0.35 and not grouping.wide
    assert Subjects.of(ground, grouping).offered.all()
    *_, (ground, grouping, *_) = asked_in_batches(PARTS, KINDS % 3, 6)
    assert grouping.joining.mean() > 0.35 and grouping.wide
    assert np.ptp(grouping.joining) == 0.0, "all alike"
    table = Subjects.of(ground, grouping)
    assert set(np.flatnonzero(table.offered)) == set(table.codes[grouping.asked])
    assert len(table.rows) == len(grouping.anchors)


def asked_of_parts(truth):
    """Return the batches that are asked once the parts of wide groups are known for such."""
    for ground, grouping, batch, _ in asked_in_batches(PARTS, truth, 9, noise=0.8):
        if grouping.wide:
            yield ground, grouping, batch


def share_of_likeliest(ground, grouping, part: int) -> float:
    sums: dict[int, float] = {}
    rows = np.flatnonzero(ground.prior == part)
    for at in rows:
        for group_id, share in zip(grouping.leading[at], grouping.shares[at], strict=True):
            sums[int(group_id)] = sums.get(int(group_id), 0.0) + float(share)
    return max(sums.values()) / len(rows)


def test_parts_of_wide_groups_are_asked_about_where_answers_leave_open_which_they_belong_to():
    compared = 0
    for ground, grouping, batch in asked_of_parts(KINDS % 3):
        asked = {row(one.question.text) for one in batch}
        unasked = set(ground.starts) - set(grouping.anchors[grouping.asked])
        sure = {
            start: share_of_likeliest(ground, grouping, ground.prior[start]) for start in unasked
        }
        compared += len(asked & unasked)
        for start in asked & unasked:
            assert sure[start] <= min(sure[other] for other in unasked - asked) + 1e-6
    assert compared > 8


def test_a_part_is_placed_before_the_wide_groups_whose_centroids_are_near():
    left_out = 0
    for ground, grouping, batch in asked_of_parts(KINDS % 7):
        centroids = Centroids.of(ground.vectors, grouping.clustering.labels)
        of, asked = groups_of(grouping), set(grouping.anchors[grouping.asked])
        offered = {of[at] for at in asked} & set(centroids.ids.tolist())
        for one in batch:
            at = row(one.question.text)
            if at in asked:
                continue
            shown = shown_in(one.question, of)
            cosines = dict(zip(centroids.ids, centroids.vectors @ ground.vectors[at], strict=True))
            others = offered - shown - {of[at]}
            left_out += len(others)
            assert all(cosines[a] >= cosines[b] for a in shown & offered for b in others)
    assert left_out


def test_whether_two_groups_are_one_is_asked_without_showing_the_own_group():
    halves = KINDS + 12 * ((np.arange(480) // 12) % 2)
    lacking = 0
    for _, grouping, batch, before in asked_in_batches(halves, KINDS, 15, noise=1.2, count=6):
        of = groups_of(grouping)
        for asked in batch:
            own = of.get(row(asked.question.text))
            shown = shown_in(asked.question, of)
            again = own is not None and any(
                judgment.question.text == asked.question.text for judgment in before
            )
            lacking += again and own not in shown and list(of.values()).count(own) > 1
    assert lacking


def test_what_many_answers_spread_to_a_text_says_what_it_is_placed_before():
    pairs = KINDS // 2  # each prior group is two kinds
    *_, (ground, early, *_) = asked_in_batches(pairs, KINDS, 2)
    assert not Subjects.of(ground, early).likely.any()
    *_, (ground, grouping, *_) = asked_in_batches(pairs, KINDS, 10)
    table = Subjects.of(ground, grouping)
    assert table.likely.any()
    names = np.unique(grouping.groups)
    for asked in propose_placements(ground, grouping, count=8, asked=()):
        at = table.rows.tolist().index(row(asked.question.text))
        own = int(table.own[at])
        if own >= 0 and grouping.asked[own]:
            continue
        of = dict(zip(grouping.anchors.tolist(), table.codes.tolist(), strict=True))
        shown = shown_in(asked.question, of)
        likely = np.searchsorted(names, grouping.leading[table.rows[at]])
        # Its own group may hold no other text to show.
        first = [group for group in likely.tolist() if own < 0 or group != table.codes[own]]
        assert set(first[: len(shown) - 1]) <= shown


def test_a_text_that_fitted_no_group_shown_is_placed_before_others():
    labels = KINDS // 4  # three prior groups, so that many texts besides are asked about
    again = 0
    for ground, grouping, batch, before in asked_in_batches(
        labels, KINDS, 20, noise=1.6, by="human"
    ):
        of = groups_of(grouping)
        for asked in batch:
            if not asked.why.startswith("This text fitted none"):
                continue
            again += 1
            about = row(asked.question.text)
            assert list(of.values()).count(of[about]) == 1 and about not in ground.starts
            about_it = [j for j in before if j.question.text == asked.question.text]
            assert Verdict.NEW in {j.verdict for j in about_it}
            shown = shown_in(asked.question, of)
            passed_over = set().union(*(shown_in(j.question, of) for j in about_it))
            assert of[about] not in shown
            unseen = set(of.values()) - passed_over - {of[about]}
            assert len(shown - passed_over) == min(len(shown), len(unseen))
    assert again
