"""sentence-transformers' trainer as every training here uses it: batches of like
lengths, bfloat16 where it is fast, checkpoints that are whole, a check after each epoch."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.adapters.encoders.checkpoints import Checkpoints, Clock
from core.adapters.encoders.sentence import multiplies_bfloat16
from core.adapters.encoders.stopping import Best
from core.domain.training import TrainingSpec

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

WEIGHT_DECAY = 0.01

# Texts are drawn at random, then sorted by length within so many batches.
_BUCKET_BATCHES = 8

_WEIGHTS = "weights.safetensors"


class Batches:
    """Batch sampler over several datasets laid end to end: each batch is of one dataset.

    Drawn anew each epoch from the seed and the epoch alone, so that a resumed training
    sees what an uninterrupted one sees. `lengths` are those of each dataset's rows;
    batches hold rows of like length where `bucketed`.
    """

    def __init__(
        self, lengths: Sequence[Sequence[int]], size: int, seed: int, *, bucketed: bool
    ) -> None:
        self._lengths = [np.asarray(rows) for rows in lengths]
        self._size, self._seed, self._epoch = size, seed, 0
        self._bucket = size * (_BUCKET_BATCHES if bucketed else 1)

    def set_epoch(self, epoch: int) -> None:
        self._epoch = epoch

    def __len__(self) -> int:
        return sum(math.ceil(len(rows) / self._size) for rows in self._lengths)

    def __iter__(self) -> Iterator[list[int]]:
        dice = np.random.default_rng([self._seed, self._epoch])
        found: list[list[int]] = []
        start = 0
        for lengths in self._lengths:
            order = dice.permutation(len(lengths))
            for first in range(0, len(order), self._bucket):
                bucket = order[first : first + self._bucket]
                if self._bucket > self._size:
                    bucket = bucket[np.argsort(lengths[bucket], kind="stable")]
                cuts = range(self._size, len(bucket), self._size)
                found += [batch.tolist() for batch in np.split(bucket + start, cuts)]
            start += len(lengths)
        for place in dice.permutation(len(found)):
            yield found[place]


def trainer_class() -> Any:
    """Return the trainer. `batches` is its batch sampler; `keep_in` makes it write
    checkpoints, which hold what `best` holds besides."""
    import torch
    from safetensors.torch import load_file, save_file
    from sentence_transformers import SentenceTransformerTrainer

    class Trainer(SentenceTransformerTrainer):  # type: ignore[misc]  # untyped to mypy
        batches: Batches
        best: Best
        checkpoints: Checkpoints | None = None

        def keep_in(self, checkpoints: Checkpoints) -> None:
            self.checkpoints = checkpoints
            self.add_callback(_saver(checkpoints.every, len(self.batches)))

        def add_model_card_callback(self, default_args_dict: dict[str, Any]) -> None:
            """Leave the card out: it is never saved, and would copy texts into the model."""

        def get_multi_dataset_batch_sampler(self, *args: Any, **kwargs: Any) -> Batches:
            return self.batches

        def _learned(self) -> Any:
            """All that learns: the encoder, and what the losses bring besides."""
            return torch.nn.ModuleDict({"encoder": self.model, **self.loss})

        def _save_checkpoint(self, model: Any, trial: Any) -> None:
            if self.checkpoints is None:
                return
            kept = self.args.output_dir
            name = f"checkpoint-{self.state.global_step}"

            def write(folder: Path) -> None:
                self.args.output_dir = str(folder)
                super(Trainer, self)._save_checkpoint(model, trial)
                for path in list((folder / name).iterdir()):
                    path.rename(folder / path.name)
                (folder / name).rmdir()

            try:
                self.checkpoints.put(self.state.global_step, write)
            finally:
                self.args.output_dir = kept

        def _save(self, output_dir: str | None = None, state_dict: Any = None) -> None:
            folder = Path(str(output_dir))
            folder.mkdir(parents=True, exist_ok=True)
            # Tensors that two losses share are kept once, under the first of their names.
            kept: dict[int, str] = {}
            state = {}
            for name, value in self._learned().state_dict().items():
                if kept.setdefault(value.data_ptr(), name) == name:
                    state[name] = value.contiguous()
            save_file(state, str(folder / _WEIGHTS))
            self.best.save(folder)

        def _load_from_checkpoint(self, checkpoint_path: str, model: Any = None) -> None:
            state = load_file(str(Path(checkpoint_path) / _WEIGHTS))
            self._learned().load_state_dict(state, strict=False)
            self.best.load(Path(checkpoint_path))

    return Trainer


def _saver(every: float, steps_an_epoch: int) -> Any:
    """Return a callback that asks for a checkpoint every so many seconds.

    Not after the last step of an epoch: the check that follows is part of the state.
    """
    from transformers import TrainerCallback

    clock = Clock(every)

    class Saver(TrainerCallback):  # type: ignore[misc]  # untyped to mypy
        def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            if state.global_step % steps_an_epoch and clock.due():
                control.should_save = True

        def on_epoch_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            if clock.due():
                control.should_save = True

    return Saver()


def freeze_words(model: SentenceTransformer) -> None:
    """Leave the word embeddings as they are: they are half of the weights, and most words of
    a new text are in no example."""
    from torch import nn

    for part in model.modules():
        if isinstance(part, nn.Embedding):
            part.requires_grad_(False)


def trains_in_bfloat16(model: SentenceTransformer) -> bool:
    """Whether training is faster in bfloat16 where `model` is, and able to."""
    import torch

    on_cpu = model.device.type == "cpu"
    return multiplies_bfloat16() if on_cpu else torch.cuda.is_bf16_supported()


def arguments(folder: str, model: SentenceTransformer, spec: TrainingSpec) -> Any:
    """Return the trainer's arguments for `spec`; nothing is kept in `folder`."""
    from sentence_transformers import SentenceTransformerTrainingArguments

    return SentenceTransformerTrainingArguments(
        output_dir=folder,
        num_train_epochs=spec.epochs,
        per_device_train_batch_size=spec.batch_size,
        learning_rate=spec.learning_rate,
        weight_decay=WEIGHT_DECAY,
        seed=spec.seed,
        use_cpu=model.device.type == "cpu",
        # The reference recipe is kept as it was published.
        bf16=trains_in_bfloat16(model) and spec.loss != "clusterllm",
        dataloader_pin_memory=False,
        save_strategy="no",
        eval_strategy="no",
        logging_steps=1,
        logging_nan_inf_filter=False,
        report_to="none",
        disable_tqdm=True,
    )
