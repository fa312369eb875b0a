"""Sentence encoders: the bundled one, those tuned from it, and the tuning itself."""

from core.adapters.encoders.cross_entropy import fine_tune_classes
from core.adapters.encoders.sentence import (
    SentenceEncoder,
    bundled_space,
    load_bundled,
    load_folder,
)
from core.adapters.encoders.tuning import fine_tune

__all__ = [
    "SentenceEncoder",
    "bundled_space",
    "fine_tune",
    "fine_tune_classes",
    "load_bundled",
    "load_folder",
]
