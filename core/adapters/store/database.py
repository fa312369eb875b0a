"""The connection: pragmas, transactions, migrations."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from filelock import FileLock

from core.domain.errors import StorageError

Result = TypeVar("Result")


class Database:
    """One database by URL. Opening it brings its tables up to date.

    SQLite: WAL, foreign keys, a busy timeout of 5 s, synchronous FULL (an
    answer that was confirmed survives a power cut), and BEGIN IMMEDIATE for
    writers, because deferred transactions fail under several of them. A
    connection lives for one transaction, so no two threads share one.
    """

    def __init__(self, url: str) -> None:
        self.engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
        if _is_sqlite(self.engine):
            sa.event.listen(self.engine, "connect", _prepare_sqlite)
            sa.event.listen(self.engine, "begin", _begin_sqlite)
        self._migrate()
        # Idle and never used: SQLite folds its log into the file, and waits for the disk,
        # whenever the last connection closes, which would be after every transaction.
        with _told():
            self._kept_open = self.engine.raw_connection() if _is_sqlite(self.engine) else None
        self._turn = threading.Lock()
        self._waiting: deque[_Work[Any]] = deque()

    def together(self, change: Callable[[sa.Connection], Result]) -> Result:
        """Run a change of the database in a transaction that it may share with those of
        other threads, and return its result once that is committed.

        A commit waits for the disk. Threads that write at the same time wait for one
        commit between them, and another process finds the database free in between.
        A change that raises is undone alone. Raises StorageError.
        """
        mine = _Work(change)
        self._waiting.append(mine)
        with self._turn:
            if not mine.over.done():
                self._commit([self._waiting.popleft() for _ in range(len(self._waiting))])
        return mine.over.result()

    def _commit(self, works: list[_Work[Any]]) -> None:
        """Whoever has the turn commits for all who wait."""
        try:
            with self.write() as connection:
                results = [work.attempt(connection) for work in works]
        except BaseException as error:
            for work in works:
                work.over.set_exception(error)
            raise
        for work, (result, refused) in zip(works, results, strict=True):
            if refused is not None:
                work.over.set_exception(refused)
            else:
                work.over.set_result(result)

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[sa.Connection]:
        """Open one writing transaction, committed at the end. Raises StorageError.

        Not `durable`: a power cut may take it back, whole; no waiting for the disk.
        """
        with _told(), self.engine.connect() as connection:
            if not durable and _is_sqlite(self.engine):
                # Before the transaction begins, and for this connection alone.
                connection.connection.cursor().execute("PRAGMA synchronous = NORMAL").close()
            with connection.begin():
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
            if _is_sqlite(self.engine):
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
        if _is_sqlite(self.engine):
            return FileLock(f"{self.engine.url.database}.migrate.lock", timeout=60)
        return nullcontext()


@dataclass(frozen=True, slots=True)
class _Work(Generic[Result]):
    """A change that waits for a transaction, and what became of it."""

    change: Callable[[sa.Connection], Result]
    over: Future[Result] = field(default_factory=Future)

    def attempt(self, connection: sa.Connection) -> tuple[Result | None, Exception | None]:
        """Run the change behind a savepoint; return its result or its error."""
        try:
            with connection.begin_nested():
                return self.change(connection), None
        except (sa.exc.IntegrityError, sa.exc.ProgrammingError) as error:
            return None, error
        except sa.exc.DatabaseError:
            # The transaction may be lost as a whole: nobody is told that it went well.
            raise
        except Exception as error:  # noqa: BLE001 - handed to the thread whose change it is
            return None, error


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


def _is_sqlite(engine: sa.Engine) -> bool:
    return engine.dialect.name == "sqlite"


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
