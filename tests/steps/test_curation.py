"""Curation of generated sentences, held against MultiCSR's rules."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.domain.generated import KINDS, GeneratedSentence, Ruling, SentenceKind
from core.steps.curation import choose_texts, curate, generated_examples

BODIES = {"a": "Where is my card?", "b": "Block it"}
SCORES = st.sampled_from([0.0, 1.5, 2.9, 3.0, 3.1, 5.0])


def said(kind: SentenceKind, score: float, body: str = "", text: str = "a") -> GeneratedSentence:
    return GeneratedSentence(text, kind, body or f"{kind} one", score, "m")


@given(SCORES, SCORES)
def test_kept_are_positives_from_three_up_and_negatives_up_to_three_and_roles_swap(
    entailed: float, contradicting: float
) -> None:
    sentences = [said("entailed", entailed), said("contradicting", contradicting)]
    found = {one.role: one for one in curate(sentences, BODIES, {})}
    high, low = max(entailed, contradicting), min(entailed, contradicting)
    swapped = contradicting > entailed

    assert set(found) == {"positive", "negative"}
    assert found["positive"].sentence.score == high
    assert found["negative"].sentence.score == low
    assert all(one.swapped is swapped for one in found.values())
    assert found["positive"].kept is (high != low and high >= 3)
    assert found["negative"].kept is (high != low and low <= 3)
    taught = generated_examples(found.values(), BODIES).triplets
    both = found["positive"].kept and found["negative"].kept
    expected = tuple(found[role].sentence.body for role in ("positive", "negative"))
    assert taught == (((BODIES["a"], *expected),) if both else ())


@given(st.lists(SCORES, min_size=4, max_size=4), st.data())
def test_a_person_outranks_every_score(scores: list[float], data: st.DataObject) -> None:
    sentences = [
        said(kind, scores[2 * row + side], text=text)
        for row, text in enumerate(("a", "b"))
        for side, kind in enumerate(KINDS)
    ]
    words: list[Ruling | None] = ["vetoed", "restored", None]
    rulings = {one.id: data.draw(st.sampled_from(words)) for one in sentences}
    real = {sentence: ruling for sentence, ruling in rulings.items() if ruling}

    for one in curate(sentences, BODIES, real):
        ruling = rulings[one.sentence.id]
        assert one.kept is (one.passed if ruling is None else ruling == "restored")
    assert curate(sentences[::-1], BODIES, real) == curate(sentences, BODIES, real)


def test_a_copy_an_empty_one_and_a_sentence_of_a_deleted_text_teach_nothing() -> None:
    copied = curate([said("entailed", 5.0, "where is  my card")], BODIES, {})
    assert [(one.kept, one.why) for one in copied] == [(False, "It is the text itself.")]

    empty = GeneratedSentence("a", "contradicting", "", 0.0, "m")
    assert curate([empty, said("entailed", 5.0, text="gone")], BODIES, {}) == ()


def test_texts_that_judge_a_training_are_left_out_of_it() -> None:
    sentences = [
        said(kind, score, text=text)
        for text in BODIES
        for kind, score in (("entailed", 4.0), ("contradicting", 1.0))
    ]
    found = curate(sentences, BODIES, {})

    assert len(generated_examples(found, BODIES)) == 2
    left = generated_examples(found, BODIES, without={"a"})
    assert [anchor for anchor, *_ in left.triplets] == [BODIES["b"]]


@given(
    st.dictionaries(st.text("abcdef", min_size=1, max_size=4), st.integers(-1, 3), max_size=20),
    st.integers(0, 25),
    st.integers(0, 3),
)
def test_texts_are_spread_over_the_clusters_whatever_their_order(
    labels: dict[str, int], count: int, seed: int
) -> None:
    chosen = choose_texts(labels, count, seed=seed)

    assert len(set(chosen)) == len(chosen) == min(count, len(labels))
    assert choose_texts(dict(reversed(labels.items())), count, seed=seed) == chosen
    assert choose_texts(labels, count + 1, seed=seed)[: len(chosen)] == chosen
    taken = dict.fromkeys(labels.values(), 0)
    for text in chosen:
        taken[labels[text]] += 1
    sizes = {label: sum(one == label for one in labels.values()) for label in taken}
    fullest = max(taken.values(), default=0)
    assert all(taken[label] >= min(sizes[label], fullest - 1) for label in taken)
