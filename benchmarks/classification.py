"""Classifiers of new texts: trained on one part, judged on another that they never saw.

    python -m benchmarks.classification            the classifiers on embeddings
    python -m benchmarks.classification encoder    the fine-tuned encoder, about ten minutes

Bank77: its train file, then its test file. CLINC150: all texts but those of the test
file, then the test file. The control is scikit-learn's LogisticRegression with its
defaults on the same vectors. None of these three ways draws a lot, so there is one run
of each; the encoder has one seed, for its cost. Its epochs and learning rate are Clade's
defaults; it stops by texts held out of the train file. The seconds are those of training
alone, with vectors made before. Rows of a former run that this one does not make anew stay.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.report import DATA, RESULTS, keep
from core.adapters.encoders import SentenceEncoder, fine_tune_classes, load_bundled
from core.domain.classification import EncoderSpec
from core.domain.ids import text_id
from core.domain.spaces import Floats, Ints
from core.steps.classification import (
    centroid_head,
    logistic_head,
    logits_of,
    pick_members,
    quality,
    split,
)
from core.steps.classification.calibration import log_softmax
from core.steps.classification.nearness import nearness

NAME = "classification"
SEED = 0


@dataclass(frozen=True, slots=True)
class Data:
    """Bodies, places of their topics int32 (n,), and vectors of both files."""

    name: str
    topics: tuple[str, ...]
    train: tuple[str, ...]
    test: tuple[str, ...]
    learned: Ints
    gold: Ints
    vectors: Floats
    asked: Floats


def read(name: str, train: str, test: str, encoder: SentenceEncoder) -> Data:
    """Return a data set; no text of the test file is among those to learn from."""
    judged = pd.read_csv(DATA / test, dtype=str)
    asked = set(map(text_id, judged["text"]))
    rows = pd.read_csv(DATA / train, dtype=str)
    rows = rows[[text_id(body) not in asked for body in rows["text"]]]
    # In the order of the ids, as a project holds them.
    rows = rows.iloc[np.argsort([text_id(body) for body in rows["text"]], kind="stable")]
    topics = tuple(sorted(set(rows["label"])))
    place = {topic: at for at, topic in enumerate(topics)}
    bodies, questions = tuple(rows["text"]), tuple(judged["text"])
    return Data(
        name,
        topics,
        bodies,
        questions,
        np.array([place[label] for label in rows["label"]], np.int32),
        np.array([place[label] for label in judged["label"]], np.int32),
        encoder.encode(bodies),
        encoder.encode(questions),
    )


def nearest(data: Data) -> Floats:
    k = len(data.topics)
    return nearness(data.asked, pick_members(data.vectors, data.learned, k), k)


def logistic(data: Data) -> Floats:
    head = logistic_head(data.vectors, data.learned, len(data.topics))
    return logits_of(head, data.asked, data.asked)


def plain(data: Data) -> Floats:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(max_iter=1000).fit(data.vectors, data.learned)
    return np.asarray(model.decision_function(data.asked), np.float32)


def encoder_logits(data: Data, encoder: SentenceEncoder) -> Floats:
    """Fine-tune on the train file but for one text in thirteen, which training stops by."""
    ids = [text_id(body) for body in data.train]
    parts = split(ids, [data.topics[label] for label in data.learned], SEED)
    tune = set(parts.tune[::2].tolist())
    labelled = list(zip(data.train, data.learned.tolist(), strict=True))
    learned = [row for row in range(len(labelled)) if row not in tune]
    tuned, head = fine_tune_classes(
        encoder,
        [labelled[row] for row in learned],
        [labelled[row] for row in sorted(tune)],
        centroid_head(data.vectors[learned], data.learned[learned]),
        EncoderSpec(seed=SEED),
        _tell,
    )
    own = tuned.encode(data.test)
    return logits_of(head, own, own)


def _tell(done: int, total: int, loss: float) -> None:
    if done % 50 == 0:
        print(f"step {done} of {total}, loss {loss:.3f}", file=sys.stderr, flush=True)


def scored(data: Data, way: str, logits_for: Callable[[], Floats]) -> dict[str, Any]:
    started, cpu = time.perf_counter(), time.process_time()
    logits = logits_for()
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    probability = np.exp(log_softmax(logits).max(axis=1)).astype(np.float32)
    found = logits.argmax(axis=1).astype(np.int32)
    scores = quality(data.topics, found, data.gold, probability)
    accuracy = scores.accuracy
    return {
        "data": data.name,
        "way": way,
        "topics": len(data.topics),
        "trained_on": len(data.train),
        "judged_on": len(data.test),
        "accuracy": 100 * accuracy.share,
        "low": 100 * accuracy.low,
        "high": 100 * accuracy.high,
        "precision_macro": 100 * scores.macro.precision,
        "recall_macro": 100 * scores.macro.recall,
        "f1_macro": 100 * scores.macro.f1,
        "f1_weighted": 100 * scores.weighted.f1,
        "seconds": seconds,
        "cpu_seconds": cpu,
    }


def former() -> list[dict[str, Any]]:
    path = RESULTS / f"{NAME}.json"
    return json.loads(path.read_text("utf-8"))["rows"] if path.exists() else []


def main() -> None:
    encoder = load_bundled()
    bank = read("Bank77", "bank77_train.csv", "bank77_test.csv", encoder)
    if sys.argv[1:] == ["encoder"]:
        made = [scored(bank, "encoder, fine-tuned", lambda: encoder_logits(bank, encoder))]
    else:
        clinc = read("CLINC150", "clinc150_all.csv", "clinc150_test.csv", encoder)
        ways = {
            "nearest group": nearest,
            "logistic regression": logistic,
            "scikit-learn, defaults": plain,
        }
        made = [
            scored(data, way, lambda run=run, data=data: run(data))  # type: ignore[misc]
            for data in (bank, clinc)
            for way, run in ways.items()
        ]
    anew = {(row["data"], row["way"]) for row in made}
    keep(NAME, [*(row for row in former() if (row["data"], row["way"]) not in anew), *made])


if __name__ == "__main__":
    main()
