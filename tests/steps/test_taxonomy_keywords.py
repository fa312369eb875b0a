"""Keywords and labels."""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from math import log
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.steps.taxonomy.keywords import NO_WORDS, distinct, keywords, label, labels

DATA = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"


def test_terms_rank_by_class_tf_times_log_of_one_plus_a_over_f() -> None:
    documents = {"a": ["shared"] * 3 + ["apple"] * 2, "b": ["shared"] + ["pear"] * 4}
    # A = 5 terms a topic. The total, 10, in its place would turn the first line round.
    assert 3 / 5 * log(1 + 5 / 4) < 2 / 5 * log(1 + 5 / 2)
    assert 1 / 5 * log(1 + 5 / 4) < 4 / 5 * log(1 + 5 / 4)
    assert 3 / 5 * log(1 + 10 / 4) > 2 / 5 * log(1 + 10 / 2)
    assert keywords(documents) == {"a": ("apple", "shared"), "b": ("pear", "shared")}


def test_a_pair_replaces_its_words_where_they_come_together() -> None:
    found = keywords({"a": ["exchange rate"] * 4, "b": ["card"], "c": ["card lost", "card"]})
    assert found["a"] == ("exchange rate",)
    assert found["c"] == ("card", "lost")


def test_a_pair_is_skipped_where_its_word_mostly_stands_alone() -> None:
    bodies = ["card"] * 10 + ["card blue"] * 2
    assert keywords({"a": bodies, "b": ["money"]})["a"] == ("card", "blue")


def test_plurals_stop_words_and_numbers() -> None:
    found = keywords(
        {
            "a": ["The cards and my card, 25 of the cards on the 5th", "I don't have it"],
            "b": ["fee"],
        }
    )
    assert found["a"] == ("cards",)


def test_words_of_meaning_survive_the_stop_word_list() -> None:
    assert keywords({"a": ["what is my bill"]}) == {"a": ("bill",)}


def test_accents_and_vowel_signs_stay() -> None:
    found = keywords({"fr": ["Où est l’Été ?"], "hi": ["मेरा कार्ड"], "decomposed": ["cafe\u0301"]})
    assert "été" in found["fr"]
    assert set(found["hi"]) == {"मेरा", "कार्ड"}
    assert found["decomposed"] == ("café",)


def test_chinese_gives_pairs_of_characters() -> None:
    found = keywords({"card": ["银行卡", "我的银行卡"], "rate": ["汇率", "汇率是多少"]})
    assert found["rate"][0] == "汇率"
    assert "银行" in found["card"]


def test_without_terms_the_most_frequent_opening_is_the_keyword() -> None:
    found = keywords(
        {
            "greeting": ["how are you", "who are you", "how are you"],
            "numbers": ["12 34"],
            "blank": ["", " \n"],
            "empty": [],
            "control": ["\x00\x1b"],
        }
    )
    assert found == {
        "greeting": ("how are you",),
        "numbers": ("12 34",),
        "blank": (),
        "empty": (),
        "control": (),
    }
    assert len(set(labels(found).values())) == 5


def test_a_huge_word_makes_no_huge_label() -> None:
    assert len(label(keywords({"a": ["x" * 10_000]})["a"])) <= 80


def test_no_topics_and_one_topic() -> None:
    assert keywords({}) == {}
    assert keywords({"a": ["lost card", "lost card", "late card"]})["a"] == ("lost card", "late")


def test_the_order_of_topics_and_texts_changes_nothing() -> None:
    documents: dict[str, list[str]] = defaultdict(list)
    with (DATA / "bank77_test.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            documents[row["label"]].append(row["text"])
    draw = random.Random(7)
    shuffled = {
        topic: draw.sample(documents[topic], len(documents[topic]))
        for topic in draw.sample(sorted(documents), len(documents))
    }
    found = keywords(documents)
    assert keywords(shuffled) == found
    assert labels(keywords(shuffled)) == labels(found)
    assert len(set(labels(found).values())) == 77
    assert "exchange rates" in found["exchange_rate"]
    assert "blocked" in found["pin_blocked"]


@given(
    st.dictionaries(
        st.sampled_from("abcde"),
        st.lists(st.text(alphabet="cards ie\n\u202e12é漢字", max_size=12), max_size=5),
    )
)
def test_no_word_comes_twice_and_every_topic_is_answered(documents: dict[str, list[str]]) -> None:
    found = keywords(documents, top=4)
    assert list(found) == list(documents)
    for terms in found.values():
        assert len(terms) <= 4
        assert len(set(terms)) == len(terms)
        if len(terms) > 1:
            words = [word for term in terms for word in term.split()]
            assert len(set(words)) == len(words)
    assert len({text.casefold() for text in labels(found).values()}) == len(found)


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (("card arrival", "delivery", "track", "post"), "card arrival · delivery · track"),
        (("card arrival", "tracking number", "post"), "card arrival · tracking number"),
        (("refund",), "refund"),
        ((), NO_WORDS),
    ],
)
def test_a_label_has_three_terms_and_four_words_at_most(
    terms: tuple[str, ...], expected: str
) -> None:
    assert label(terms) == expected


def test_labels_differ_by_a_further_keyword_then_by_number() -> None:
    named = labels(
        {
            "b": ("card", "fee", "pin", "lost"),
            "a": ("card", "fee", "pin", "limit"),
            "d": ("x",),
            "c": ("X",),
        }
    )
    assert named == {
        "b": "card · fee · pin · lost",
        "a": "card · fee · pin",
        "d": "x (2)",
        "c": "X",
    }


def test_distinct_leaves_a_free_label_alone() -> None:
    assert distinct("card", ("card", "fee"), set()) == "card"
    assert distinct("card", ("card", "fee"), {"card"}) == "card · fee"
    assert distinct("card", ("card", "fee"), {"card", "card · fee"}) == "card (2)"
