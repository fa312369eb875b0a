"""Columns are guessed, rows grouped into texts, and the health card counts them."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import InputError
from core.domain.ids import text_id
from core.domain.texts import Columns, Corpus, Health, Table
from core.steps.texts import check_health, guess_columns, make_corpus


def table(columns: dict[str, list[str]]) -> Table:
    return Table("a.csv", pd.DataFrame(columns, dtype="str"), tuple(columns), "utf-8", ("note",))


def health(bodies: list[str], long_words: int = 5) -> Health:
    brought = table({"text": bodies})
    columns = Columns("text")
    return check_health(brought, make_corpus(brought, columns), columns, long_words)


SENTENCES = ["my card is lost", "where is my money", "close the account please"]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (
            {"id": ["1", "2", "3"], "label": ["card", "money", "card"], "text": SENTENCES},
            Columns("text", "id", ("label",)),
        ),
        (
            {"a": SENTENCES, "b": ["lost card", "balance", "lost card"], "c": ["1", "2", "3"]},
            Columns("a", None, ("b", "c")),
        ),
        (
            {"text_id": ["T-1", "T-2", "T-3"], "customer_id": ["x", "x", "y"], "q": SENTENCES},
            Columns("q", "text_id", ("customer_id",)),
        ),
        (
            {"ticketId": ["1", "2", "3"], "uuid": ["p1", "p2", "p3"], "body": ["a b", "c", "d"]},
            Columns("body", "ticketId", ()),
        ),
        (
            {"link": [f"https://example.com/{i}" for i in "abc"], "word": ["yes", "no", "yes"]},
            Columns("word", None, ("link",)),
        ),
        ({"text": ["same text"] * 4, "n": list("1234")}, Columns("text", None, ("n",))),
        ({"id": ["7", "8"], "x": ["我的卡在哪里", "我无法登录"]}, Columns("x", "id", ())),
        ({"id": ["7", "8"], "x": ["मेरा कार्ड कहाँ है", "मुझे मदद चाहिए"]}, Columns("x", "id", ())),
    ],
)
def test_guessed_columns(columns: dict[str, list[str]], expected: Columns) -> None:
    assert guess_columns(table(columns)) == expected


def test_a_table_without_words_names_its_columns() -> None:
    brought = table({"n": ["1", "2"], "day": ["2024-01-31", ""], "key": ["T-001", "T-002"]})
    with pytest.raises(InputError, match="'n', 'day', 'key'"):
        guess_columns(brought)


def test_rows_of_one_text_share_it() -> None:
    brought = table(
        {"text": ["  b  c ", "a", "", "b c", " \t"], "label": ["x", "y", "z", "w", "v"]}
    )
    corpus = make_corpus(brought, Columns("text", None, ("label",)))
    assert corpus.row_ids == ("1", "2", "3", "4", "5")
    assert corpus.row_text_ids == (text_id("b c"), text_id("a"), "", text_id("b c"), "")
    assert [text.id for text in corpus.texts] == sorted({text_id("a"), text_id("b c")})
    shared = next(text for text in corpus.texts if text.id == text_id("b c"))
    assert (shared.body, dict(shared.meta)) == ("b  c", {"label": "x"})


def test_ids_come_from_their_column() -> None:
    brought = table({"text": ["a", "b"], "id": ["007", "7"]})
    assert make_corpus(brought, Columns("text", "id")).row_ids == ("007", "7")


@pytest.mark.parametrize(
    ("ids", "problem"),
    [
        (["1", " ", "3"], "no id in row 2"),
        (["1", "2", "1"], "'1' in row 1 and again in row 3"),
    ],
)
def test_unusable_ids_name_row_and_value(ids: list[str], problem: str) -> None:
    with pytest.raises(InputError, match=problem) as caught:
        make_corpus(table({"text": SENTENCES, "id": ids}), Columns("text", "id"))
    assert caught.value.next_move == "Choose another id column, or none."


@pytest.mark.parametrize(
    "columns", [Columns("body"), Columns("text", "key"), Columns("text", None, ("label",))]
)
def test_a_missing_column_is_named_with_the_choices(columns: Columns) -> None:
    with pytest.raises(InputError, match="Choose among its columns: 'text'"):
        make_corpus(table({"text": ["a"]}), columns)


ROWS = st.lists(
    st.tuples(st.sampled_from(["", " ", "a", " a", "a  b", "a b", "é", "e\u0301"]), st.text("xy")),
    min_size=1,
    max_size=12,
)


@given(st.data(), ROWS)
def test_the_order_of_the_rows_changes_nothing(
    data: st.DataObject, rows: list[tuple[str, str]]
) -> None:
    numbered = [(*row, str(number)) for number, row in enumerate(rows)]

    def corpus_of(rows: list[tuple[str, str, str]]) -> Corpus:
        text, label, number = (list(cells) for cells in zip(*rows, strict=True))
        brought = table({"text": text, "label": label, "id": number})
        return make_corpus(brought, Columns("text", "id", ("label",)))

    straight = corpus_of(numbered)
    shuffled = corpus_of(data.draw(st.permutations(numbered)))
    assert shuffled.texts == straight.texts
    assert dict(zip(shuffled.row_ids, shuffled.row_text_ids, strict=True)) == dict(
        zip(straight.row_ids, straight.row_text_ids, strict=True)
    )


def test_health_counts() -> None:
    card = health(["Hello, world!", "hello world", "hello world", "", "a b c d e f", "!!", "??"])
    assert (card.rows, card.empty, card.texts, card.duplicates) == (7, 1, 5, 1)
    assert card.near_duplicates == 1
    assert (card.long, card.long_words) == (1, 5)
    assert card.median_length == 11.0
    assert (card.encoding, card.notices) == ("utf-8", ("note",))


def test_vowel_signs_and_symbols_are_no_punctuation() -> None:
    assert health(["की", "का", "5 €", "5 $", "nice 🙂", "nice 🙁"]).near_duplicates == 0


def test_health_without_texts() -> None:
    card = health(["", "  "])
    assert (card.rows, card.empty, card.texts, card.duplicates) == (2, 2, 0, 0)
    assert (card.length_edges, card.length_counts, card.median_length) == ((0.0,), (), 0.0)


@given(st.lists(st.text("ab ", max_size=200), min_size=1, max_size=30))
def test_histogram_holds_every_text(bodies: list[str]) -> None:
    card = health(bodies)
    assert sum(card.length_counts) == card.texts
    assert len(card.length_counts) <= 12
    assert len(card.length_edges) == len(card.length_counts) + 1
    assert card.rows == card.empty + card.texts + card.duplicates
