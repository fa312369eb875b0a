"""The bundled language model as a judge of triplets, beside the bundled embedder.

    python -m benchmarks.judges [--triplets 100] [--seeds 3]

Hard triplets from Bank77's test set: the right candidate is of the query's intent, the
wrong one of one of the three intents whose training texts lie nearest to it, by the
embedder's own vectors, so that they are hard for the embedder first of all. The model is
asked in words (ClusterLLM's wording, answer 1 or 2) and by likelihood. `first` is the
share of answers that name what was shown first: half of them should. `flips` is the share
of triplets on which the answer changes with the order. The liking for an option is
estimated on twenty other triplets, each in both orders. Where flips are dropped,
`accuracy` and `first` are of the answers that are left, over the seeds in which there are
any: read them with `answered`.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from benchmarks.report import DATA, keep
from core.adapters.encoders import load_bundled
from core.adapters.llm.smollm2 import load_smollm2
from core.domain.llm import ChatModel
from core.domain.prompts import Aim
from core.domain.questions import Triplet
from core.steps.calibration import option_prior, without_prior
from core.steps.prompts import preset, prompt_of

NEAR = 3
FOR_PRIOR = 20
Chances = Mapping[str, float]
# The chances of "1" and "2" as shown, and with the two the other way round.
Replies = Sequence[tuple[Chances, Chances]]


@dataclass(frozen=True)
class Hard:
    """A triplet and its right answer as shown: "1" or "2"."""

    question: Triplet
    right: str


@dataclass(frozen=True)
class Bank:
    """Bank77's test texts, and for each intent the intents next to it."""

    bodies: Mapping[str, str]
    labels: Mapping[str, str]
    vectors: Mapping[str, np.ndarray]
    near: Mapping[str, Sequence[str]]


def load() -> Bank:
    encoder = load_bundled()
    test, train = (
        pd.read_csv(DATA / f"bank77_{part}.csv", dtype=str).drop_duplicates("text")
        for part in ("test", "train")
    )
    ids = [f"t{row:04d}" for row in range(len(test))]
    known = encoder.encode(train["text"].tolist())
    intents = sorted(set(train["label"]))
    middles = np.stack([known[(train["label"] == one).to_numpy()].mean(axis=0) for one in intents])
    middles /= np.linalg.norm(middles, axis=1, keepdims=True)
    likeness = middles @ middles.T
    np.fill_diagonal(likeness, -1.0)
    order = np.argsort(-likeness, axis=1)[:, :NEAR]
    return Bank(
        dict(zip(ids, test["text"], strict=True)),
        dict(zip(ids, test["label"], strict=True)),
        dict(zip(ids, encoder.encode(test["text"].tolist()), strict=True)),
        {one: [intents[j] for j in order[i]] for i, one in enumerate(intents)},
    )


def triplets(bank: Bank, count: int, seed: int) -> list[Hard]:
    rng = np.random.default_rng(seed)
    of = {one: [t for t, label in bank.labels.items() if label == one] for one in bank.near}
    found = []
    for anchor in rng.choice(list(bank.bodies), count, replace=False):
        label = bank.labels[anchor]
        same = rng.choice([text for text in of[label] if text != anchor])
        other = rng.choice(of[rng.choice(bank.near[label])])
        question = Triplet(str(anchor), str(same), str(other))
        found.append(Hard(question, "1" if question.shown[0] == same else "2"))
    return found


def by_embedder(bank: Bank, hard: Sequence[Hard]) -> Replies:
    found = []
    for one in hard:
        first, second = (
            float(bank.vectors[one.question.anchor] @ bank.vectors[side])
            for side in one.question.shown
        )
        said = "1" if first > second else "2"
        other = "2" if said == "1" else "1"
        found.append(({said: 1.0, other: 0.0}, {other: 1.0, said: 0.0}))
    return found


def by_model(model: ChatModel, bank: Bank, hard: Sequence[Hard], *, in_words: bool) -> Replies:
    template = preset("clusterllm", "triplet")
    found = []
    for one in hard:
        both = []
        for swapped in (False, True):
            prompt = prompt_of(one.question, bank.bodies, template, Aim(), swapped=swapped)
            if in_words:
                prompt = replace(prompt, query=None, candidates=None)
            both.append(model.reply(prompt).chances or {})
        found.append((both[0], both[1]))
    return found


def score(hard: Sequence[Hard], replies: Replies, *, drop_flips: bool) -> dict[str, float]:
    """Return percentages over the answers that are left."""
    shown = [max(reply, key=lambda label: reply[label]) for reply, _ in replies]
    again = [max(reply, key=lambda label: reply[label]) for _, reply in replies]
    flips = np.array([one == two for one, two in zip(shown, again, strict=True)])
    said = np.array(shown)
    right = said == np.array([one.right for one in hard])
    left = ~flips if drop_flips else np.ones(len(hard), dtype=bool)
    return {
        "answered": 100 * float(left.mean()),
        "accuracy": 100 * float(right[left].mean()) if left.any() else float("nan"),
        "first": 100 * float((said[left] == "1").mean()) if left.any() else float("nan"),
        "flips": 100 * float(flips.mean()),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--triplets", type=int, default=100, help="a seed")
    parser.add_argument("--seeds", type=int, default=3)
    asked = parser.parse_args()
    bank, model = load(), load_smollm2()
    found: dict[str, list[dict[str, float]]] = {}
    for seed in range(asked.seeds):
        drawn = triplets(bank, FOR_PRIOR + asked.triplets, seed)
        hard = drawn[FOR_PRIOR:]
        words = by_model(model, bank, drawn, in_words=True)
        liking = option_prior([one for both in words[:FOR_PRIOR] for one in both], ("1", "2"))
        asked_plainly = words[FOR_PRIOR:]
        divided = [
            (without_prior(one, liking), without_prior(two, liking)) for one, two in asked_plainly
        ]
        likelihood = by_model(model, bank, hard, in_words=False)
        ways: dict[str, tuple[Replies, bool]] = {
            "MiniLM, cosine": (by_embedder(bank, hard), False),
            "SmolLM2 by likelihood": (likelihood, False),
            "SmolLM2 asked": (asked_plainly, False),
            "SmolLM2 asked, flips dropped": (asked_plainly, True),
            "SmolLM2 asked, liking divided out": (divided, False),
            "SmolLM2 asked, divided out and flips dropped": (divided, True),
        }
        for way, (replies, drop_flips) in ways.items():
            found.setdefault(way, []).append(score(hard, replies, drop_flips=drop_flips))
    rows = []
    for way, scores in found.items():
        row: dict[str, object] = {"way": way, "triplets": asked.triplets, "seeds": asked.seeds}
        for name in scores[0]:
            values = [one[name] for one in scores if not np.isnan(one[name])]
            row[name] = float(np.mean(values)) if values else None
            row[f"{name}_std"] = float(np.std(values, ddof=1)) if len(values) > 1 else None
        rows.append(row)
    keep("judges", rows)


if __name__ == "__main__":
    main()
