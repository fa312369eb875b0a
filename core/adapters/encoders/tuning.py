"""Fine-tuning an encoder on settled answers, with sentence-transformers' trainer."""

from __future__ import annotations

import copy
import hashlib
import math
from collections.abc import Callable
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from core.adapters.encoders.contrast import chosen_contrast, guided_contrast
from core.adapters.encoders.sentence import REVISION_DIGITS, SentenceEncoder, space_of
from core.domain.errors import ModelError, TooFewError
from core.domain.spaces import Space
from core.domain.training import TrainingExamples, TrainingSpec

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_WEIGHT_DECAY = 0.01


def fine_tune(
    encoder: SentenceEncoder,
    examples: TrainingExamples,
    spec: TrainingSpec,
    on_step: Callable[[int, int, float], None],
) -> SentenceEncoder:
    """Return a new encoder that learned from `examples`; `encoder` stays as it was.

    Triplets teach by a contrastive loss: with `spec.loss` "guided", one whose in-batch
    false negatives are masked with the given encoder as guide (MultiCSR: Wang et al.,
    NAACL 2024, third stage; GISTEmbed: Solatorio 2024, arXiv 2402.16829); with
    "clusterllm", that of the reference recipe. Pairs teach by CoSENT, which ranks every
    'same' above every 'different', or, where all answers are alike, by the online
    contrastive loss. AdamW with linear decay and no warm-up, which would take one
    of the four steps that a dozen answers give. The order of the examples changes
    nothing.

    `on_step(done, total, loss)` follows each optimiser step and may raise
    Cancelled. Raises TooFewError without examples, and ModelError once the loss
    or a weight is not finite.
    """
    if not examples:
        raise TooFewError(
            "There are no answers to learn from.",
            "Answer some questions on the Review page, then train again.",
        )
    from sentence_transformers import SentenceTransformerTrainingArguments
    from transformers.trainer_callback import PrinterCallback
    from transformers.trainer_utils import set_seed

    model = copy.deepcopy(encoder.model).float()
    set_seed(spec.seed)
    with TemporaryDirectory() as folder:
        trainer = _trainer_class()(
            model=model,
            args=SentenceTransformerTrainingArguments(
                output_dir=folder,
                num_train_epochs=spec.epochs,
                per_device_train_batch_size=spec.batch_size,
                learning_rate=spec.learning_rate,
                weight_decay=_WEIGHT_DECAY,
                seed=spec.seed,
                use_cpu=model.device.type == "cpu",
                dataloader_pin_memory=False,
                save_strategy="no",
                eval_strategy="no",
                logging_steps=1,
                logging_nan_inf_filter=False,
                report_to="none",
                disable_tqdm=True,
            ),
            train_dataset=_datasets(examples),
            loss=_losses(model, encoder.model, examples, spec),
            callbacks=[reporter(on_step)],
        )
        trainer.remove_callback(PrinterCallback)
        trainer.train()
    return SentenceEncoder(model.eval(), _tuned_space(encoder.space, model))


def _trainer_class() -> Any:
    from sentence_transformers import SentenceTransformerTrainer

    class Trainer(SentenceTransformerTrainer):  # type: ignore[misc]  # untyped to mypy
        def add_model_card_callback(self, default_args_dict: dict[str, Any]) -> None:
            """Leave the card out: it is never saved, and would copy texts into the model."""

    return Trainer


def _datasets(examples: TrainingExamples) -> Any:
    """One Dataset a kind of example, rows sorted so that their order leaves no trace."""
    from datasets import Dataset, DatasetDict

    found = {}
    if examples.triplets:
        anchors, positives, negatives = zip(*sorted(examples.triplets), strict=True)
        found["triplets"] = Dataset.from_dict(
            {"anchor": anchors, "positive": positives, "negative": negatives}
        )
    if examples.pairs:
        lefts, rights, same = zip(*sorted(examples.pairs), strict=True)
        found["pairs"] = Dataset.from_dict(
            {"left": lefts, "right": rights, "label": [int(is_same) for is_same in same]}
        )
    return DatasetDict(found)


def _losses(
    model: SentenceTransformer,
    guide: SentenceTransformer,
    examples: TrainingExamples,
    spec: TrainingSpec,
) -> dict[str, Any]:
    from sentence_transformers.sentence_transformer.losses import (
        CoSENTLoss,
        OnlineContrastiveLoss,
    )

    losses: dict[str, Any] = {}
    if examples.triplets:
        losses["triplets"] = (
            chosen_contrast(model, spec.temperature)
            if spec.loss == "clusterllm"
            else guided_contrast(model, guide, spec.temperature)
        )
    if examples.pairs:
        both = len({same for *_, same in examples.pairs}) == 2
        losses["pairs"] = (CoSENTLoss if both else OnlineContrastiveLoss)(model)
    return losses


def reporter(on_step: Callable[[int, int, float], None]) -> Any:
    """Return a callback of the trainer that hands each step's loss to `on_step`."""
    from transformers import TrainerCallback

    class Reporter(TrainerCallback):  # type: ignore[misc]  # likewise untyped
        def on_log(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            loss = kwargs["logs"].get("loss")
            if loss is None:  # the summary after the last step
                return
            if not math.isfinite(loss):
                raise _diverged()
            on_step(state.global_step, state.max_steps, float(loss))

    return Reporter()


def _diverged() -> ModelError:
    return ModelError(
        "The training diverged: the loss is no longer a finite number.",
        "Train again with a smaller learning rate; the model in use is untouched.",
    )


def _tuned_space(parent: Space, model: SentenceTransformer) -> Space:
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
            raise _diverged()
        digest.update(f"{name} {tuple(weights.shape)} ".encode())
        digest.update(weights.cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()[:REVISION_DIGITS]
