"""Classifying new texts: training, quality, batches, and how a batch differs."""

from core.project.classifying.batches import (
    Batch,
    batch_of,
    bring,
    change_text,
    corpus_of,
    join,
    keep_table,
)
from core.project.classifying.keeping import Trained, load, newest
from core.project.classifying.lesson import is_current
from core.project.classifying.placing import CLASSIFY, classified, classify, is_stale
from core.project.classifying.results import Classified, csv_of, parquet_of, result_of, rows_of
from core.project.classifying.telling import (
    ABOUT,
    NAMES,
    counted,
    tell_batch,
    tell_drift,
    tell_quality,
    topic_names,
)
from core.project.classifying.training import TRAIN, train

__all__ = [
    "ABOUT",
    "CLASSIFY",
    "NAMES",
    "TRAIN",
    "Batch",
    "Classified",
    "Trained",
    "batch_of",
    "bring",
    "change_text",
    "classified",
    "classify",
    "corpus_of",
    "counted",
    "csv_of",
    "is_current",
    "is_stale",
    "join",
    "keep_table",
    "load",
    "newest",
    "parquet_of",
    "result_of",
    "rows_of",
    "tell_batch",
    "tell_drift",
    "tell_quality",
    "topic_names",
    "train",
]
