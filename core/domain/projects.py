"""A project, and the maps made of its texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.domain.clusterings import ClusterSpec
from core.domain.texts import Columns


@dataclass(frozen=True, slots=True)
class Project:
    """One pile of texts on its way to a taxonomy.

    `source` is the name of the file it came from and `source_hash` the SHA-256
    of its bytes; `source_key` and `table_key` name those bytes and the table
    that is current: the one read from them, with the rows that were added since;
    `whole_key` names the table of all rows that were brought where only a sample of their
    texts was taken: what the current table lacks of it waits, None where nothing can wait;
    `head` is the number of the current taxonomy version, None before the first map;
    `runs_code` says that a person let models run the program
    code that they bring.
    """

    id: str
    name: str
    source: str
    source_hash: str
    source_key: str
    headers: tuple[str, ...]
    encoding: str
    notices: tuple[str, ...]
    columns: Columns
    table_key: str
    seed: int
    head: int | None
    created_at: datetime
    runs_code: bool = False
    whole_key: str | None = None


@dataclass(frozen=True, slots=True)
class Map:
    """One embedding, its layout and its clustering, kept together.

    The keys name stored arrays; `prior_key` the partition that knew no answer, None
    where the map's own is it, and `ground_key` what questions stand on, None where
    it is not laid yet; `table_key` the table with the rows that were added on the way
    here, None while it is the one that the project began with. `round` counts the
    retrains kept on the way here; `next_cluster_id` is the first cluster id never used
    by this map or those before it; `parent` the map whose ids were carried over.
    """

    id: str
    project: str
    space: str
    spec: ClusterSpec
    embedding_key: str
    layout_key: str
    clustering_key: str
    round: int
    next_cluster_id: int
    parent: str | None
    created_at: datetime
    prior_key: str | None = None
    ground_key: str | None = None
    table_key: str | None = None


@dataclass(frozen=True, slots=True)
class VersionNote:
    """One line of a project's history: what made a taxonomy version. `returned_to` is the
    version whose state it took over, where a person returned to one."""

    number: int
    parent: int | None
    map_id: str
    sentence: str
    author: str
    at: datetime
    returned_to: int | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """What an annotator left beside an answer: a flag and a note."""

    question: str
    annotator: str
    flagged: bool
    note: str
