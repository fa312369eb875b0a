"""The card of a tuned model: honest figures, and names that stay names."""

from __future__ import annotations

from core.domain.training import Score
from core.steps.export import model_card

NONE = {"correct": 0, "total": 0, "low": 0.0, "high": 1.0}


def score(correct: int, total: int) -> dict[str, float]:
    found = Score.of(correct, total)
    return {"correct": correct, "total": total, "low": found.low, "high": found.high}


FACTS = {
    "project": "![x](https://example.invalid/x.png)",
    "source": "<script>.csv",
    "source_sha256": "ab" * 32,
    "seed": 7,
    "answers": {"human": 30, "llm": 12},
    "constraints": 55,
    "held_out": 11,
    "speed": "whole",
    "training": {"epochs": 4, "loss": "guided"},
    "seconds": 12.5,
    "losses": [0.9, 0.2],
    "before": {"pairs": score(5, 8), "triplets": NONE, "placements": score(1, 3)},
    "after": {"pairs": score(7, 8), "triplets": NONE, "placements": score(1, 3)},
    "silhouettes": [0.1, None],
}


def test_a_card_tells_data_answers_loss_seed_and_scores() -> None:
    card = model_card(["all-MiniLM-L6-v2+r1", "all-MiniLM-L6-v2"], [FACTS], "1.2.3")
    assert card.startswith("---\nlibrary_name: sentence-transformers\n")
    assert 'base_model: "all-MiniLM-L6-v2"' in card
    for told in (
        "30 by people, one by one, 12 by a language model",
        "55 constraints learned from, 11 held out",
        "0.9 at first, 0.2 at the end",
        "**Seed:** 7",
        "ab" * 32,
        "5 of 8 right (31% to 86%)",
        "| Silhouette of the clusters | 0.100 | – |",
        "may be worse",
    ):
        assert told in card
    # Nobody was asked triplets, so no row claims anything of them.
    assert "Triplets" not in card


def test_names_that_people_gave_stay_names() -> None:
    card = model_card(["a+r1", "evil\n---\nx: `"], [FACTS], "1.2.3")
    assert "![x](" not in card and "<script>" not in card
    front = card.split("---\n")[1]
    assert front.count("\n") == 4
