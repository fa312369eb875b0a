"""Causal language models of this computer, opened for what needs their logits."""

from __future__ import annotations

import copy
import hashlib
import threading
from dataclasses import dataclass, field
from functools import lru_cache
from inspect import signature
from pathlib import Path
from typing import Any

from core.domain.errors import ModelError
from core.domain.llm import ModelChoice

REVISION_DIGITS = 16


@dataclass(frozen=True)
class CausalModel:
    """A model and its tokenizer, as transformers has them.

    `name` is the annotator of what it writes, `revision` a hash of its files. `lock` is
    held while it computes: several threads in one model only slow each other down.
    """

    network: Any
    tokenizer: Any
    name: str
    revision: str
    lock: threading.Lock = field(default_factory=threading.Lock, compare=False)

    @property
    def takes(self) -> frozenset[str]:
        """The names of what its forward pass takes: architectures differ."""
        return frozenset(signature(self.network.forward).parameters)

    def tokens(self, text: str, most: int | None = None) -> list[int]:
        """Token ids of a text, in which nothing is taken for a mark of the model's own;
        the first `most` of them."""
        sendable = text.encode("utf-8", "replace").decode("utf-8")
        found: list[int] = self.tokenizer(
            sendable, add_special_tokens=False, split_special_tokens=True
        )["input_ids"]
        return found[:most]

    def beginning(self, text: str) -> list[int]:
        """Token ids of our own words at the start of a prompt, after the model's mark of a
        start where it has one."""
        found: list[int] = self.tokenizer(text)["input_ids"]
        return found


@lru_cache(maxsize=1)
def open_causal(choice: ModelChoice) -> CausalModel:
    """Open the model that `choice` names: "bundled", or a folder ("transformers").

    On a GPU where there is one; in bfloat16 where the processor multiplies it, which is
    twice as fast. Nothing is downloaded, and no code out of a folder is run. Raises
    ModelError where it is missing, damaged or no causal model, or has no logits to give
    because it runs elsewhere.
    """
    if choice.provider == "bundled":
        from core.adapters.llm.smollm2 import NAME, REVISION, load_smollm2

        loaded = load_smollm2()
        # The judge goes on with its own, in float32.
        return CausalModel(_placed(copy.deepcopy(loaded.network)), loaded.tokenizer, NAME, REVISION)
    if choice.provider != "transformers":
        raise ModelError(
            f"{choice.model} runs elsewhere and gives no logits.",
            "Choose the bundled model or one in a folder of this computer.",
        )
    network, tokenizer = load_folder(choice.model)
    folder = Path(choice.model)
    return CausalModel(
        _placed(network), tokenizer, f"transformers/{folder.name}", _revision(folder)
    )


def load_folder(folder: str) -> tuple[Any, Any]:
    """Return the causal model in a folder and its tokenizer, as transformers opens them.

    Raises ModelError where there is none.
    """
    from transformers import AutoModelForCausalLM, AutoTokenizer

    if not Path(folder).is_dir():
        raise unusable(folder, "is not there")
    kept: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, **kept)
        network = AutoModelForCausalLM.from_pretrained(
            folder, use_safetensors=True, dtype="auto", **kept
        ).eval()
    except (OSError, ValueError, RuntimeError, ImportError) as error:
        raise unusable(folder, "cannot be loaded") from error
    return network, tokenizer


def unusable(folder: str, problem: str) -> ModelError:
    return ModelError(
        f"The model folder {Path(folder).name} {problem}.",
        "Give a folder with a Hugging Face chat model: config.json, safetensors, a tokenizer.",
    )


def _placed(network: Any) -> Any:
    import torch

    if torch.cuda.is_available():
        return network.to("cuda", torch.bfloat16).eval()
    able: dict[str, Any] = torch.cpu.get_capabilities()
    fast = able.get("avx512_bf16") or able.get("amx_bf16")
    return network.to(torch.bfloat16 if fast else torch.float32).eval()


def _revision(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(path for path in folder.iterdir() if path.is_file()):
        with file.open("rb") as opened:
            digest.update(file.name.encode("utf-8", "replace"))
            digest.update(hashlib.file_digest(opened, "sha256").digest())
    return digest.hexdigest()[:REVISION_DIGITS]
