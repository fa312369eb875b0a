"""The one settings model and the only reader of the environment (prefix CLADE_)."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.domain.judging import DEFAULT_CAP
from core.domain.llm import Provider


class Settings(BaseSettings):
    """Everything that may be set from outside; each field reads CLADE_<NAME>."""

    model_config = SettingsConfigDict(env_prefix="CLADE_", extra="ignore")

    home: Path = Path.home() / ".clade"
    """Folder of the database, arrays, models and job logs."""

    database_url: str | None = None
    """SQLAlchemy URL; None means SQLite in `home`."""

    annotator: str = "me"
    """Name under which answers and edits of this installation are recorded."""

    shared_share: float = Field(default=0.1, ge=0, le=1)
    """Share of the questions that two people are asked, to see how far they agree."""

    seed: int = Field(default=0, ge=0)
    """Default random seed of new projects."""

    worker_threads: int | None = Field(default=None, ge=1)
    """CPU threads of a worker; None means all cores."""

    worker_rest_seconds: float = Field(default=600, ge=0)
    """How long a worker stays at hand after a job, its programs loaded; 0: not at all."""

    vectors_mb: int = Field(default=2_000, ge=0)
    """Megabytes (10^6 bytes) of vectors that are kept to embed no text twice."""

    max_upload_mb: int = Field(default=200, ge=1)
    """Largest accepted file in megabytes (10^6 bytes), packed or unpacked."""

    max_rows: int = Field(default=250_000, ge=1)
    """Largest accepted number of rows."""

    max_columns: int = Field(default=1_000, ge=1)
    """Largest accepted number of columns."""

    max_cell_chars: int = Field(default=1_000_000, ge=1)
    """Largest accepted number of characters in one cell."""

    llm_provider: Provider | Literal[""] = ""
    """Who judges in new projects, as in `domain.llm.ModelChoice`; "" for nobody."""

    llm_model: str = ""
    """Name of the model of new projects."""

    llm_base_url: str = ""
    """Address of the model of new projects; "" for the provider's own."""

    llm_cap: float = Field(default=DEFAULT_CAP, ge=0, le=1_000_000)
    """US dollars that a new project may spend."""

    llm_key: SecretStr | None = None
    """The provider's key. It is read from here or typed, and kept nowhere."""

    nothing_leaves: bool = False
    """Whether every call that would send texts off this computer is refused, in all projects."""

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        # A worker starts in another folder and must find the same home.
        return home.expanduser().resolve()

    @property
    def url(self) -> str:
        """The database's SQLAlchemy URL."""
        return self.database_url or f"sqlite:///{self.home / 'clade.db'}"
