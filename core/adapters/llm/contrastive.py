"""Sentences by contrastive decoding on a causal model of this computer.

MultiCSR (Wang et al., NAACL 2024, 2024.naacl-long.436, its first stage): the next token of an
entailed sentence is chosen by l − ω·l̂, where l are the logits after the instruction to
write one and l̂ those after the opposite instruction, over the same words so far; likewise
for a contradicting sentence. Only tokens that the instruction itself makes plausible are
eligible (Li et al., Contrastive Decoding, ACL 2023, section 3.2, α 0.1): without that the
contrast picks words that neither instruction wants.

The instructions are a few made-up examples to go on with, and no chat: that reads the same
to any causal model, with or without a chat template, and small models follow it better.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from core.adapters.llm.causal import CausalModel
from core.domain.generated import KINDS, GenerationSpec, SentenceKind, opposite
from core.domain.ids import content_id

if TYPE_CHECKING:
    from torch import Tensor

_Draw: TypeAlias = "Callable[[Tensor], int]"

_ALPHA = 0.1  # of the likeliest token's chance, that a token must have
_MOST_TOKENS = 128  # read of a text
_ENDS = '"\n'

_EXAMPLES: tuple[tuple[str, str, str], ...] = (
    (
        "Where can I park near the museum?",
        "Is there a car park close to the museum?",
        "I do not want to go to the museum by car.",
    ),
    (
        "the heating has stopped working",
        "My heater no longer gets warm.",
        "The heating works very well.",
    ),
    (
        "Book a table for two on Friday.",
        "Please reserve a table for two people this Friday.",
        "Cancel my table for Friday.",
    ),
    (
        "How long does the course take?",
        "What is the duration of the course?",
        "Who teaches the course?",
    ),
)
_ASKED: Mapping[SentenceKind, tuple[str, str]] = {
    "entailed": ("Sentences and the same said in other words.", "In other words"),
    "contradicting": ("Sentences and others that mean something else.", "Something else"),
}
VERSION = content_id("contrastive", repr(_EXAMPLES), repr(_ASKED), str(_ALPHA), str(_MOST_TOKENS))
"""Changes with everything here that shapes a sentence."""


@dataclass(frozen=True, slots=True)
class ContrastiveWriter:
    """Writes sentences with a causal model, one batch at a time."""

    model: CausalModel

    def write(
        self, bodies: Sequence[str], kind: SentenceKind, spec: GenerationSpec
    ) -> tuple[str, ...]:
        """Return a sentence for each of `bodies`, in one batch; "" where none came to its
        end within `spec.longest` tokens.

        The same for a seed: each body has draws of its own, whatever stands beside it.
        """
        import torch

        with self.model.lock, torch.inference_mode():
            wants = self._read(bodies, kind)
            shuns = self._read(bodies, opposite(kind))
            said = self._said(wants, shuns, [_drawing(body, kind, spec) for body in bodies], spec)
        return tuple(self._sentence(tokens) for tokens in said)

    def _said(
        self, wants: _Reading, shuns: _Reading, draws: Sequence[_Draw], spec: GenerationSpec
    ) -> list[list[int]]:
        """Return the tokens of each row."""
        said: list[list[int]] = [[] for _ in draws]
        rows = list(range(len(draws)))
        for _ in range(spec.longest):
            logits = _contrasted(wants.logits, shuns.logits, spec.omega).cpu()
            for row, one in zip(rows, logits, strict=True):
                said[row].append(draws[row](one))
            going = [place for place, row in enumerate(rows) if not self._ends(said[row][-1])]
            rows = [rows[place] for place in going]
            if not rows:
                break
            for reading in (wants, shuns):
                reading.go_on([said[row][-1] for row in rows], going)
        return said

    def _read(self, bodies: Sequence[str], kind: SentenceKind) -> _Reading:
        """Read the instruction for each body."""
        title, label = _ASKED[kind]
        shown = [
            f'Sentence: "{one[0]}"\n{label}: "{one[1 + KINDS.index(kind)]}"' for one in _EXAMPLES
        ]
        start = self.model.beginning("\n\n".join([title, *shown, 'Sentence: "']))
        end = self.model.tokens(f'"\n{label}: "')
        return _Reading(
            self.model,
            start,
            [self.model.tokens(_line(body), _MOST_TOKENS) + end for body in bodies],
        )

    def _ends(self, token: int) -> bool:
        if token == self.model.tokenizer.eos_token_id:
            return True
        piece = self.model.tokenizer.decode([token])
        return any(mark in piece for mark in _ENDS)

    def _sentence(self, tokens: Sequence[int]) -> str:
        """What the tokens say up to the end of the quotation; "" where it has none."""
        if not self._ends(tokens[-1]):
            return ""
        said: str = self.model.tokenizer.decode(tokens, skip_special_tokens=True)
        for mark in _ENDS:
            said = said.split(mark)[0]
        return " ".join(said.split())


class _Reading:
    """Rows of a batch that read one instruction: `logits` of their next tokens, (b, v)."""

    def __init__(self, model: CausalModel, start: list[int], ends: Sequence[list[int]]) -> None:
        import torch

        self._network, self._takes = model.network, model.takes
        self._device = model.network.device
        # What all rows begin with is read once.
        first = torch.tensor([start], device=self._device)
        self._kept = self._network(first, use_cache=True).past_key_values
        self._kept.batch_repeat_interleave(len(ends))
        # Padded on the left, between the two: each row's last token is its newest.
        width = max(map(len, ends))
        ids = torch.tensor([[0] * (width - len(end)) + end for end in ends])
        real = torch.tensor([[0] * (width - len(end)) + [1] * len(end) for end in ends])
        self._mask = torch.cat([torch.ones(len(ends), len(start), dtype=torch.long), real], 1)
        self._step(ids, len(start) + (real.cumsum(1) - 1).clamp(min=0))

    def go_on(self, tokens: Sequence[int], rows: Sequence[int]) -> None:
        """Read one more token in each of `rows` (places in the batch); drop the others."""
        import torch

        if len(rows) < len(self._mask):
            chosen = torch.tensor(rows)
            self._kept.batch_select_indices(chosen.to(self._device))
            self._mask = self._mask[chosen]
        one = torch.ones(len(rows), 1, dtype=torch.long)
        self._mask = torch.cat([self._mask, one], 1)
        self._step(torch.tensor(tokens)[:, None], self._mask.sum(1, keepdim=True) - 1)

    def _step(self, ids: Tensor, positions: Tensor) -> None:
        more = {"position_ids": positions.to(self._device), "logits_to_keep": 1}
        read = self._network(
            ids.to(self._device),
            attention_mask=self._mask.to(self._device),
            past_key_values=self._kept,
            use_cache=True,
            **{name: value for name, value in more.items() if name in self._takes},
        )
        self._kept = read.past_key_values
        self.logits: Tensor = read.logits[:, -1].float()


def _contrasted(wanted: Tensor, shunned: Tensor, omega: float) -> Tensor:
    """Return l − ω·l̂ (b, v), −inf where the instruction alone finds a token implausible."""
    import torch

    least = wanted.amax(dim=1, keepdim=True) + math.log(_ALPHA)
    return (wanted - omega * shunned).masked_fill(wanted < least, -torch.inf)


def _drawing(body: str, kind: SentenceKind, spec: GenerationSpec) -> _Draw:
    """Return what picks a token from logits (v,): the likeliest, or a draw of this body's own."""
    import torch

    if not spec.temperature:
        return lambda logits: int(logits.argmax())
    seed = int(content_id("draw", str(spec.seed), kind, body), 16) >> 1
    chance = torch.Generator().manual_seed(seed)

    def draw(logits: Tensor) -> int:
        chances = (logits / spec.temperature).softmax(0)
        return int(torch.multinomial(chances, 1, generator=chance))

    return draw


def _line(body: str) -> str:
    """A text on one line that cannot close its own quotation."""
    return " ".join(body.split()).replace('"', "'")
