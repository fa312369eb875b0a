"""Generated sentences: kept once, found again by their way of writing, ruled by people."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from core.adapters.store import Store
from core.domain.generated import GeneratedSentence, Generation, GenerationSpec
from tests.adapters.conftest import AT

WAY = Generation("k1", "p", "bundled/x", GenerationSpec(omega=0.4), ("a", "b"), AT)
SAID = GeneratedSentence("a", "entailed", "a text", 4.25, "bundled/x")


def test_sentences_are_kept_once_and_belong_to_their_way_of_writing(store: Store) -> None:
    store.generations.begin(WAY)
    other = replace(SAID, kind="contradicting", body="", score=0.0)
    store.generations.add("p", "k1", [SAID, other])
    store.generations.add("p", "k1", [replace(SAID, body="another"), replace(SAID, text="c")])

    assert store.generations.sentences(WAY) == (other, SAID)
    assert store.generations.sentences(replace(WAY, key="k2")) == ()
    wider = replace(WAY, texts=("a", "b", "c"))
    assert [one.text for one in store.generations.sentences(wider)] == ["a", "a", "c"]


def test_the_newest_way_of_writing_is_the_one_last_begun(store: Store) -> None:
    assert store.generations.newest("p") is None
    later = replace(WAY, key="k2", at=AT + timedelta(hours=1))
    store.generations.begin(WAY)
    store.generations.begin(later)
    assert store.generations.newest("p") == later

    again = replace(WAY, texts=("a",), at=AT + timedelta(hours=2))
    store.generations.add("p", "k1", [SAID])
    store.generations.begin(again)
    assert store.generations.newest("p") == again
    assert store.generations.sentences(again) == (SAID,)


def test_a_person_decides_changes_it_and_takes_it_back(store: Store) -> None:
    rule = store.generations.rule
    rule("p", SAID.id, "vetoed", annotator="ann", at=AT)
    rule("p", "other", "restored", annotator="bob", at=AT)
    assert store.generations.rulings("p") == {SAID.id: "vetoed", "other": "restored"}

    rule("p", SAID.id, "restored", annotator="bob", at=AT)
    rule("p", "other", None, annotator="bob", at=AT)
    assert store.generations.rulings("p") == {SAID.id: "restored"}
