"""The reference recipe from end to end: ask, train, embed again, choose K, cluster.

ClusterLLM (Zhang, Wang, Shang, EMNLP 2023, arXiv 2305.14871). It keeps nothing:
texts and a judge in, a result out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from core.adapters.encoders import SentenceEncoder, fine_tune
from core.domain.clusterings import Clustering
from core.domain.errors import InputError, TooFewError
from core.domain.ports import Judge
from core.domain.spaces import Embedding
from core.domain.texts import Text
from core.domain.training import TrainingSpec
from core.steps import clusterllm

PAPER = TrainingSpec(
    epochs=15, batch_size=4, learning_rate=2e-6, temperature=0.01, loss="clusterllm"
)
"""The paper's training, made for encoders of 335 million weights."""

BUNDLED = replace(PAPER, epochs=5, learning_rate=2e-5)
"""For the bundled encoder of 22 million weights: on Bank77 it gains more than with the
paper's rate and epochs, and more than with other rates tried, in a third of the time."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the recipe ends in.

    `clustering` has the `k` clusters that the pairs speak for, `given` the number
    that was asked for (None where none was). `asked` and `dropped` count
    questions by kind, the latter those whose answer the recipe has no use for.
    """

    clustering: Clustering
    given: Clustering | None
    k: int
    encoder: SentenceEncoder
    embedding: Embedding
    asked: dict[str, int]
    dropped: dict[str, int]


def run(
    encoder: SentenceEncoder,
    texts: Sequence[Text],
    judge: Judge,
    *,
    embedding: Embedding | None = None,
    triplets: int = clusterllm.TRIPLETS,
    pairs_a_level: Literal[1, 3] = clusterllm.PAIRS_A_LEVEL,
    k: int | None = None,
    training: TrainingSpec = BUNDLED,
    seed: int = 0,
    on_step: Callable[[int, int, float], None] | None = None,
) -> Outcome:
    """Run the recipe on `texts`, whatever their order.

    `embedding` spares embedding the texts where they are embedded by `encoder`
    already; `k` also asks for a clustering of that size, as the paper scores
    it. `on_step(done, total, loss)` follows each training step and may raise
    Cancelled. Raises TooFewError where there are too few texts, or no answer
    to train on or to choose K by, and ModelError where the training diverges.
    """
    bodies = {text.id: text.body for text in texts}
    vectors = embedding or embed(encoder, bodies)
    if vectors.text_ids != tuple(sorted(bodies)) or vectors.space != encoder.space.id:
        raise InputError(
            "The vectors are of other texts or of another embedder.", "Embed the texts again."
        )
    start = clusterllm.initial_clusters(vectors, seed=seed)
    questions = clusterllm.propose_triplets(vectors, start, count=triplets, seed=seed)
    examples = clusterllm.chosen(judge.judge(questions), bodies)
    if not examples:
        raise TooFewError(
            "No answer named one side, so there is nothing to train on.",
            "Ask another judge, or ask more triplets.",
        )
    tuned = fine_tune(encoder, examples, replace(training, seed=seed), on_step or _unheard)
    new = embed(tuned, bodies)
    tree = clusterllm.ward_tree(new, seed=seed)
    pairs = clusterllm.propose_pairs(new, tree, a_level=pairs_a_level, seed=seed)
    said = judge.judge(pairs)
    best = clusterllm.best_k(tree, said)
    return Outcome(
        clustering=clusterllm.final_clusters(new, best, seed=seed),
        given=None if k is None else clusterllm.final_clusters(new, k, seed=seed),
        k=best,
        encoder=tuned,
        embedding=new,
        asked={"triplet": len(questions), "pair": len(pairs)},
        dropped={
            "triplet": len(questions) - len(examples),
            "pair": len(pairs) - clusterllm.usable(said),
        },
    )


def embed(encoder: SentenceEncoder, bodies: dict[str, str]) -> Embedding:
    """Return the vectors of the texts, by id."""
    ids = tuple(sorted(bodies))
    return Embedding(encoder.space.id, ids, encoder.encode([bodies[i] for i in ids]))


def _unheard(done: int, total: int, loss: float) -> None:
    """Nobody watches the steps."""
