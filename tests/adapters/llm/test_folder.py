"""A Hugging Face model in a folder: it is loaded from there, and nothing is downloaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.adapters.llm import open_model
from core.domain.errors import ModelError
from core.domain.llm import ModelChoice
from tests.adapters.llm.asked import PROMPT

TEMPLATE = "{% for m in messages %}{{ m['role'] }} {{ m['content'] }} {% endfor %}assistant"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A chat model of two small layers that learned nothing."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    words = [
        "<unk>",
        "<end>",
        "system",
        "user",
        "assistant",
        *["the", "card", "my", "was", "by", "1", "2"],
    ]
    tokenizer = Tokenizer(
        models.WordLevel({word: place for place, word in enumerate(words)}, unk_token="<unk>")
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="<unk>", eos_token="<end>", pad_token="<end>"
    )
    fast.chat_template = TEMPLATE
    torch.manual_seed(0)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(words),
            hidden_size=16,
            intermediate_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            eos_token_id=1,
            bos_token_id=None,
        )
    )
    made = tmp_path_factory.mktemp("models") / "tiny"
    model.save_pretrained(made)
    fast.save_pretrained(made)
    return made


def test_it_answers_in_its_own_words_the_same_every_time(folder: Path) -> None:
    model = open_model(ModelChoice("transformers", str(folder), max_tokens=8))
    first, again = model.reply(PROMPT), model.reply(PROMPT)

    assert model.name == "transformers/tiny"
    assert not model.leaves
    assert first.body == again.body
    assert 0 < len(first.body.split()) <= 8
    assert "system" not in first.body.split()[:1]
    assert first.usage.prompt_tokens > 0
    assert first.chances is None


def test_further_draws_differ(folder: Path) -> None:
    model = open_model(ModelChoice("transformers", str(folder), max_tokens=8))

    assert len({model.reply(PROMPT, sample=sample).body for sample in range(1, 7)}) > 1


def test_a_folder_without_a_chat_model_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "config.json").write_text("{", "utf-8")
    for name, words in (
        ("nowhere", "not there"),
        ("broken", "cannot be loaded"),
        ("Qwen/Qwen2.5-0.5B", "not there"),
    ):
        with pytest.raises(ModelError, match=words):
            open_model(ModelChoice("transformers", str(tmp_path / name)))
