"""Fine-tuning an encoder on settled answers, with sentence-transformers' trainer."""

from __future__ import annotations

import copy
import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import astuple
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from core.adapters.encoders.checkpoints import Checkpoints
from core.adapters.encoders.contrast import (
    SAME_CENTRE,
    chosen_contrast,
    group_contrast,
    guided_contrast,
    linked_contrast,
)
from core.adapters.encoders.sentence import REVISION_DIGITS, SentenceEncoder, space_of
from core.adapters.encoders.stopping import Best, Encode
from core.adapters.encoders.trainer import Batches, arguments, freeze_words, trainer_class
from core.domain.errors import ModelError, TooFewError
from core.domain.ids import content_id
from core.domain.spaces import Floats, Space
from core.domain.training import TrainingExamples, TrainingSpec

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

# How much faster the vectors that stand for groups learn than the encoder.
_PROTOTYPE_RATE = 10.0

# In the last checkpoint, one step past the end: the weights that the training came to.
_DONE = "done.safetensors"


def fine_tune(
    encoder: SentenceEncoder,
    examples: TrainingExamples,
    spec: TrainingSpec,
    on_step: Callable[[int, int, float], None],
    *,
    check: Callable[[Encode], float] | None = None,
    checkpoints: Checkpoints | None = None,
) -> SentenceEncoder:
    """Return a new encoder that learned from `examples`; `encoder` stays as it was.

    Triplets teach by a contrastive loss: with `spec.loss` "guided", one whose in-batch
    false negatives are masked with the given encoder as guide (MultiCSR: Wang et al.,
    NAACL 2024, third stage; GISTEmbed: Solatorio 2024, arXiv 2402.16829); with
    "clusterllm", that of the reference recipe, kept as published. Pairs teach by a
    weighted CoSENT, groups by contrast with their neighbours. Of `spec.layers` only the
    last layers learn; word embeddings stay as they are: they are half of the weights,
    and most words of a new text are in no example. AdamW with linear decay and no
    warm-up, which would take one of the four steps that a dozen answers give. The order
    of the examples changes nothing.

    `check(encode)` scores the encoder after each epoch, higher is better: the best
    epoch is returned, and training ends once `spec.patience` epochs brought nothing.
    With `checkpoints` a training that was killed goes on from the last one if it is the
    same training, and comes to the same weights. The last one holds the finished weights:
    it is the caller's to clear once what was learned is kept elsewhere.

    `on_step(done, total, loss)` follows each optimiser step and may raise Cancelled.
    Raises TooFewError without examples, ModelError once the loss or a weight is not
    finite, and StorageError where a checkpoint cannot be written.
    """
    if not len(examples):
        raise TooFewError(
            "There are no answers to learn from.",
            "Answer some questions on the Review page, then train again.",
        )
    from safetensors.torch import load_file, save_file
    from transformers.trainer_callback import PrinterCallback
    from transformers.trainer_utils import set_seed

    resumed = None
    if checkpoints is not None:
        checkpoints = checkpoints.of(_name(encoder.space, examples, spec))
        resumed = checkpoints.newest()
        if resumed is not None and (resumed / _DONE).exists():
            return _finished(encoder, load_file(str(resumed / _DONE)))
    model = copy.deepcopy(encoder.model).float()
    if spec.loss != "clusterllm":
        _freeze(model, spec.layers)
    set_seed(spec.seed)
    data = _Data(encoder, model, examples, spec)
    best = Best(encoder, model, check, spec.patience)
    with TemporaryDirectory() as folder:
        args = arguments(folder, model, spec)
        if examples.groups is not None:
            rate = spec.learning_rate * _PROTOTYPE_RATE
            args.learning_rate_mapping = {r"(^|\.)prototypes$": rate}
        trainer = trainer_class()(
            model=model,
            args=args,
            train_dataset=data.sets,
            loss=data.losses,
            callbacks=[reporter(on_step), best.callback()],
        )
        trainer.remove_callback(PrinterCallback)
        trainer.best = best
        trainer.batches = Batches(
            data.lengths, spec.batch_size, spec.seed, bucketed=spec.loss != "clusterllm"
        )
        if checkpoints is not None:
            trainer.keep_in(checkpoints)
        trainer.train(resume_from_checkpoint=None if resumed is None else str(resumed))
    state = best.state(model)
    tuned = _finished(encoder, state)  # which refuses weights that are not finite
    if checkpoints is not None:
        whole = {name: value.detach().clone().contiguous() for name, value in state.items()}
        after = trainer.state.global_step + 1
        checkpoints.put(after, lambda folder: save_file(whole, str(folder / _DONE)))
    return tuned


