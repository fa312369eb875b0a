"""The members of the zip, the manifest over them, and the zip itself."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from core.steps.export import (
    annotation,
    answers,
    assignments,
    history,
    learned,
    report,
    skos,
    taxonomies,
    workbook,
)
from core.steps.export.bundle import Bundle
from core.steps.export.cells import utf8
from core.steps.export.scores import fit
from core.steps.export.tree import outline

_CSV_NOTE = (
    "CSV files are UTF-8 with a byte order mark, separated by commas, lines ended by CRLF. "
    "A text cell that begins like a formula (= + - @, their full-width forms, a minus sign, "
    "tab or a line break, also behind apostrophes) has one apostrophe put before it; take it away "
    "to get the exact value. "
    "Numbers that we computed are left alone. Parquet holds the exact values. In every file, "
    "half of a broken character (a lone surrogate) is written as U+FFFD."
)
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can hold


def members(bundle: Bundle) -> dict[str, bytes]:
    """Return the files of one export by name, the manifest last.

    Raises InputError where the tree of topics is broken.
    """
    scores = fit(bundle.embedding, bundle.assignment)
    ours = assignments.found(bundle, scores)
    files = {
        "assignments.csv": assignments.as_csv(bundle, ours),
        "assignments.parquet": assignments.as_parquet(bundle, ours),
        "taxonomy.csv": taxonomies.as_csv(bundle),
        "taxonomy.json": taxonomies.as_json(bundle),
        "taxonomy.md": taxonomies.as_markdown(bundle.taxonomy),
        "judgments.csv": answers.as_csv(bundle),
        "taxonomy.ttl": skos.as_turtle(bundle),
        "workbook.xlsx": workbook.as_xlsx(bundle),
        "report.html": report.as_html(bundle),
        "judgments.jsonl": answers.as_jsonl(bundle),
        "triplets.jsonl": learned.triplets(bundle),
        "pairs.jsonl": learned.pairs(bundle),
        "history.jsonl": history.as_jsonl(bundle),
        "label_studio.xml": annotation.label_studio_config(bundle),
        "label_studio.json": annotation.label_studio_tasks(bundle, scores),
        **annotation.argilla(bundle, scores),
    }
    files |= bundle.model
    manifest = {
        "project": {"id": bundle.project_id, "name": bundle.project_name},
        "round": bundle.round,
        "table": bundle.table.name,
        "columns": asdict(bundle.columns),
        "space": bundle.embedding.space,
        "clustering": asdict(bundle.clustering.spec),
        "taxonomy_version": bundle.taxonomy.version,
        "counts": _counts(bundle),
        "column_prefix": ours.prefix,
        "csv": _CSV_NOTE,
        "facts": dict(bundle.facts),
        "files": {
            name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
            for name, content in files.items()
        },
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2, allow_nan=False)
    return {**files, "manifest.json": utf8(text + "\n")}


def _counts(bundle: Bundle) -> dict[str, Any]:
    row_texts = bundle.corpus.row_text_ids
    empty = row_texts.count("")
    topic_of = dict(zip(bundle.assignment.text_ids, bundle.assignment.topics, strict=True))
    assigned = sum(topic_of[text.id] != "" for text in bundle.corpus.texts)
    nodes = outline(bundle.taxonomy)
    return {
        "rows": len(row_texts),
        "empty_rows": empty,
        "duplicate_rows": len(row_texts) - empty - len(set(row_texts) - {""}),
        "texts": len(bundle.corpus.texts),
        "assigned_texts": assigned,
        "unassigned_texts": len(bundle.corpus.texts) - assigned,
        "topics": len(nodes),
        "leaf_topics": sum(node.leaf for node in nodes),
        "archived_topics": sum(topic.archived for topic in bundle.taxonomy.topics),
        "judgments": len(bundle.judgments),
    }


def zip_bytes(members: Mapping[str, bytes]) -> bytes:
    """Return a zip of `members`, in the order of their names and with one fixed
    time, so that the same files give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(members):
            entry = zipfile.ZipInfo(name, _EPOCH)
            # Weights are noise to a compressor: it would take seconds and save nothing.
            weights = name.endswith(".safetensors")
            entry.compress_type = zipfile.ZIP_STORED if weights else zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix on every platform, or the bytes would differ
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, members[name])
    return out.getvalue()
