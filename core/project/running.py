"""Data → map → taxonomy → export in one go, the export alone, or new texts classified by
what there is, for the command line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.domain.classification import ClassifierKind
from core.domain.errors import InputError, NotFoundError
from core.domain.ports import Progress
from core.domain.projects import Project
from core.domain.texts import Columns, Table
from core.project import classifying
from core.project.exporting import export
from core.project.intake import all_projects, create_project, guess, load_corpus, read_upload
from core.project.mapping import current, make_map
from core.project.sampling import check_size, mapping_work, suggested, take_sample
from core.project.stages import Stage
from core.project.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run made: the project's id, the files written, and warnings."""

    project: str
    files: tuple[Path, ...]
    clusters: int
    warnings: tuple[str, ...]


def run(
    workspace: Workspace,
    source: Path,
    output: Path,
    *,
    text_column: str | None,
    id_column: str | None,
    seed: int,
    progress: Progress,
    sample: int | None = None,
    tell: Callable[[str], None] = print,
) -> Ran:
    """Read `source`, make its map and taxonomy, and write the export into `output`.

    With `sample` only so many of its texts are taken, by chance; the other rows wait in
    the project. Where the texts are many, `tell` hears beforehand what they take. Raises
    InputError where the file, a column or the output folder cannot be used; nothing is
    written then.
    """
    data = _read(source)
    _check_output(output)
    if sample is not None:
        check_size(sample)
    table = read_upload(workspace, source.name, data)
    project = create_project(
        workspace,
        table,
        _columns(table, text_column, id_column),
        name=source.stem,
        data=data,
        seed=seed,
    )
    texts = len(load_corpus(workspace, project).texts)
    if sample is not None and sample < texts:
        project = take_sample(workspace, project, sample)
    elif (work := mapping_work(workspace, project, texts)).large:
        tell(f"{texts:,} texts take {work.told}; --sample {suggested(work)} takes a part of them.")
    made = make_map(workspace, project.id, {}, Stage(progress, 0.0, 0.97))
    progress.report(0.97, "Writing the export")
    exported = export(workspace, project.id)
    written = _write(output, {**exported.files, exported.archive_name: exported.archive})
    progress.report(1.0, "Done")
    return Ran(project.id, written, made["clusters"], exported.warnings)


def sort_in(
    workspace: Workspace,
    source: Path,
    named: str,
    output: Path,
    kind: ClassifierKind,
    *,
    text_column: str | None,
    id_column: str | None,
    progress: Progress,
) -> tuple[str, ...]:
    """Classify the texts of `source` by a kept project and write the table into `output`, a
    .csv or .parquet file; return what became of them, in sentences.

    Raises InputError where a file or a column cannot be used, NotFoundError where there
    is no such project; nothing is written then.
    """
    writers = {".csv": classifying.csv_of, ".parquet": classifying.parquet_of}
    write = writers.get(output.suffix.lower())
    if write is None:
        raise InputError(
            f"{output.name} is neither a .csv nor a .parquet file.",
            "Give a file with one of these endings with --output.",
        )
    project = _named(workspace, named)
    here = current(workspace, project.id)
    table = read_upload(workspace, source.name, _read(source))
    columns = _columns(table, text_column, id_column)
    batch = classifying.batch_of(workspace, classifying.keep_table(workspace, table, columns))
    corpus = classifying.corpus_of(workspace, batch)
    found = classifying.classified(workspace, here, corpus, kind, progress)
    _check_output(output.parent)
    _write(output.parent, {output.name: write(workspace, batch, found)})
    progress.report(1.0, "Done")
    names = classifying.topic_names(here.taxonomy)
    drift = classifying.tell_drift(found.drift, names) if found.drift else ()
    return (*classifying.tell_batch(found), *drift)


def hand_out(
    workspace: Workspace, named: str, output: Path, progress: Progress
) -> tuple[Project, tuple[Path, ...], tuple[str, ...]]:
    """Write the export of a kept project into `output`: files, zip, then the warnings.

    `named` is a project's id or its name. Raises NotFoundError where there is none,
    InputError where several have that name or the folder cannot be used.
    """
    project = _named(workspace, named)
    _check_output(output)
    progress.report(0.1, "Building the files")
    exported = export(workspace, project.id)
    written = _write(output, {**exported.files, exported.archive_name: exported.archive})
    progress.report(1.0, "Done")
    return project, written, exported.warnings


def _named(workspace: Workspace, named: str) -> Project:
    known = all_projects(workspace)
    found = [project for project in known if named == project.id]
    found = found or [project for project in known if named == project.name]
    if not found:
        names = ", ".join(f"'{project.name}'" for project in known[:10])
        raise NotFoundError(
            f"There is no project '{named}'.",
            f"Name one of these: {names}." if names else "Make one first: python -m core run.",
        )
    if len(found) > 1:
        raise InputError(
            f"{len(found)} projects are called '{named}'.",
            "Give an id instead: " + ", ".join(project.id for project in found) + ".",
        )
    return found[0]


def _read(source: Path) -> bytes:
    try:
        return source.read_bytes()
    except OSError as error:
        raise InputError(
            f"The file {source} cannot be read ({error.strerror}).",
            "Check its name and that you may read it.",
        ) from error


def _check_output(output: Path) -> None:
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"The output folder {output} cannot be made ({error.strerror}).",
            "Give another folder with --output.",
        ) from error


def _columns(table: Table, text: str | None, id_column: str | None) -> Columns:
    names = list(table.frame.columns)
    for name in (text, id_column):
        if name is not None and name not in names:
            raise InputError(
                f"{table.name} has no column '{name}'.",
                "Its columns are: " + ", ".join(map(str, names[:20])) + ".",
            )
    guessed = guess(table) if text is None else Columns(text)
    chosen = (guessed.text, id_column or guessed.id)
    return Columns(*chosen, metadata=tuple(name for name in names if name not in chosen))


def _write(output: Path, files: dict[str, bytes]) -> tuple[Path, ...]:
    written = []
    for name, data in files.items():
        path = output / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        except OSError as error:
            raise InputError(
                f"{path} cannot be written ({error.strerror}).",
                "Free some space or give another folder with --output.",
            ) from error
        written.append(path)
    return tuple(written)
