"""Early stopping: the encoder is checked after each epoch, and the best one is kept."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.adapters.encoders.sentence import SentenceEncoder
from core.domain.spaces import Floats

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Encode = Callable[[Sequence[str]], Floats]
"""From bodies to unit vectors, float32 (n, d)."""

_WEIGHTS, _SCORE = "best.safetensors", "best.json"


class Best:
    """The weights of the best epoch so far, by `check`; of the last one without a check.

    Ties go to the later epoch: it has learned more. What it holds is part of the
    training's checkpoints.
    """

    def __init__(
        self,
        encoder: SentenceEncoder,
        model: SentenceTransformer,
        check: Callable[[Encode], float] | None,
        patience: int,
    ) -> None:
        self._encoder, self._model, self._check = encoder, model, check
        self._patience = patience
        self.score = float("-inf")
        self.waited = 0
        self.weights: dict[str, Any] | None = None

    def state(self, model: SentenceTransformer) -> dict[str, Any]:
        """Return the weights to end with, those of `model` where nothing was checked."""
        return dict(model.state_dict()) if self.weights is None else self.weights

    def callback(self) -> Any:
        """Return the trainer's callback that checks after each epoch."""
        from transformers import TrainerCallback

        best = self

        class Checker(TrainerCallback):  # type: ignore[misc]  # untyped to mypy
            def on_epoch_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
                if best.done():
                    control.should_training_stop = True

        return Checker()

    def save(self, folder: Path) -> None:
        """Write what is held into a checkpoint."""
        from safetensors.torch import save_file

        if self.weights is not None:
            save_file(self.weights, str(folder / _WEIGHTS))
            (folder / _SCORE).write_text(json.dumps([self.score, self.waited]), "utf-8")

    def load(self, folder: Path) -> None:
        """Read back what `save` wrote."""
        from safetensors.torch import load_file

        if (folder / _SCORE).exists():
            self.weights = load_file(str(folder / _WEIGHTS))
            self.score, self.waited = json.loads((folder / _SCORE).read_text("utf-8"))

    def done(self) -> bool:
        """Check the model as it is now; return whether to stop."""
        if self._check is None:
            return False
        model = copy.deepcopy(self._encoder.model).float()
        model.load_state_dict(self._model.state_dict())
        score = self._check(SentenceEncoder(model.eval(), self._encoder.space).encode)
        if score >= self.score:
            self.score, self.waited = score, 0
            self.weights = {
                name: value.detach().clone() for name, value in self._model.state_dict().items()
            }
        else:
            self.waited += 1
        return self.waited >= self._patience
