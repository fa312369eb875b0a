"""The bundled sample: well-formed, balanced as promised, and not given away by its own words."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from datetime import date
from itertools import combinations, groupby
from pathlib import Path

import pytest

SAMPLE = Path(__file__).resolve().parents[1] / "assets" / "sample"
Row = dict[str, str]

# Words of leaf names that say nothing about the topic.
FUNCTION_WORDS = frozenset({"and", "how", "in", "not", "or", "the", "to", "under"})
STEM_LENGTH = 5


def rows_of(name: str) -> list[Row]:
    with (SAMPLE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


@pytest.fixture(scope="module")
def messages() -> list[Row]:
    return rows_of("messages.csv")


@pytest.fixture(scope="module")
def gold() -> list[Row]:
    return rows_of("gold.csv")


@pytest.fixture(scope="module")
def by_leaf(messages: list[Row], gold: list[Row]) -> dict[str, list[str]]:
    leaf_of = {row["message_id"]: row["leaf"] for row in gold}
    grouped: defaultdict[str, list[str]] = defaultdict(list)
    for row in messages:
        grouped[leaf_of[row["message_id"]]].append(row["message"])
    return dict(grouped)


def tokens(message: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", message.lower()))


def overlap(left: str, right: str) -> float:
    one, other = tokens(left), tokens(right)
    return len(one & other) / len(one | other)


def names_its_leaf(leaf: str, message: str) -> bool:
    """Whether any telling word of the leaf's name, crudely stemmed, is in the message."""
    stems = tuple(word[:STEM_LENGTH] for word in tokens(leaf) - FUNCTION_WORDS)
    return any(word.startswith(stems) for word in tokens(message))


def test_both_files_list_the_same_messages_in_the_same_order(
    messages: list[Row], gold: list[Row]
) -> None:
    assert 570 <= len(messages) <= 650
    expected = [f"M{number:04d}" for number in range(1, len(messages) + 1)]
    assert [row["message_id"] for row in messages] == expected
    assert [row["message_id"] for row in gold] == expected


def test_columns_hold_what_they_promise(messages: list[Row], gold: list[Row]) -> None:
    assert list(messages[0]) == ["message_id", "received", "channel", "message"]
    assert list(gold[0]) == ["message_id", "parent", "leaf"]
    assert {row["channel"] for row in messages} == {"email", "chat", "form"}
    received = [date.fromisoformat(row["received"]) for row in messages]
    assert received == sorted(received)
    assert received[0].year == received[-1].year == 2025
    assert 150 <= (received[-1] - received[0]).days <= 200
    assert all(row["message"] and row["message"] == row["message"].strip() for row in messages)


def test_the_gold_has_two_levels_of_the_promised_size(gold: list[Row]) -> None:
    parents_of: defaultdict[str, set[str]] = defaultdict(set)
    for row in gold:
        parents_of[row["leaf"]].add(row["parent"])
    assert all(len(parents) == 1 for parents in parents_of.values())
    assert 34 <= len(parents_of) <= 40
    leaves_under = Counter(next(iter(parents)) for parents in parents_of.values())
    assert 7 <= len(leaves_under) <= 9
    assert min(leaves_under.values()) >= 2


def test_leaves_are_uneven_within_bounds(by_leaf: dict[str, list[str]]) -> None:
    sizes = [len(members) for members in by_leaf.values()]
    assert min(sizes) >= 8
    assert max(sizes) <= 30
    assert max(sizes) >= 2 * min(sizes)


def test_categories_do_not_come_in_runs(gold: list[Row]) -> None:
    runs = [len(list(run)) for _, run in groupby(row["leaf"] for row in gold)]
    assert max(runs) <= 4


def test_nearly_all_messages_are_distinct(messages: list[Row]) -> None:
    distinct = {row["message"] for row in messages}
    assert 0.97 * len(messages) <= len(distinct) < len(messages)


def test_a_repeated_message_has_one_gold_leaf(by_leaf: dict[str, list[str]]) -> None:
    leaves_with = Counter(message for members in by_leaf.values() for message in set(members))
    assert set(leaves_with.values()) == {1}


def test_no_two_messages_of_a_leaf_share_a_template(by_leaf: dict[str, list[str]]) -> None:
    alike = [
        (leaf, left, right)
        for leaf, members in by_leaf.items()
        for left, right in combinations(sorted(set(members)), 2)
        if overlap(left, right) >= 0.75
    ]
    assert alike == []


def test_lengths_are_spread(messages: list[Row]) -> None:
    lengths = [len(row["message"].split()) for row in messages]
    assert sum(length < 6 for length in lengths) >= 0.05 * len(lengths)
    assert sum(length > 50 for length in lengths) >= 0.05 * len(lengths)
    assert max(lengths) <= 100


def test_leaf_names_give_away_fewer_than_half(by_leaf: dict[str, list[str]]) -> None:
    told = [
        names_its_leaf(leaf, message) for leaf, members in by_leaf.items() for message in members
    ]
    assert sum(told) < 0.5 * len(told)


@pytest.mark.parametrize("start", ["-", "=", "+", "@"])
def test_some_messages_start_like_a_spreadsheet_formula(messages: list[Row], start: str) -> None:
    assert any(row["message"].startswith(start) for row in messages)


@pytest.mark.parametrize("mark", [",", '"', "\n", "€", "é"])
def test_some_messages_hold_characters_that_trip_readers(messages: list[Row], mark: str) -> None:
    assert sum(mark in row["message"] for row in messages) >= 2


def test_the_readme_counts_what_is_there(by_leaf: dict[str, list[str]]) -> None:
    readme = (SAMPLE / "README.md").read_text(encoding="utf-8")
    table = "\n".join(line for line in readme.splitlines() if line.startswith("|"))
    for leaf, members in by_leaf.items():
        assert f" {leaf} {len(members)} " in table
    assert f"{sum(map(len, by_leaf.values()))} customer messages" in readme
