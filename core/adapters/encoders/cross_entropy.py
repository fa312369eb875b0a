"""Fine-tuning an encoder to tell topics apart, with transformers' trainer."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from core.adapters.encoders.sentence import SentenceEncoder, space_of
from core.adapters.encoders.trainer import WEIGHT_DECAY, freeze_words, trains_in_bfloat16
from core.adapters.encoders.tuning import reporter, weights_revision
from core.domain.classification import EncoderSpec, Head
from core.domain.errors import TooFewError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_WARM_UP = 0.1  # share of the steps
_HEAVIEST = 10.0
_EVAL_BATCH = 64

Labelled = Sequence[tuple[str, int]]
"""Bodies with the place of their topic."""


def fine_tune_classes(
    encoder: SentenceEncoder,
    train: Labelled,
    tune: Labelled,
    start: Head,
    spec: EncoderSpec,
    on_step: Callable[[int, int, float], None],
) -> tuple[SentenceEncoder, Head]:
    """Return a new encoder and its last layer, trained with cross-entropy on `train`.

    A BERT-style classifier: the encoder's pooled vector, then the linear layer,
    which begins at `start`. Topics weigh alike, whatever their size, up to tenfold
    (scikit-learn's "balanced" weights). Word embeddings stay as they are: they are half of
    the weights, and most words of a new text are in no example. After each epoch the loss on
    `tune` is taken: the best epoch is returned, and training ends once `spec.patience`
    epochs brought nothing. bfloat16 where the processor multiplies it. The order of
    the examples changes nothing.

    `on_step(done, total, loss)` follows each optimiser step and may raise
    Cancelled. Raises TooFewError where there are no examples to learn from or none to
    stop by, and ModelError once a loss or a weight is not finite.
    """
    if not train or not tune:
        raise TooFewError(
            "There are too few texts to fine-tune an encoder on.",
            "Bring more texts, or use the classifier on embeddings.",
        )
    from transformers import EarlyStoppingCallback, Trainer
    from transformers.trainer_callback import PrinterCallback
    from transformers.trainer_utils import set_seed

    model = copy.deepcopy(encoder.model).float()
    set_seed(spec.seed)
    network = _network(model, start, _class_weights(train, len(start.bias)))
    with TemporaryDirectory() as folder:
        trainer = Trainer(
            model=network,
            args=_arguments(folder, model, spec),
            train_dataset=_rows(model, train),
            eval_dataset=_rows(model, tune),
            data_collator=lambda rows: dict(model.tokenizer.pad(rows, return_tensors="pt")),
            optimizers=(_optimizer(network, spec), None),
            callbacks=[reporter(on_step), EarlyStoppingCallback(spec.patience)],
        )
        trainer.remove_callback(PrinterCallback)
        trainer.train()
    revision = weights_revision(model)
    space = space_of(f"{encoder.space.encoder}+classes", revision, encoder.space.id)
    last = network.last
    head = Head(
        last.weight.detach().float().cpu().numpy().copy(),
        last.bias.detach().float().cpu().numpy().copy(),
    )
    model.requires_grad_(True)
    return encoder.followed_by(model.eval(), space), head


def _class_weights(train: Labelled, k: int) -> list[float]:
    counts = np.bincount([label for _, label in train], minlength=k)
    balanced = len(train) / (k * np.maximum(counts, 1))
    found: list[float] = np.clip(balanced, 1 / _HEAVIEST, _HEAVIEST).tolist()
    return found


def _rows(model: SentenceTransformer, examples: Labelled) -> list[dict[str, Any]]:
    """Token ids and labels, sorted so that the order of the examples leaves no trace."""
    ordered = sorted(examples)
    tokens = model.tokenizer(
        [body.encode("utf-8", "replace").decode("utf-8") for body, _ in ordered],
        truncation=True,
        max_length=int(model.max_seq_length or model.tokenizer.model_max_length),
        return_token_type_ids=False,
        return_attention_mask=False,
    )["input_ids"]
    return [
        {"input_ids": ids, "labels": label} for ids, (_, label) in zip(tokens, ordered, strict=True)
    ]


def _network(model: SentenceTransformer, start: Head, weights: list[float]) -> Any:
    import torch
    from torch import Tensor, nn

    class Network(nn.Module):  # type: ignore[misc]  # torch is untyped to mypy
        def __init__(self) -> None:
            super().__init__()
            self.encoder = model
            self.last = nn.Linear(start.weights.shape[1], start.weights.shape[0])
            self.weigh = nn.CrossEntropyLoss(torch.tensor(weights))
            with torch.no_grad():
                self.last.weight.copy_(torch.from_numpy(start.weights))
                self.last.bias.copy_(torch.from_numpy(start.bias))

        def forward(
            self, input_ids: Tensor, attention_mask: Tensor, labels: Tensor
        ) -> dict[str, Any]:
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            vectors = self.encoder(features)["sentence_embedding"].float()
            logits = self.last(nn.functional.normalize(vectors, dim=1)).float()
            return {"loss": self.weigh(logits, labels), "logits": logits}

    freeze_words(model)
    return Network().to(model.device)


def _arguments(folder: str, model: SentenceTransformer, spec: EncoderSpec) -> Any:
    from transformers import TrainingArguments

    return TrainingArguments(
        output_dir=folder,
        num_train_epochs=spec.epochs,
        per_device_train_batch_size=spec.batch_size,
        per_device_eval_batch_size=_EVAL_BATCH,
        learning_rate=spec.learning_rate,
        weight_decay=WEIGHT_DECAY,
        warmup_steps=_WARM_UP,
        seed=spec.seed,
        use_cpu=model.device.type == "cpu",
        bf16=trains_in_bfloat16(model),
        train_sampling_strategy="group_by_length",
        dataloader_pin_memory=False,
        eval_strategy="epoch",
        save_strategy="epoch",
        save_total_limit=1,
        save_only_model=True,
        load_best_model_at_end=True,
        metric_for_best_model="eval_loss",
        logging_steps=1,
        logging_nan_inf_filter=False,
        report_to="none",
        disable_tqdm=True,
    )


def _optimizer(network: Any, spec: EncoderSpec) -> Any:
    """Return AdamW with a rate of its own for the last layer."""
    from torch.optim import AdamW

    rest = [weights for weights in network.encoder.parameters() if weights.requires_grad]
    last = {"params": list(network.last.parameters()), "lr": spec.head_rate}
    return AdamW([{"params": rest}, last], lr=spec.learning_rate, weight_decay=WEIGHT_DECAY)
