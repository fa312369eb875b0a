"""A tiny model with random weights, made in a moment, for tests that need another embedder."""

from __future__ import annotations

import json
from pathlib import Path

WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "card", "lost", "where", "is", "my", "query")

CODE = """
import pathlib
from transformers import BertConfig, BertModel

pathlib.Path(__file__).with_name("ran.txt").write_text("ran")


class OwnConfig(BertConfig):
    model_type = "own"


class OwnModel(BertModel):
    config_class = OwnConfig
"""

MODULE = """
import torch
from sentence_transformers.models import Normalize


class Turned(Normalize):
    def forward(self, features):
        found = super().forward(features)
        found["sentence_embedding"] = found["sentence_embedding"].flip(1)
        return found
"""


def tiny_model(folder: Path, seed: int = 0, longest: int = 64) -> Path:
    """Write a BERT of 16 dimensions as transformers saves one."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.txt").write_text("\n".join(WORDS), "utf-8")
    tokenizer = BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=longest)
    tokenizer.save_pretrained(folder)
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=longest,
    )
    BertModel(config).save_pretrained(folder, safe_serialization=True)
    return folder


def tiny_model_with_code(folder: Path) -> Path:
    """The same, with Python code of its own that writes a file when it is run."""
    tiny_model(folder)
    config = json.loads((folder / "config.json").read_text("utf-8"))
    config |= {
        "model_type": "own",
        "auto_map": {"AutoConfig": "own.OwnConfig", "AutoModel": "own.OwnModel"},
    }
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    (folder / "own.py").write_text(CODE, "utf-8")
    return folder


def tiny_model_with_module(folder: Path) -> Path:
    """A sentence-transformers model whose last module is of its own."""
    from sentence_transformers import SentenceTransformer

    SentenceTransformer(str(tiny_model(folder / "plain"))).save(str(folder / "whole"))
    whole = folder / "whole"
    listed = json.loads((whole / "modules.json").read_text("utf-8"))
    listed.append({"idx": 2, "name": "2", "path": "2_Turned", "type": "turned.Turned"})
    (whole / "modules.json").write_text(json.dumps(listed), "utf-8")
    (whole / "2_Turned").mkdir()
    (whole / "2_Turned" / "config.json").write_text("{}", "utf-8")
    (whole / "turned.py").write_text(MODULE, "utf-8")
    return whole
