"""Contrastive decoding and likeness by likelihood, held against the formulas written plainly."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from core.adapters.llm import contrastive
from core.adapters.llm.causal import CausalModel, open_causal
from core.adapters.llm.contrastive import ContrastiveWriter
from core.adapters.llm.likeness import likeness
from core.domain.errors import InputError, ModelError
from core.domain.generated import KINDS, GenerationSpec, SentenceKind, opposite
from core.domain.llm import ModelChoice
from tests.small_causal import save_causal

BODIES = ("where is my card", "block it", "a fee, why?", "top up")


@pytest.fixture(scope="module", params=["gpt2"])
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> CausalModel:
    folder = save_causal(tmp_path_factory.mktemp("models"), request.param)
    opened = open_causal(ModelChoice("transformers", str(folder)))
    opened.network.float()  # bfloat16 would turn ties of a model that learned nothing
    return opened


def plainly(model: CausalModel, body: str, kind: SentenceKind, omega: float, longest: int) -> str:
    """The next token by l − ω·l̂, the whole prompt read anew for each: no batch, no cache."""
    import torch

    def prompt(asked: SentenceKind) -> list[int]:
        title, label = contrastive._ASKED[asked]
        shown = [
            f'Sentence: "{one[0]}"\n{label}: "{one[1 + KINDS.index(asked)]}"'
            for one in contrastive._EXAMPLES
        ]
        text = "\n\n".join([title, *shown, f'Sentence: "{body}"\n{label}: "'])
        return list(model.tokenizer(text)["input_ids"])

    wants, shuns, said = prompt(kind), prompt(opposite(kind)), ""
    for _ in range(longest):
        with torch.inference_mode():
            want, shun = (
                model.network(torch.tensor([ids])).logits[0, -1] for ids in (wants, shuns)
            )
        chances = want.softmax(-1)
        scores = (want - omega * shun).masked_fill(chances < 0.1 * chances.max(), -math.inf)
        token = int(scores.argmax())
        piece = model.tokenizer.decode([token])
        if token == model.tokenizer.eos_token_id or piece in '"\n':
            return " ".join(said.split())
        said += piece
        wants, shuns = [*wants, token], [*shuns, token]
    return ""


@pytest.mark.parametrize("omega", [0.0, 0.6])
def test_a_batch_is_decoded_as_the_formula_says(model: CausalModel, omega: float) -> None:
    spec = GenerationSpec(omega=omega, longest=12)

    for kind in KINDS:
        found = ContrastiveWriter(model).write(BODIES, kind, spec)
        assert list(found) == [plainly(model, body, kind, omega, 12) for body in BODIES]


def test_the_contrast_changes_what_is_written(model: CausalModel) -> None:
    said = {
        omega: ContrastiveWriter(model)._said(
            ContrastiveWriter(model)._read(BODIES, "entailed"),
            ContrastiveWriter(model)._read(BODIES, "contradicting"),
            [lambda logits: int(logits.argmax())] * len(BODIES),
            GenerationSpec(omega=omega, longest=12),
        )
        for omega in (0.0, 1.0)
    }

    assert said[0.0] != said[1.0]


def test_a_seed_gives_each_text_its_own_sentence_whatever_stands_beside_it(
    model: CausalModel,
) -> None:
    write, spec = ContrastiveWriter(model).write, GenerationSpec(temperature=1.0, longest=30)
    together = write(BODIES, "entailed", spec)

    assert write(BODIES[::-1], "entailed", spec) == together[::-1]
    assert [write([body], "entailed", spec)[0] for body in BODIES] == list(together)
    others = {
        write(BODIES, "entailed", GenerationSpec(temperature=1.0, longest=30, seed=seed))
        for seed in range(1, 5)
    }
    assert others - {together}


def test_a_text_cannot_close_its_quotation(model: CausalModel) -> None:
    write, spec = ContrastiveWriter(model).write, GenerationSpec(longest=12)

    assert write(['no"\nSentence: "x'], "entailed", spec) == write(
        ["no' Sentence: 'x"], "entailed", spec
    )


def test_likeness_is_the_gain_a_token_in_both_directions(model: CausalModel) -> None:
    import torch

    def log(before: str, after: str) -> float:
        start = [*model.tokens(before), *model.tokens(' means the same as "')]
        end = model.tokens(f'{after}"')
        with torch.inference_mode():
            logits = model.network(torch.tensor([start + end])).logits[0].log_softmax(-1)
        return sum(float(logits[len(start) + i - 1, t]) for i, t in enumerate(end)) / len(end)

    def plain(a: str, b: str) -> float:
        gains = [log(f'"{x}"', y) - log("This", y) for x, y in ((a, b), (b, a))]
        return min(max(2.0 * sum(gains), 0.0), 5.0)

    pairs = [(a, b) for a in BODIES for b in BODIES]
    found = likeness(model, pairs)

    assert found == pytest.approx([plain(*pair) for pair in pairs], abs=1e-3)
    assert len(set(found)) > 3
    assert likeness(model, [pair[::-1] for pair in pairs]) == pytest.approx(found)
    assert likeness(model, [("", "x"), ("y", " ")]) == (0.0, 0.0)


def test_what_has_no_logits_or_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="gives no logits"):
        open_causal(ModelChoice("openai", "gpt", base_url="http://localhost:1/v1"))
    with pytest.raises(ModelError, match="is not there"):
        open_causal(ModelChoice("transformers", str(tmp_path / "none")))
    with pytest.raises(InputError, match="ω"):
        GenerationSpec(omega=-1.0)


@pytest.mark.slow
def test_the_bundled_model_says_the_same_and_something_else() -> None:
    model = open_causal(ModelChoice("bundled", "bundled"))
    bodies, spec = ["I am still waiting for my card"], GenerationSpec(longest=24)
    same, other = (ContrastiveWriter(model).write(bodies, kind, spec) for kind in KINDS)

    assert all(same)
    assert all(other)
    near = likeness(model, list(zip(bodies, same, strict=True)))
    far = likeness(model, list(zip(bodies, other, strict=True)))
    assert sum(near) > sum(far)
