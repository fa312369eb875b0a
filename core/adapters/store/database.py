"""The connection: pragmas, transactions, migrations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from filelock import FileLock

from core.domain.errors import StorageError


class Database:
    """One database by URL. Opening it brings its tables up to date.

    SQLite: WAL, foreign keys, a busy timeout of 5 s, synchronous FULL (an
    answer that was confirmed survives a power cut), and BEGIN IMMEDIATE for
    writers, because deferred transactions fail under several of them. A
    connection lives for one transaction, so no two threads share one.
    """

    def __init__(self, url: str) -> None:
        self.engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
        if self.engine.dialect.name == "sqlite":
            sa.event.listen(self.engine, "connect", _prepare_sqlite)
            sa.event.listen(self.engine, "begin", _begin_sqlite)
        self._migrate()

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Open one writing transaction, committed at the end. Raises StorageError."""
        with _told(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Open one reading transaction; it sees a single state of the data. Raises StorageError."""
        with _told(), self.engine.connect().execution_options(clade_read=True) as connection:
            yield connection

    @contextmanager
    def rebuild(self) -> Iterator[sa.Connection]:
        """Open one writing transaction in which tables may be made anew. Raises StorageError.

        SQLite changes a table by copying it and dropping the old one, and the
        drop would take along every row that refers to it: so foreign keys rest
        (sqlite.org, "Making other kinds of table schema changes").
        """
        with _told(), self.engine.connect() as connection:
            if self.engine.dialect.name == "sqlite":
                # Before the transaction begins: inside one the pragma does nothing.
                connection.connection.cursor().execute("PRAGMA foreign_keys = OFF").close()
            with connection.begin():
                yield connection

    def _migrate(self) -> None:
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        newest = ScriptDirectory.from_config(config).get_current_head()
        with self.read() as connection:
            if MigrationContext.configure(connection).get_current_revision() == newest:
                return
        with self._alone(), self.rebuild() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def _alone(self) -> AbstractContextManager[object]:
        """Return a lock that keeps two first starts on one file from migrating at once."""
        if self.engine.dialect.name == "sqlite":
            return FileLock(f"{self.engine.url.database}.migrate.lock", timeout=60)
        return nullcontext()


@contextmanager
def _told() -> Iterator[None]:
    """Tell what the disk or another program did to the database, at any moment of its use."""
    try:
        yield
    except (sa.exc.IntegrityError, sa.exc.ProgrammingError):
        # A refused row is for the caller to read; a wrong statement is our own fault.
        raise
    except sa.exc.DatabaseError as error:
        raise StorageError(
            f"The database cannot be used ({error.orig}).",
            "Check that the CLADE_HOME folder is writable, has space left, and that its clade.db "
            "is Clade's own file, then try again.",
        ) from error


def insert_for(connection: sa.Connection, table: sa.Table) -> Any:
    """Return the dialect's INSERT, the only one that knows ON CONFLICT."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as postgresql_insert

        return postgresql_insert(table)
    from sqlalchemy.dialects.sqlite import insert as sqlite_insert

    return sqlite_insert(table)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # SQLAlchemy, not the driver, opens transactions: see _begin_sqlite.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout = 5000")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    reading = connection.get_execution_options().get("clade_read", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
