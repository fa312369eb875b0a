"""Which texts to write sentences for, which of the sentences to keep, what they teach.

MultiCSR (Wang et al., NAACL 2024, 2024.naacl-long.436), its second and third stage: a model
scores each sentence against its text from 0 to 5; positives from 3 up and negatives up to
3 are kept, and where the scores are the wrong way round the two change roles. As in the
authors' code, two of the same score are dropped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from core.domain.generated import (
    CuratedSentence,
    GeneratedSentence,
    Ruling,
    SentenceRole,
)
from core.domain.ids import content_id, text_id
from core.domain.training import TrainingExamples

LEAST_POSITIVE = 3.0
MOST_NEGATIVE = 3.0


def choose_texts(labels: Mapping[str, int], count: int, *, seed: int) -> tuple[str, ...]:
    """Return ids of `count` texts (all, where there are fewer), spread evenly over the
    clusters; `labels` maps text ids to clusters, −1 is one of its own.

    Of each cluster a random text in turn: more texts asked for are the same ones and some.
    """
    members: dict[int, list[str]] = defaultdict(list)
    for text in sorted(labels, key=lambda text: _shuffle(seed, text)):
        members[labels[text]].append(text)
    turns = {text: turn for group in members.values() for turn, text in enumerate(group)}
    order = sorted(turns, key=lambda text: (turns[text], _shuffle(seed, text)))
    return tuple(order[:count])


def curate(
    sentences: Iterable[GeneratedSentence],
    bodies: Mapping[str, str],
    rulings: Mapping[str, Ruling],
) -> tuple[CuratedSentence, ...]:
    """Return the sentences with what becomes of them, by text; empty ones are left out.

    `bodies` maps text ids to bodies; sentences of texts that are not there (deleted
    since) are left out. `rulings` maps sentence ids to a person's word.
    """
    of: dict[str, list[GeneratedSentence]] = defaultdict(list)
    for sentence in sentences:
        if sentence.body and sentence.text in bodies:
            of[sentence.text].append(sentence)
    return tuple(
        replace(one, ruling=rulings.get(one.sentence.id))
        for text in sorted(of)
        for one in _curated(of[text], bodies[text])
    )


def generated_examples(
    curated: Iterable[CuratedSentence], bodies: Mapping[str, str], *, without: Collection[str] = ()
) -> TrainingExamples:
    """Return a triplet for each text of which a positive and a negative are kept, but for
    the texts `without`, by whose answers a training is judged."""
    kept: dict[str, dict[SentenceRole, str]] = defaultdict(dict)
    for one in curated:
        if one.kept:
            kept[one.sentence.text][one.role] = one.sentence.body
    return TrainingExamples(
        tuple(
            (bodies[text], kept[text]["positive"], kept[text]["negative"])
            for text in sorted(kept)
            if len(kept[text]) == 2 and text in bodies and text not in without
        ),
        (),
    )


def _curated(sentences: Sequence[GeneratedSentence], body: str) -> list[CuratedSentence]:
    by_kind = {sentence.kind: sentence for sentence in sentences}
    entailed, contradicting = by_kind.get("entailed"), by_kind.get("contradicting")
    tied = swapped = False
    if entailed and contradicting:
        tied = entailed.score == contradicting.score
        swapped = contradicting.score > entailed.score
    found = []
    for sentence in filter(None, (entailed, contradicting)):
        role: SentenceRole = "positive" if (sentence.kind == "entailed") != swapped else "negative"
        passed, why = _verdict(sentence, role, body, tied)
        if passed and swapped:
            why = f"Its score is the other way round: it serves as a {role}."
        found.append(CuratedSentence(sentence, role, passed, why))
    return found


def _verdict(
    sentence: GeneratedSentence, role: SentenceRole, body: str, tied: bool
) -> tuple[bool, str]:
    if _folded(sentence.body) == _folded(body):
        return False, "It is the text itself."
    if tied:
        return False, "Both sentences got the same score."
    if role == "positive" and sentence.score < LEAST_POSITIVE:
        return False, f"Too far from the text: a positive needs {LEAST_POSITIVE:g} or more."
    if role == "negative" and sentence.score > MOST_NEGATIVE:
        return False, f"Too close to the text: a negative may have {MOST_NEGATIVE:g} at most."
    return True, "Close enough to the text." if role == "positive" else "Far enough from the text."


def _folded(body: str) -> str:
    """The id of a text without case and punctuation."""
    return text_id("".join(c for c in body.casefold() if c.isalnum() or c.isspace()))


def _shuffle(seed: int, text: str) -> str:
    return content_id("generate", str(seed), text)
