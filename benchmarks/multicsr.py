"""MultiCSR with and without each of its stages, beside no training at all.

    python -m benchmarks.multicsr [--texts 60] [--omega 0.6]

For the same texts of Bank77's and CLINC150's test sets, drawn without their labels, the
bundled language model writes an entailed and a contradicting sentence; the bundled embedder
learns from them; scored is k-means, given the true K, on all texts of the test set. The
stages come one after the other: generated as asked for, in-batch negatives unmasked
(sentence-transformers' MultipleNegativesRankingLoss, same temperature, batch, rate and
epochs); curated by the model's own scores; false negatives masked by the frozen embedder.
`taught` triplets were learned from. Mean and standard deviation over three seeds of training
and k-means; the sentences are the likeliest ones and the same for all. ω and the score's
scale were chosen on Bank77's training texts.
"""

from __future__ import annotations

import argparse
import copy
import statistics
import time
from collections.abc import Callable, Sequence
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.report import DATA, keep
from core.adapters.encoders import SentenceEncoder, fine_tune, load_bundled
from core.adapters.llm.causal import open_causal
from core.adapters.llm.contrastive import ContrastiveWriter
from core.adapters.llm.likeness import likeness
from core.domain.generated import KINDS, GeneratedSentence, GenerationSpec
from core.domain.ids import text_id
from core.domain.llm import ModelChoice
from core.domain.training import TrainingExamples, TrainingSpec
from core.steps.curation import choose_texts, curate, generated_examples
from core.steps.metrics import accuracy, nmi

SEEDS = (0, 1, 2)
FILES = {"Bank77 test": "bank77_test.csv", "CLINC150 test": "clinc150_test.csv"}
BATCH = 16

Train = Callable[[SentenceEncoder, TrainingExamples, int], Any]


def write(bodies: Sequence[str], spec: GenerationSpec) -> list[GeneratedSentence]:
    """Return both sentences of each text that came to an end, scored."""
    model = open_causal(ModelChoice("bundled", "bundled"))
    order = sorted(bodies, key=lambda body: (len(body), body))
    found = []
    for at in range(0, len(order), BATCH):
        part = order[at : at + BATCH]
        for kind in KINDS:
            said = ContrastiveWriter(model).write(part, kind, spec)
            scores = likeness(model, list(zip(part, said, strict=True)))
            found += [
                GeneratedSentence(text_id(body), kind, sentence, score, model.name)
                for body, sentence, score in zip(part, said, scores, strict=True)
            ]
    return [sentence for sentence in found if sentence.body]


def as_asked(sentences: Sequence[GeneratedSentence], bodies: dict[str, str]) -> TrainingExamples:
    """Return the triplets with no curation: what was asked for is believed."""
    of = {kind: {one.text: one.body for one in sentences if one.kind == kind} for kind in KINDS}
    both = sorted(of["entailed"].keys() & of["contradicting"].keys())
    return TrainingExamples(
        tuple((bodies[t], of["entailed"][t], of["contradicting"][t]) for t in both), ()
    )


def unmasked(encoder: SentenceEncoder, examples: TrainingExamples, seed: int) -> Any:
    """Train with in-batch negatives as they come; return what encodes."""
    from datasets import Dataset
    from sentence_transformers import (
        SentenceTransformerTrainer,
        SentenceTransformerTrainingArguments,
    )
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
    from transformers.trainer_utils import set_seed

    spec = TrainingSpec()
    model = copy.deepcopy(encoder.model).float()
    set_seed(seed)
    columns = zip(*sorted(examples.triplets), strict=True)
    with TemporaryDirectory() as folder:
        SentenceTransformerTrainer(
            model=model,
            args=SentenceTransformerTrainingArguments(
                output_dir=folder,
                num_train_epochs=spec.epochs,
                per_device_train_batch_size=spec.batch_size,
                learning_rate=spec.learning_rate,
                seed=seed,
                save_strategy="no",
                report_to="none",
                disable_tqdm=True,
                logging_strategy="no",
            ),
            train_dataset=Dataset.from_dict(
                dict(zip(("anchor", "positive", "negative"), columns, strict=True))
            ),
            loss=MultipleNegativesRankingLoss(model, scale=1 / spec.temperature),
        ).train()
    return SentenceEncoder(model.eval(), encoder.space)


def masked(encoder: SentenceEncoder, examples: TrainingExamples, seed: int) -> Any:
    return fine_tune(encoder, examples, TrainingSpec(seed=seed), lambda *_: None)


def measured(
    encoder: Any, bodies: Sequence[str], gold: Sequence[str], seed: int
) -> tuple[float, float]:
    """Return ACC and NMI in percent of k-means given the true K."""
    from sklearn.cluster import KMeans

    vectors = encoder.encode(bodies)
    labels = KMeans(len(set(gold)), random_state=seed).fit_predict(vectors).tolist()
    return 100 * accuracy(labels, gold), 100 * nmi(labels, gold)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", type=int, default=60)
    parser.add_argument("--omega", type=float, default=GenerationSpec().omega)
    asked = parser.parse_args()
    spec = GenerationSpec(texts=asked.texts, omega=asked.omega)
    encoder, rows = load_bundled(), []
    for data, file in FILES.items():
        frame = pd.read_csv(DATA / file, dtype=str).drop_duplicates("text")
        known = {text_id(t): (t, g) for t, g in zip(frame["text"], frame["label"], strict=True)}
        bodies = {text: known[text][0] for text in sorted(known)}
        gold = [known[text][1] for text in bodies]
        chosen = choose_texts(dict.fromkeys(bodies, 0), spec.texts, seed=0)
        started = time.monotonic()
        sentences = write([bodies[text] for text in chosen], spec)
        seconds = time.monotonic() - started
        curated = generated_examples(curate(sentences, bodies, {}), bodies)
        ways: dict[str, tuple[TrainingExamples, Train]] = {
            "no training": (TrainingExamples((), ()), lambda encoder, *_: encoder),
            "generated, as asked for": (as_asked(sentences, bodies), unmasked),
            "+ curated": (curated, unmasked),
            "+ false negatives masked": (curated, masked),
        }
        for way, (examples, train) in ways.items():
            found = np.array(
                [
                    measured(train(encoder, examples, seed), list(bodies.values()), gold, seed)
                    for seed in SEEDS
                ]
            )
            row: dict[str, Any] = {"data": data, "way": way, "texts": spec.texts}
            row |= {"omega": spec.omega, "taught": len(examples), "seeds": len(SEEDS)}
            for place, name in enumerate(("acc", "nmi")):
                row[name] = float(found[:, place].mean())
                row[f"{name}_std"] = statistics.stdev(found[:, place].tolist())
            rows.append({**row, "seconds_writing": seconds})
    keep("multicsr", rows)


if __name__ == "__main__":
    main()
