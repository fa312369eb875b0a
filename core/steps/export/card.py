"""The model card of a tuned embedder: what it learned from, how, and how well it did."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$&])")
_KINDS = (("pairs", "Pairs and links"), ("triplets", "Triplets"), ("placements", "Placements"))
_SOURCES = {
    "human": "by people, one by one",
    "bulk": "approved by people, many at once",
    "llm": "by a language model",
    "rule": "by a rule",
}


def model_card(names: Sequence[str], lessons: Sequence[Mapping[str, Any]], version: str) -> str:
    """Return the README.md of a tuned model.

    `names` are the encoders from the tuned one back to the one that it began with;
    `lessons` the facts of each training (domain.spaces.Lesson), the newest first;
    `version` is that of Clade. A text of the data is nowhere in it.
    """
    parts = [
        _front(names[-1]),
        f"# {_plain(names[0])}\n\n"
        f"A sentence-transformers model, tuned from `{names[-1].replace('`', '')}` on answers of "
        "people and machines about which texts belong together, with Clade "
        f"{version}. It maps texts to vectors whose cosine tells how close they are.",
        "## Use\n\n```python\nfrom sentence_transformers import SentenceTransformer\n\n"
        'model = SentenceTransformer("model")  # this folder\n'
        'vectors = model.encode(["a text"], normalize_embeddings=True)\n```',
    ]
    parts += [
        _round(number, facts)
        for number, facts in zip(range(len(lessons), 0, -1), lessons, strict=True)
    ]
    parts.append(
        "## Caveats\n\nIt was tuned to tell the groups of one collection of texts apart; on other "
        "texts it may be worse than the model it began with. Held-out answers are few: read "
        "their intervals. The silhouette tells how far clusters stand apart, not whether they "
        "are right."
    )
    return "\n\n".join(parts) + "\n"


def _front(base: str) -> str:
    return "\n".join(
        (
            "---",
            "library_name: sentence-transformers",
            "pipeline_tag: sentence-similarity",
            f"base_model: {json.dumps(base, ensure_ascii=False)}",
            "tags: [sentence-transformers, sentence-similarity, feature-extraction]",
            "---",
        )
    )


def _round(number: int, facts: Mapping[str, Any]) -> str:
    answers = ", ".join(
        f"{count:,} {_SOURCES.get(source, source)}" for source, count in facts["answers"].items()
    )
    settings = ", ".join(f"{key} {value}" for key, value in facts["training"].items())
    losses = facts["losses"]
    loss = f"{losses[0]} at first, {losses[-1]} at the end" if losses else "not recorded"
    rows = [
        f"- **Data:** {_plain(facts['project'])}, from {_plain(facts['source'])} "
        f"(SHA-256 `{facts['source_sha256']}`)",
        f"- **Answers:** {answers or 'none'}; {facts['constraints']:,} constraints learned from, "
        f"{facts['held_out']:,} held out, with no text on both sides",
        f"- **Training:** {_plain(str(facts['speed']))}; {_plain(settings)}",
        f"- **Loss:** {loss}",
        f"- **Seed:** {facts['seed']} · **Time:** {facts['seconds']} s",
    ]
    return f"## Training {number}\n\n" + "\n".join(rows) + "\n\n" + _scores(facts)


def _scores(facts: Mapping[str, Any]) -> str:
    lines = [
        "| held-out answers of people | before | after |",
        "|---|---|---|",
    ]
    for kind, name in _KINDS:
        before, after = facts["before"][kind], facts["after"][kind]
        if before["total"]:
            lines.append(f"| {name} | {_score(before)} | {_score(after)} |")
    before, after = ("–" if value is None else f"{value:.3f}" for value in facts["silhouettes"])
    lines.append(f"| Silhouette of the clusters | {before} | {after} |")
    return "\n".join(lines)


def _score(score: Mapping[str, Any]) -> str:
    return (
        f"{score['correct']} of {score['total']} right ({score['low']:.0%} to {score['high']:.0%})"
    )


def _plain(text: str) -> str:
    """Escape names that people gave: a card is Markdown."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
