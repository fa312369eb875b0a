"""The tables. `migrations/` builds them; a test holds the two together."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa


class UtcDateTime(sa.TypeDecorator[datetime]):
    """Aware UTC datetimes; SQLite hands back naive ones."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ID = sa.String(32)
LIVE = "status IN ('queued', 'running')"


def project_ref(**options: Any) -> sa.Column[str]:
    """Return the column by which a row hangs on its project."""
    return sa.Column(
        "project_id", ID, sa.ForeignKey("project.id", ondelete="CASCADE"), nullable=False, **options
    )


project = sa.Table(
    "project",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("source_hash", sa.String(64), nullable=False),
    sa.Column("source_key", sa.Text, nullable=False),
    sa.Column("headers", sa.JSON, nullable=False),
    sa.Column("encoding", sa.Text, nullable=False),
    sa.Column("notices", sa.JSON, nullable=False),
    sa.Column("columns", sa.JSON, nullable=False),
    sa.Column("table_key", sa.Text, nullable=False),
    sa.Column("seed", sa.Integer, nullable=False),
    sa.Column("head", sa.Integer),
    sa.Column("created_at", UtcDateTime, nullable=False),
    # A person let models run program code that they bring.
    sa.Column("runs_code", sa.Boolean, nullable=False, server_default=sa.false()),
    # The table of all rows, where only a sample was taken; None: nothing waits.
    sa.Column("whole_key", sa.Text),
)

space = sa.Table(
    "space",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("encoder", sa.Text, nullable=False),
    sa.Column("parent", ID),
    sa.Column("revision", sa.Text, nullable=False),
    # The key of a stored model folder, or of vectors that came without a model; neither:
    # the bundled embedder.
    sa.Column("model_key", sa.Text),
    sa.Column("vectors_key", sa.Text),
    # What it was learned from (domain.spaces.Lesson); None: it was not trained here.
    sa.Column("lesson", sa.JSON(none_as_null=True)),
)

map_ = sa.Table(
    "map",
    metadata,
    sa.Column("id", ID, primary_key=True),
    project_ref(index=True),
    sa.Column("space_id", ID, sa.ForeignKey("space.id"), nullable=False),
    sa.Column("spec", sa.JSON, nullable=False),
    sa.Column("embedding_key", sa.Text, nullable=False),
    sa.Column("layout_key", sa.Text, nullable=False),
    sa.Column("clustering_key", sa.Text, nullable=False),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("next_cluster_id", sa.Integer, nullable=False),
    sa.Column("parent", ID),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("prior_key", sa.Text),
    sa.Column("ground_key", sa.Text),
    # The table with the rows that were added; None: the one of the project.
    sa.Column("table_key", sa.Text),
)

version = sa.Table(
    "version",
    metadata,
    project_ref(primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("parent", sa.Integer),
    sa.Column("map_id", ID, sa.ForeignKey("map.id"), nullable=False),
    sa.Column("topics", sa.JSON, nullable=False),
    sa.Column("moved", sa.JSON, nullable=False),
    sa.Column("sentence", sa.Text, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    # domain.recipes.encode_edit; None: it was made by no edit, or by an older Clade.
    sa.Column("edit", sa.JSON(none_as_null=True)),
    # The version that a person returned to; None: it was made from `parent`.
    sa.Column("returned_to", sa.Integer),
)

question = sa.Table(
    "question",
    metadata,
    project_ref(primary_key=True),
    sa.Column("id", ID, primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    # Text ids by role: the fields of the kind's own noun.
    sa.Column("parts", sa.JSON, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("touches", sa.Integer, nullable=False),
    sa.Column("space", ID, nullable=False),
    sa.Column("guess", sa.JSON),
    # Drawn once from the project's seed and the id, in [0, 1): below a share it is blind,
    # or asked of two people.
    sa.Column("blind_lot", sa.Float, nullable=False),
    sa.Column("shared_lot", sa.Float, nullable=False),
)


def question_ref() -> tuple[sa.Column[str], sa.Column[str], sa.ForeignKeyConstraint]:
    """Return the columns by which a row hangs on its question, part of its key."""
    return (
        sa.Column("project_id", ID, nullable=False, primary_key=True),
        sa.Column("question_id", ID, nullable=False, primary_key=True),
        sa.ForeignKeyConstraint(
            ["project_id", "question_id"],
            ["question.project_id", "question.id"],
            ondelete="CASCADE",
        ),
    )


judgment = sa.Table(
    "judgment",
    metadata,
    *question_ref(),
    sa.Column("annotator", sa.String(200), primary_key=True),
    sa.Column("verdict", sa.String(16), nullable=False),
    sa.Column("source", sa.String(16), nullable=False),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    # What stood beside the question (domain.reviewing.Sight); None: nobody noted it.
    sa.Column("sight", sa.String(16)),
    # What the annotator said before they knew of another's answer, where that changed it.
    sa.Column("at_first", sa.String(16)),
)

# A question on somebody's screen, kept from others until then.
lease = sa.Table(
    "lease",
    metadata,
    *question_ref(),
    sa.Column("annotator", sa.String(200), primary_key=True),
    sa.Column("place", sa.String(64), nullable=False),
    sa.Column("until", UtcDateTime, nullable=False),
)

remark = sa.Table(
    "remark",
    metadata,
    *question_ref(),
    sa.Column("annotator", sa.String(200), primary_key=True),
    sa.Column("flagged", sa.Boolean, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("skipped_at", UtcDateTime),
    # The model's answer was shown once, so the question is no blind check any more.
    sa.Column("seen", sa.Boolean),
)

proposal = sa.Table(
    "proposal",
    metadata,
    sa.Column("id", ID, primary_key=True),
    project_ref(index=True),
    sa.Column("old_map", ID, sa.ForeignKey("map.id"), nullable=False),
    sa.Column("new_map", ID, sa.ForeignKey("map.id"), nullable=False),
    sa.Column("scores", sa.JSON, nullable=False),
    sa.Column("lineage", sa.JSON, nullable=False),
    sa.Column("trained_on", sa.Integer, nullable=False),
    sa.Column("moved", sa.Integer, nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    # domain.proposals.Comparison; None in those of an older Clade.
    sa.Column("comparison", sa.JSON(none_as_null=True)),
)

classifier = sa.Table(
    "classifier",
    metadata,
    sa.Column("id", ID, primary_key=True),
    project_ref(index=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("lesson", sa.String(16), nullable=False),
    sa.Column("space_id", ID, sa.ForeignKey("space.id"), nullable=False),
    sa.Column("folder_key", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)

job = sa.Table(
    "job",
    metadata,
    sa.Column("id", ID, primary_key=True),
    project_ref(index=True),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("params", sa.JSON, nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("fraction", sa.Float, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("series", sa.JSON, nullable=False),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("result", sa.JSON, nullable=False),
    sa.Column("cancel_requested", sa.Boolean, nullable=False),
    sa.Column("pid", sa.Integer),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("started_at", UtcDateTime),
    sa.Column("heartbeat_at", UtcDateTime),
    sa.Column("finished_at", UtcDateTime),
)

# Two live jobs of one project would build maps over each other.
sa.Index(
    "uq_job_live_project",
    job.c.project_id,
    unique=True,
    sqlite_where=sa.text(LIVE),
    postgresql_where=sa.text(LIVE),
)
