"""Names of topics: how many quotes are evidence, and how often a name leads to its intent.

    python -m benchmarks.naming

The first map of Bank77's test texts, 3 seeds. A scripted model names every topic and quotes
four passages: two that stand in a text, one with a word changed and one made up; counted are
the quotes that are kept and, of those, the ones found to the letter in the texts. That
tests the plumbing: such a model has no names worth measuring. Names by keywords (c-TF-IDF), and
those that the bundled model chooses, are measured by the embedder: of the 77 intents' own
labels, is the nearest to the name (or one of the five nearest) that of most of the topic's
texts? Beside them, the topic's most central text in place of a name. Gold labels reach
nothing but that question.
"""

from __future__ import annotations

import json
import re
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.quality import Data, first_map, read
from benchmarks.report import DATA, keep
from core.adapters.encoders import load_bundled
from core.adapters.fakes import ScriptedModel
from core.adapters.llm.smollm2 import load_smollm2
from core.domain.clusterings import Centroids
from core.domain.llm import ChatModel, Prompt, Reply
from core.domain.prompts import Aim, InvalidReply, PromptKind, Template
from core.domain.taxonomy import NewName
from core.project.naming.asking import Namer
from core.project.naming.subjects import Subject, nameable, subjects
from core.steps.hierarchy import grow as grow_hierarchy
from core.steps.prompts import preset
from core.steps.taxonomy import grow

SEEDS = 3
BUNDLED_SEEDS = 1  # five seconds a topic
TEMPLATES: dict[PromptKind, Template] = {"naming": preset("clade", "naming")}


@dataclass(frozen=True, slots=True)
class Direct:
    """A model without the gate: nothing here costs or leaves."""

    model: ChatModel

    def reply(self, prompt: Prompt, *, sample: int = 0, fresh: bool = False) -> Reply:
        return self.model.reply(prompt, sample=sample)


def scripted(prompt: Prompt, _sample: int) -> str:
    """Name a group, with two quotes of its texts and two that are none."""
    shown = re.findall(r"<(\w{10})>(.*?)</\1>", prompt.user.split("Texts of the group:")[1])
    first, second = shown[0][1].split(), shown[1][1].split()
    return json.dumps(
        {
            "label": f"Texts like {' '.join(first)[:40]}",
            "definition": "What they have in common.",
            "belongs": "",
            "excluded": "",
            # A third is read of four at most; the order must not decide which are kept.
            "quotes": [
                " ".join([*first[:2], "perhaps", *first[2:]]),
                " ".join(first[1:]),
                "nobody ever wrote this sentence",
                " ".join(second[:-1]) or second[0],
            ],
        }
    )


def topics_of(data: Data, seed: int) -> tuple[tuple[Subject, ...], Mapping[str, str]]:
    """Return the topics of the first map as they are shown to a model, and the intent that
    most of the texts of each have."""
    clustering = first_map(data, seed)
    bodies = {text.id: text.body for text in data.texts}
    centroids = Centroids.of(data.embedding.vectors, clustering.labels)
    tree = grow("map", clustering, grow_hierarchy(centroids), bodies)
    ids = {topic.id for topic in nameable(tree)}
    gold = np.array(data.gold)
    most = {
        topic.id: Counter(gold[np.isin(clustering.labels, topic.clusters)]).most_common(1)[0][0]
        for topic in tree.topics
        if topic.clusters
    }
    return subjects(tree, clustering, data.embedding, bodies, ids), most


def named(model: ChatModel, asked: Sequence[Subject]) -> list[NewName]:
    namer = Namer(Direct(model), model.name, TEMPLATES, Aim())
    found = []
    for subject in asked:
        try:
            found.append(namer.name(subject))
        except InvalidReply:
            continue
    return found


def led(names: Mapping[str, str], most: Mapping[str, str], intents: Sequence[str]) -> list[float]:
    """Return the shares (percent) of names whose nearest, or five nearest, of the intents'
    labels is the right one."""
    encoder = load_bundled()
    labels = encoder.encode([intent.replace("_", " ") for intent in intents])
    vectors = encoder.encode([names[topic].replace(" · ", " ") for topic in names])
    order = np.argsort(-(vectors @ labels.T), axis=1)
    right = [intents.index(most[topic]) for topic in names]
    places = [row.tolist().index(gold) for row, gold in zip(order, right, strict=True)]
    return [100 * statistics.mean(place < n for place in places) for n in (1, 5)]


def main() -> None:
    (data,) = read(DATA / "bank77_test.csv", "text", ["label"])
    intents = sorted(set(data.gold))
    bodies = {text.id: text.body for text in data.texts}
    ways: dict[str, list[list[float]]] = {"central text": [], "keywords": [], "bundled model": []}
    quotes = Counter[str]()
    counts = []
    for seed in range(SEEDS):
        asked, most = topics_of(data, seed)
        counts.append(len(asked))
        for name in named(ScriptedModel(answer=scripted), asked):
            kept = name.basis.quotes
            true = [any(quote in bodies[text] for text in name.basis.texts) for quote in kept]
            quotes.update(said=4, kept=len(kept), verbatim=sum(true), names=1)
        central = {one.topic.id: next(iter(one.bodies.values())) for one in asked}
        ways["central text"].append(led(central, most, intents))
        words = {one.topic.id: one.topic.label for one in asked}
        ways["keywords"].append(led(words, most, intents))
        if seed < BUNDLED_SEEDS:
            chosen = {name.topic: name.label for name in named(load_smollm2(), asked)}
            ways["bundled model"].append(led(chosen, most, intents))
        print(seed, dict(quotes), ways, flush=True)
    blank: dict[str, Any] = dict.fromkeys(("quotes", "kept", "verbatim", "first", "five"))
    topics = statistics.mean(counts)
    table = [
        {
            **{"way": "scripted model", "topics": topics, "seeds": SEEDS, **blank},
            "quotes": quotes["said"],
            "kept": quotes["kept"],
            "verbatim": 100 * quotes["verbatim"] / quotes["kept"],
        }
    ]
    for way, found in ways.items():
        first, five = (statistics.mean(column) for column in zip(*found, strict=True))
        row = {"way": way, "topics": topics, "seeds": len(found), **blank}
        table.append({**row, "first": first, "five": five})
    keep("naming", table)


if __name__ == "__main__":
    main()
