"""Encoding by OpenVINO with int8 weights, where its packages are installed.

The torch model stays what is tuned and what splits texts into tokens; a converted copy of it
gives the vectors. Weights are int8, one scale and zero point a row; activations are
rounded in groups of one token's numbers (OpenVINO's dynamic quantization), so that what a
text is read with changes its vector no more than it does with torch. onnxruntime's dynamic
int8 is not offered: it has one scale for the whole batch.
"""

from __future__ import annotations

import copy
import hashlib
import json
import sys
import warnings
from collections.abc import Callable, Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from core.adapters.encoders.opening import checked_manifest
from core.adapters.encoders.sentence import (
    MANIFEST,
    REVISION_DIGITS,
    Features,
    SentenceEncoder,
    sha256,
    space_of,
    write_manifest,
)
from core.domain.errors import ModelError, StorageError
from core.domain.spaces import Floats, Space

NAME = "OpenVINO int8"
NEEDS = ("openvino", "nncf")
"""Packages that convert; to read with what was converted the first is enough."""

LEAST_COSINE = 0.98
"""Between a trial text's vector and the torch model's: below it a conversion went wrong."""

_GRAPH = "openvino/openvino_model.xml"
_WEIGHTS = ".bin"
# Of several lengths, so that a shape which was frozen while tracing shows.
_TRIALS = (
    "Short.",
    "A text of middling length to try the converted model on.",
    "A longer one, for a model that was traced on two short texts may have kept their "
    "length, and would then read only the beginning of this, or nothing of it at all.",
)


def has_openvino() -> bool:
    """Return whether what converts a model is installed, without loading it."""
    return all(find_spec(package) is not None for package in NEEDS)


class Int8Encoder:
    """A converted model as an Encoder (core.domain.ports)."""

    def __init__(self, base: SentenceEncoder, compiled: Any, space: Space) -> None:
        self._base = base
        self._compiled = compiled
        self._space = space

    @property
    def space(self) -> Space:
        return self._space

    @property
    def max_words(self) -> int:
        return self._base.max_words

    def encode(
        self, bodies: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> Floats:
        """Return float32 (n, d), unit rows, as `SentenceEncoder.encode` does."""
        return self._base.encode_by(self._forward, bodies, on_batch)

    def _forward(self, features: Features) -> Floats:
        inputs = [features["input_ids"].numpy(), features["attention_mask"].numpy()]
        vectors: Floats = self._compiled(inputs)[0]
        return vectors


def convert(base: SentenceEncoder, folder: Path) -> Space:
    """Write the model of `base`, its weights as int8, into the empty `folder`.

    Returns its space, which is another than that of `base`, and the same for the same model
    converted again by the same versions. Raises ModelError where the packages are missing,
    where the model cannot be converted, or comes out unlike the original, and StorageError
    where the disk refuses.
    """
    if not has_openvino():
        raise _missing(NEEDS)
    openvino = _silent_openvino()
    name = base.space.encoder
    try:
        graph = _graph(openvino, base)
        (folder / _GRAPH).parent.mkdir(parents=True)
        openvino.save_model(graph, str(folder / _GRAPH), compress_to_fp16=False)
        encoder = Int8Encoder(base, _compiled(openvino, folder), base.space)
        alike = (encoder.encode(_TRIALS) * base.encode(_TRIALS)).sum(axis=1).min()
    except OSError as error:
        raise StorageError(
            f"The model {name} could not be written ({error.strerror or error}).",
            "Make room on the disk, then try again.",
        ) from error
    # What its tracing and its compiler raise: RuntimeError and what Python code can.
    except (RuntimeError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise _inconvertible(name) from error
    if alike < LEAST_COSINE:
        raise _inconvertible(name)
    space = space_of(f"{name} ({NAME})", _revision(base, folder), None)
    write_manifest(folder, space, of=base.space.id)
    return space


def converted_from(folder: Path) -> str | None:
    """Return the id of the space whose model was converted into `folder`, None where it
    holds an ordinary model. The folder is not checked here."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return None  # `load_folder` says what is wrong with it
    source = manifest.get("of") if isinstance(manifest, dict) else None
    return None if source is None else str(source)


def load_converted(folder: Path, space: Space, base: SentenceEncoder) -> Int8Encoder:
    """Load what `convert` wrote into `folder`; `base` is the model it was made from.

    Raises ModelError where OpenVINO is missing, or the folder is not what was written.
    """
    if find_spec(NEEDS[0]) is None:
        raise _missing(NEEDS[:1])
    checked_manifest(folder, space, _WEIGHTS)
    return Int8Encoder(base, _compiled(_silent_openvino(), folder), space)


def _graph(openvino: Any, base: SentenceEncoder) -> Any:
    """Return the traced model from tokens to vectors, its weights as int8."""
    import nncf
    import torch

    if not base.reads_tokens:
        raise ValueError("the model reads no tokens")
    prompt = base.prompt_length()

    class Traced(torch.nn.Module):  # type: ignore[misc]  # torch is untyped to mypy
        def __init__(self) -> None:
            super().__init__()
            # A copy: tracing changes what it traces.
            self.inner = copy.deepcopy(base.model).cpu().float().eval()

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            features = {"input_ids": input_ids, "attention_mask": attention_mask, **prompt}
            return self.inner(features)["sentence_embedding"]

    example = base.model.tokenizer(list(_TRIALS[:2]), padding=True, return_tensors="pt")
    inputs = (example["input_ids"], example["attention_mask"])
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # the tracer's, of values that the trials check
        graph = openvino.convert_model(Traced().eval(), example_input=inputs)
    return nncf.compress_weights(graph, mode=nncf.CompressWeightsMode.INT8_ASYM)


def _revision(base: SentenceEncoder, folder: Path) -> str:
    # Not the graph's own hash: it names its nodes by a count that goes on within a process.
    weights = sha256((folder / _GRAPH).with_suffix(_WEIGHTS))
    made = [base.space.id, weights, *(f"{package} {version(package)}" for package in NEEDS)]
    return hashlib.sha256(json.dumps(made).encode()).hexdigest()[:REVISION_DIGITS]


def _compiled(openvino: Any, folder: Path) -> Any:
    import torch

    settings = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": torch.get_num_threads()}
    return openvino.Core().compile_model(str(folder / _GRAPH), "CPU", settings)


def _silent_openvino() -> Any:
    """Import OpenVINO without its telemetry, which would send usage events out unasked.

    Where that package cannot be imported, OpenVINO and nncf do without.
    """
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]  # Python's own way
    import openvino

    return openvino


def _missing(packages: Sequence[str]) -> ModelError:
    return ModelError(
        f"These vectors are made by OpenVINO, and {' and '.join(packages)} cannot be found.",
        f"Install it (pip install {' '.join(packages)}), or embed anew on the Map page.",
    )


def _inconvertible(name: str) -> ModelError:
    return ModelError(
        f"The model {name} cannot be converted for OpenVINO.", "Embed anew without OpenVINO."
    )
