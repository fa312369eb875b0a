"""The command line: the same use cases without a browser."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tqdm import tqdm

from core import __version__
from core.domain.errors import CladeError


class _Bar:
    """The port `Progress` as a bar on standard error, drawn from the first report on:
    a file that cannot be read is told in one line."""

    def __init__(self) -> None:
        self._bar: tqdm | None = None

    def report(self, fraction: float, message: str) -> None:
        self._bar = self._bar or tqdm(
            total=100,
            file=sys.stderr,
            bar_format="{percentage:3.0f}%|{bar:30}| {desc} [{elapsed} so far, {remaining} left]",
        )
        self._bar.set_description_str(message, refresh=False)
        self._bar.n = round(100 * fraction)
        self._bar.refresh()

    def point(self, value: float) -> None:
        """A bar has no curve to draw."""

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit status (0 done, 1 told an error, 2 usage,
    130 interrupted)."""
    options = _parser().parse_args(arguments)
    from core.project.starting import wait_asleep  # not before: help comes at once

    wait_asleep()
    bar = _Bar()
    try:
        done, warnings = _COMMANDS[options.command](options, bar)
    except CladeError as error:
        bar.close()
        print(f"clade: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        bar.close()
        print("clade: interrupted; start it again and it goes on from here.", file=sys.stderr)
        return 130
    bar.close()
    for warning in warnings:
        _note(warning)
    print(done)
    return 0


def _note(sentence: str) -> None:
    print(f"clade: note: {sentence}", file=sys.stderr)


# The use cases are imported late so that --help answers at once.


def _run(options: argparse.Namespace, bar: _Bar) -> tuple[str, tuple[str, ...]]:
    from core.project.running import run
    from core.project.workspace import open_workspace

    ran = run(
        open_workspace(),
        options.input,
        options.output,
        text_column=options.text_column,
        id_column=options.id_column,
        seed=options.seed,
        progress=bar,
        sample=options.sample,
        tell=_note,
    )
    return f"{ran.clusters} clusters; {len(ran.files)} files in {options.output}", ran.warnings


def _export(options: argparse.Namespace, bar: _Bar) -> tuple[str, tuple[str, ...]]:
    from core.project.running import hand_out
    from core.project.workspace import open_workspace

    project, files, warnings = hand_out(open_workspace(), options.project, options.output, bar)
    return f"'{project.name}': {len(files)} files in {options.output}", warnings


def _classify(options: argparse.Namespace, bar: _Bar) -> tuple[str, tuple[str, ...]]:
    from core.project.running import sort_in
    from core.project.workspace import open_workspace

    told = sort_in(
        open_workspace(),
        options.input,
        options.project,
        options.output,
        options.classifier,
        text_column=options.text_column,
        id_column=options.id_column,
        progress=bar,
    )
    return "\n".join((*told, f"Written: {options.output}")), ()


_COMMANDS = {"run": _run, "export": _export, "classify": _classify}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m core", description="Clade: texts in, a hierarchical taxonomy out."
    )
    parser.add_argument("--version", action="version", version=f"clade {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser(
        "run",
        help="make a map and a taxonomy of a file and export them, with no questions asked",
        description="Read INPUT, embed, cluster and name its texts, and write every export "
        "file into the output folder. The project is kept, so it can be opened in the app.",
    )
    command.add_argument("input", type=Path, metavar="INPUT", help="CSV, TSV, XLSX, JSON, …")
    command.add_argument("--text-column", help="column that holds the texts (default: guessed)")
    command.add_argument("--id-column", help="column that names the rows (default: row numbers)")
    command.add_argument("--output", type=Path, required=True, help="folder for the export")
    command.add_argument("--seed", type=int, default=0, help="random seed (default: 0)")
    command.add_argument(
        "--sample",
        type=int,
        metavar="TEXTS",
        help="take so many of the texts, drawn by chance; the others are kept, to be added in "
        "the app (default: all)",
    )
    command = commands.add_parser(
        "export",
        help="write every export file of a project that Clade keeps",
        description="Write the files of the Export page into the output folder, as the project "
        "stands now.",
    )
    command.add_argument("project", metavar="PROJECT", help="the project's name or its id")
    command.add_argument("--output", type=Path, required=True, help="folder for the export")
    command = commands.add_parser(
        "classify",
        help="put the texts of a file into the topics of a project that Clade keeps",
        description="Read INPUT and write its rows with their topics. Texts that the project "
        "holds already return what its map shows. The project itself does not change.",
    )
    command.add_argument("input", type=Path, metavar="INPUT", help="CSV, TSV, XLSX, JSON, …")
    command.add_argument("--project", required=True, help="the project's name or its id")
    command.add_argument("--output", type=Path, required=True, help="a .csv or .parquet file")
    command.add_argument("--text-column", help="column that holds the texts (default: guessed)")
    command.add_argument("--id-column", help="column that names the rows (default: row numbers)")
    command.add_argument(
        "--classifier",
        choices=("logistic", "nearest", "encoder"),
        default="logistic",
        help="what decides (default: logistic); an encoder is trained on the Classify page",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
