"""Learning from the answers, at one of the speeds."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from core.adapters.encoders import Checkpoints, SentenceEncoder, fine_tune, with_adapter
from core.domain.errors import TooFewError
from core.domain.groupings import Grouping
from core.domain.judgments import Constraints, Judgment
from core.domain.spaces import Embedding, Floats
from core.domain.training import Speed, TrainingExamples
from core.project.arrays import load_clustering, load_embedding
from core.project.encoders import open_trainable
from core.project.generating import lesson
from core.project.grouping import foundation, weigh
from core.project.mapping import Current
from core.project.pacing import remember_learning, remember_sharpening
from core.project.retraining.material import Halves, learned, texts_of
from core.project.retraining.speeds import LAST_LAYERS, share_of
from core.project.stages import Stage
from core.project.workspace import Workspace
from core.steps.training import (
    ROUNDS,
    adapted,
    examples,
    fit_adapter,
    score,
    sharpen,
    spec_for,
    split,
    taught_groups,
)

_GENERATED = 0.5
"""What a triplet weighs that a model wrote: an answer of a person weighs twice as much."""

_FEWEST_CHECKS = 10
"""Constraints below which a check after each epoch says nothing, and costs examples."""

# Shares of the progress before the first step.
_OPENED, _PREPARED = 0.02, 0.05


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained encoder, the seconds that it took, its losses, and its settings as JSON
    values; `embedding` where the new vectors are there already."""

    encoder: SentenceEncoder
    seconds: float
    losses: tuple[float, ...]
    settings: Mapping[str, Any]
    embedding: Embedding | None = None


@dataclass(frozen=True, slots=True)
class Lessons:
    """What a fine-tune learns from, and the constraints that say when to stop, which
    touch none of its texts (None where there are too few)."""

    examples: TrainingExamples
    taught: Constraints
    stop: Constraints | None


def learn(
    workspace: Workspace,
    here: Current,
    halves: Halves,
    bodies: Mapping[str, str],
    speed: Speed,
    stage: Stage,
    *,
    generated: bool = False,
) -> Trained:
    """Train the current embedder on the half that teaches; with `generated`, a fine-tune
    learns from the kept generated sentences, too. Raises TooFewError, ModelError,
    StorageError, and Cancelled through `stage`."""
    started = time.monotonic()
    stage.report(_OPENED, "Preparing the training")
    encoder = open_trainable(workspace, here.map.space, runs_code=here.project.runs_code)
    if speed == "adapter":
        trained = _adapt(workspace, here, halves, encoder)
    elif speed == "sharpen":
        trained = _sharpen(workspace, here, halves, encoder, stage)
    else:
        trained = _tune(workspace, here, halves, bodies, speed, encoder, stage, generated)
    return replace(trained, seconds=time.monotonic() - started)


def _adapt(
    workspace: Workspace, here: Current, halves: Halves, encoder: SentenceEncoder
) -> Trained:
    embedding = load_embedding(workspace, here.map)
    grouping = _spoken_for(workspace, here, halves.learned)
    adapter = fit_adapter(embedding, grouping, seed=here.project.seed)
    if not adapter.strength:
        raise TooFewError(
            "The quick adapter found nothing to change: by the answers themselves, the space is "
            "best as it is.",
            "Train the last layers instead, or answer more questions first.",
        )
    tuned = with_adapter(encoder, adapter.matrix)
    settings = {
        "speed": "adapter",
        "method": "relevant component analysis",
        "strength": adapter.strength,
        "seed": here.project.seed,
    }
    return Trained(tuned, 0.0, (), settings, _after(embedding, adapter.matrix, encoder, tuned))


def _sharpen(
    workspace: Workspace, here: Current, halves: Halves, encoder: SentenceEncoder, stage: Stage
) -> Trained:
    """Learn from the present clusters alone. Where answers shaped them, those that judge
    are taken out first: what they moved would judge itself."""
    embedding, clustering = (
        load_embedding(workspace, here.map),
        load_clustering(workspace, here.map),
    )
    if here.map.prior_key is not None:
        clustering = _spoken_for(workspace, here, halves.learned).clustering
    started = time.monotonic()

    def on_round(done: int, total: int, loss: float) -> None:
        stage.point(loss)
        at = _PREPARED + (1 - _PREPARED) * done / total
        stage.report(at, f"Sharpening, round {done} of at most {total}")

    found = sharpen(embedding, clustering, seed=here.project.seed, on_round=on_round)
    spent = (time.monotonic() - started) / found.rounds / found.texts
    remember_sharpening(workspace, here.project.id, spent * ROUNDS)
    tuned = with_adapter(encoder, found.matrix)
    settings = {
        "speed": "sharpen",
        "method": "deep embedded clustering with a linear map",
        "rounds": found.rounds,
        "texts": found.texts,
        "changed_in_the_last_round": round(found.changed, 5),
        "seed": here.project.seed,
    }
    after = _after(embedding, found.matrix, encoder, tuned)
    return Trained(tuned, 0.0, found.losses, settings, after)


