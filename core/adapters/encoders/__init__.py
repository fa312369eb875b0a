"""Sentence encoders: the bundled one, those tuned from it, and the tuning itself."""

from core.adapters.encoders.adapting import with_adapter
from core.adapters.encoders.checkpoints import Checkpoints
from core.adapters.encoders.cross_entropy import fine_tune_classes
from core.adapters.encoders.given import GivenVectors
from core.adapters.encoders.int8 import convert, converted_from, has_openvino, load_converted
from core.adapters.encoders.opening import bundled_space, load_bundled, load_folder
from core.adapters.encoders.sentence import SentenceEncoder
from core.adapters.encoders.taking import fetch_model, take_folder
from core.adapters.encoders.tuning import fine_tune

__all__ = [
    "Checkpoints",
    "GivenVectors",
    "SentenceEncoder",
    "bundled_space",
    "convert",
    "converted_from",
    "fetch_model",
    "fine_tune",
    "fine_tune_classes",
    "has_openvino",
    "load_bundled",
    "load_converted",
    "load_folder",
    "take_folder",
    "with_adapter",
]