class _Data:
    """The examples as datasets, with their losses and lengths: one a kind, its rows
    sorted so that their order leaves no trace."""

    def __init__(
        self,
        encoder: SentenceEncoder,
        model: SentenceTransformer,
        examples: TrainingExamples,
        spec: TrainingSpec,
    ) -> None:
        from datasets import DatasetDict

        self.sets: Any = DatasetDict()
        self.losses: dict[str, Any] = {}
        self.lengths: list[list[int]] = []
        if examples.triplets:
            rows, weights = _sorted(examples.triplets, examples.triplet_weights)
            columns = list(zip(*rows, strict=True))
            self._add("triplets", columns)
            if spec.loss == "clusterllm":
                self.losses["triplets"] = chosen_contrast(model, spec.temperature)
            else:
                guide = _guide(encoder, columns)
                self.losses["triplets"] = guided_contrast(model, guide, weights, spec.temperature)
        if examples.pairs:
            rows, weights = _sorted(examples.pairs, examples.pair_weights)
            left, right, same = zip(*rows, strict=True)
            self._add("pairs", [left, right])
            self.losses["pairs"] = linked_contrast(model, same, weights)
        if examples.groups is not None:
            self._add("groups", [examples.groups.bodies])
            self.losses["groups"] = group_contrast(
                model, examples.groups, spec.temperature, same=SAME_CENTRE
            )

    def _add(self, name: str, columns: Sequence[Sequence[str]]) -> None:
        from datasets import Dataset

        # The tokenizer refuses lone surrogates, which JSON files may hold.
        readable = [
            [body.encode("utf-8", "replace").decode("utf-8") for body in column]
            for column in columns
        ]
        named = {f"text{place}": column for place, column in enumerate(readable)}
        rows = len(readable[0])
        self.sets[name] = Dataset.from_dict({**named, "label": list(range(rows))})
        self.lengths.append([max(map(len, row)) for row in zip(*readable, strict=True)])


def _sorted(rows: Sequence[Any], weights: Sequence[float]) -> tuple[list[Any], list[float]]:
    """Return rows and weights (1 where there are none) in an order of their own."""
    paired = sorted(zip(rows, weights or (1.0,) * len(rows), strict=True))
    return [row for row, _ in paired], [weight for _, weight in paired]


def _guide(encoder: SentenceEncoder, columns: Sequence[Sequence[str]]) -> list[Floats]:
    """Return what the frozen base makes of each column: each body is embedded once."""
    bodies = sorted({body for column in columns for body in column})
    vectors = encoder.encode(bodies)
    row_of = {body: row for row, body in enumerate(bodies)}
    return [vectors[np.array([row_of[body] for body in column])] for column in columns]


def _freeze(model: SentenceTransformer, layers: int | None) -> None:
    """Leave only the last `layers` to learn (None: all), and no word embeddings."""
    from torch import nn

    if layers is not None:
        stacks: list[Any] = [
            part for part in model.modules() if isinstance(part, nn.ModuleList) and len(part) > 1
        ]
        if not stacks:
            raise ModelError(
                "This embedder has no layers of which the last could be trained.",
                "Train the whole embedder, or use the quick adapter.",
            )
        model.requires_grad_(False)
        deepest = sorted(stacks, key=lambda stack: -len(list(stack)))[0]
        for layer in list(deepest)[-layers:]:
            layer.requires_grad_(True)
    freeze_words(model)


def _finished(encoder: SentenceEncoder, state: dict[str, Any]) -> SentenceEncoder:
    """Return a model of its own with these weights: the trainer leaves its marks."""
    model = copy.deepcopy(encoder.model).float()
    model.load_state_dict(state)
    return encoder.followed_by(model.eval(), tuned_space(encoder.space, model))


def _name(parent: Space, examples: TrainingExamples, spec: TrainingSpec) -> str:
    """Return the name of a training: the same space, examples and settings."""
    groups = examples.groups
    taught = (
        ()
        if groups is None
        else (*groups.bodies, str(groups.groups.tolist()), str(groups.weights.tolist()))
    )
    return content_id(
        "training",
        parent.id,
        repr(astuple(spec)),
        repr(_sorted(examples.triplets, examples.triplet_weights)),
        repr(_sorted(examples.pairs, examples.pair_weights)),
        *taught,
    )


def reporter(on_step: Callable[[int, int, float], None]) -> Any:
    """Return a callback of the trainer that hands each step's loss to `on_step`."""
    from transformers import TrainerCallback

    class Reporter(TrainerCallback):  # type: ignore[misc]  # likewise untyped
        def on_log(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            loss = kwargs["logs"].get("loss")
            if loss is None:  # the summary after the last step
                return
            if not math.isfinite(loss):
                raise diverged()
            on_step(state.global_step, state.max_steps, float(loss))

    return Reporter()


def diverged() -> ModelError:
    return ModelError(
        "The training diverged: the loss is no longer a finite number.",
        "Train again with a smaller learning rate; the model in use is untouched.",
    )


def tuned_space(parent: Space, model: SentenceTransformer) -> Space:
    """Return the space of `model`, named after its root and the number of tunings."""
    root, _, tunings = parent.encoder.rpartition("+r")
    name = f"{root}+r{int(tunings) + 1}" if root and tunings.isdigit() else f"{parent.encoder}+r1"
    return space_of(name, weights_revision(model), parent.id)


def weights_revision(model: SentenceTransformer) -> str:
    """Return the hash of a model's weights. Raises ModelError where one is not finite."""
    import torch

    digest = hashlib.sha256()
    for name, weights in sorted(model.state_dict().items()):
        if not bool(torch.isfinite(weights).all()):
            raise diverged()
        digest.update(f"{name} {tuple(weights.shape)} ".encode())
        digest.update(weights.cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()[:REVISION_DIGITS]