def _after(
    embedding: Embedding, matrix: Floats, encoder: SentenceEncoder, tuned: SentenceEncoder
) -> Embedding | None:
    """Return what the tuned encoder makes of the texts; None where that is not known
    because the vectors are not the torch model's own, so that they must be embedded."""
    if embedding.space != encoder.space.id:
        return None
    return adapted(embedding, matrix, tuned.space.id)


def _tune(
    workspace: Workspace,
    here: Current,
    halves: Halves,
    bodies: Mapping[str, str],
    speed: Speed,
    encoder: SentenceEncoder,
    stage: Stage,
    generated: bool,
) -> Trained:
    found = lessons(workspace, here, halves, bodies)
    if generated:
        found = _with_generated(workspace, here, halves, bodies, found)
    spec = replace(
        spec_for(found.examples),
        seed=here.project.seed,
        layers=LAST_LAYERS if speed == "last" else None,
    )
    losses: list[float] = []
    first = [0.0, 0]  # when the first step of this life was done, and its number
    each = 0.0

    def on_step(done: int, total: int, loss: float) -> None:
        nonlocal each
        if not losses:
            first[:] = time.monotonic(), done
        elif done > first[1]:
            seconds = (time.monotonic() - first[0]) / (done - first[1])
            each = seconds * total / (spec.epochs * found.examples.texts)
        losses.append(loss)
        stage.point(loss)
        at = _PREPARED + (1 - _PREPARED) * done / total
        stage.report(at, f"Training, step {done} of {total}")

    tuned = fine_tune(
        encoder,
        found.examples,
        spec,
        on_step,
        check=_check(found, bodies),
        checkpoints=checkpoints(workspace, here.project.id),
    )
    if each:
        remember_learning(workspace, here.project.id, each / share_of(speed))
    return Trained(
        tuned, 0.0, tuple(losses), {"speed": speed, "generated": generated, **asdict(spec)}
    )


def checkpoints(workspace: Workspace, project_id: str) -> Checkpoints:
    """Return where a project's trainings keep what they would go on from; to be cleared
    once the proposal is kept: a kill while the map is drawn costs no training."""
    return Checkpoints(workspace.settings.home / "checkpoints" / project_id)


def lessons(
    workspace: Workspace, here: Current, halves: Halves, bodies: Mapping[str, str]
) -> Lessons:
    """Return what a fine-tune learns from: the texts of the groups that the answers speak
    for, or the constraints where these are fewer than two. Enough constraints give some
    away that say when to stop."""
    taught, stop, judgments = halves.train, None, halves.learned
    try:
        fewer, checks = split(halves.train, seed=here.project.seed + 1)
    except TooFewError:  # all of it is needed to learn from
        checks = Constraints()
    if len(checks) >= _FEWEST_CHECKS:
        taught, stop, judgments = fewer, checks, learned(halves.learned, checks)
    grouping = _spoken_for(workspace, here, judgments)
    groups = taught_groups(load_embedding(workspace, here.map), grouping, bodies)
    return Lessons(examples(taught, bodies, groups), taught, stop)


def _with_generated(
    workspace: Workspace, here: Current, halves: Halves, bodies: Mapping[str, str], found: Lessons
) -> Lessons:
    """Return the lessons with the kept generated sentences (MultiCSR, third stage), but for
    those of texts that judge or say when to stop."""
    hidden = texts_of(halves.held_out) | texts_of(found.stop or Constraints())
    written = lesson(workspace, here.project.id, bodies, without=hidden)
    return replace(found, examples=found.examples.with_triplets(written.triplets, _GENERATED))


def _spoken_for(workspace: Workspace, here: Current, judgments: tuple[Judgment, ...]) -> Grouping:
    """Return the groups that these answers speak for, and no others."""
    return weigh(*foundation(workspace, here.map), judgments)


def _check(
    found: Lessons, bodies: Mapping[str, str]
) -> Callable[[Callable[[list[str]], Floats]], float] | None:
    """Return what scores an encoder by the constraints that it does not learn from."""
    stop = found.stop
    if stop is None:
        return None
    links = [*stop.must_links, *stop.cannot_links]
    links += [*found.taught.must_links, *found.taught.cannot_links]
    asked = {text for link in links for text in (link.left, link.right)}
    asked |= {t for one in stop.triplets for t in (one.anchor, one.positive, one.negative)}
    texts = tuple(sorted(asked & bodies.keys()))

    def check(encode: Callable[[list[str]], Floats]) -> float:
        vectors = encode([bodies[text] for text in texts])
        return score(Embedding("check", texts, vectors), stop, found.taught).share

    return check
