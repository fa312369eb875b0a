from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from core.adapters.store import Store
from core.domain.classification import Kept
from tests.adapters.conftest import AT

FIRST = Kept("k1", "p", "logistic", 3, "lesson", "s", "folder", AT)


def test_the_newest_of_a_kind_comes_back(store: Store, url: str) -> None:
    later = replace(FIRST, id="k2", version=5, at=AT + timedelta(seconds=1))
    other = replace(FIRST, id="k3", kind="encoder", at=AT + timedelta(seconds=2))
    for kept in (later, FIRST, other):
        store.classifiers.add(kept)

    again = Store(url).classifiers

    assert again.newest("p", "logistic", "lesson") == later
    assert again.newest("p", "logistic", None) == later
    assert again.newest("p", "encoder", "lesson") == other


def test_what_learned_something_else_is_found_only_when_any_will_do(store: Store) -> None:
    store.classifiers.add(FIRST)

    assert store.classifiers.newest("p", "logistic", "another") is None
    assert store.classifiers.newest("p", "logistic", None) == FIRST
    assert store.classifiers.newest("p", "nearest", None) is None
    assert store.classifiers.newest("q", "logistic", None) is None
