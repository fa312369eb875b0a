"""A causal model of two small layers that learned nothing, written into a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def save_causal(home: Path, architecture: str = "llama") -> Path:
    """Write a model that reads and says single characters; return its folder."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from tokenizers.decoders import Fuse
    from transformers import (
        GPT2Config,
        GPT2LMHeadModel,
        LlamaConfig,
        LlamaForCausalLM,
        PreTrainedTokenizerFast,
    )

    words = ["<unk>", "<end>", *map(chr, range(32, 127)), "\n"]
    tokenizer = Tokenizer(
        models.WordLevel({word: place for place, word in enumerate(words)}, unk_token="<unk>")
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.decoder = Fuse()
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="<unk>", eos_token="<end>", pad_token="<end>"
    )
    torch.manual_seed(1)
    size = {"vocab_size": len(words), "eos_token_id": 1, "bos_token_id": None}
    network: Any
    if architecture == "llama":
        network = LlamaForCausalLM(
            LlamaConfig(
                **size,
                hidden_size=16,
                intermediate_size=32,
                num_hidden_layers=2,
                num_attention_heads=2,
                initializer_range=0.5,
            )
        )
    else:
        network = GPT2LMHeadModel(
            GPT2Config(**size, n_embd=16, n_layer=2, n_head=2, initializer_range=0.5)
        )
    folder = home / architecture
    network.save_pretrained(folder)
    fast.save_pretrained(folder)
    return folder
