"""The command line as a process: what it writes, what it says, how it ends."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from core.__main__ import main
from core.domain.settings import Settings
from core.project.intake import all_projects
from core.project.workspace import Workspace, open_workspace
from tests.conftest import Bring

ROOT = Path(__file__).resolve().parents[1]


def clade(home: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "core", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "CLADE_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=240,
    )


@pytest.fixture
def source(tmp_path: Path, bank: pd.DataFrame) -> Path:
    path = tmp_path / "texts.csv"
    bank.iloc[:60].to_csv(path, index=False)
    return path


def told(errors: str) -> str:
    """Return the one line that an error is told in."""
    (line,) = errors.splitlines()
    assert line.startswith("clade: ")
    return line


@pytest.mark.slow
def test_a_run_writes_every_file_and_tells_its_progress(tmp_path: Path, source: Path) -> None:
    home, output = tmp_path / "home", tmp_path / "new" / "output"

    ran = clade(home, "run", source, "--output", output, "--seed", "5")

    assert ran.returncode == 0, ran.stderr
    paths = [path for path in output.rglob("*") if path.is_file()]
    names = {str(path.relative_to(output)) for path in paths}
    assert {"assignments.csv", "taxonomy.json", "manifest.json", "texts-taxonomy.zip"} <= names
    assert f"{len(names)} files in {output}" in ran.stdout
    assert len(pd.read_csv(output / "assignments.csv")) == 60
    with zipfile.ZipFile(output / "texts-taxonomy.zip") as archive:
        assert set(archive.namelist()) == names - {"texts-taxonomy.zip"}
    assert "Embedding" in ran.stderr and "100%" in ran.stderr
    assert "Traceback" not in ran.stderr
    (project,) = all_projects(open_workspace(Settings(home=home)))
    assert (project.name, project.seed, project.head) == ("texts", 5, 1)

    again = clade(home, "export", "texts", "--output", tmp_path / "again")
    assert again.returncode == 0, again.stderr
    assert again.stdout == f"'texts': {len(names)} files in {tmp_path / 'again'}\n"
    for name in names:
        assert (tmp_path / "again" / name).read_bytes() == (output / name).read_bytes(), name


def test_an_export_of_no_project_is_told_with_those_there_are(
    mapped: tuple[Workspace, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    workspace, project_id = mapped
    monkeypatch.setenv("CLADE_HOME", str(workspace.settings.home))
    output = ["--output", str(tmp_path / "out")]

    assert main(["export", "Tests", *output]) == 1
    assert "'Texts'" in told(capsys.readouterr().err)
    assert not (tmp_path / "out").exists()

    assert main(["export", project_id, *output]) == 0
    assert (tmp_path / "out" / "report.html").exists()
    assert "have not been marked as reviewed" in capsys.readouterr().err


def test_new_texts_are_classified_into_a_file(
    mapped: tuple[Workspace, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("CLADE_HOME", str(mapped[0].settings.home))
    source = tmp_path / "new.csv"
    source.write_text(
        "text,owner\nplease tell me how to activate my new card,=ann\nzebra,bob\n", "utf-8"
    )
    start = ["classify", str(source), "--project", "Texts"]

    for refused, word in (
        (["--output", str(tmp_path / "o.xlsx")], "o.xlsx"),
        (["--output", str(tmp_path / "o.csv"), "--text-column", "body"], "'body'"),
        (["--output", str(tmp_path / "o.csv"), "--classifier", "encoder"], "Train it"),
    ):
        assert main([*start, *refused]) == 1
        errors = capsys.readouterr().err
        assert word in errors and "Traceback" not in errors
    assert not list(tmp_path.glob("o.*"))

    for name in ("o.csv", "o.parquet"):
        assert main([*start, "--output", str(tmp_path / name)]) == 0
        assert "2 distinct texts" in capsys.readouterr().out
    written = pd.read_csv(tmp_path / "o.csv", encoding="utf-8-sig")
    assert list(written["owner"]) == ["'=ann", "bob"]
    assert not written["tc_fits"][1]
    assert isinstance(written["tc_path"][0], str)
    assert list(pd.read_parquet(tmp_path / "o.parquet")["owner"]) == ["=ann", "bob"]


def test_two_projects_of_one_name_are_told_apart_by_their_ids(
    workspace: Workspace,
    bring: Bring,
    bank: pd.DataFrame,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    ids = [bring(workspace, bank.head(20 + more)).id for more in range(2)]
    monkeypatch.setenv("CLADE_HOME", str(workspace.settings.home))

    assert main(["export", "Texts", "--output", str(tmp_path / "out")]) == 1

    line = told(capsys.readouterr().err)
    assert all(project_id in line for project_id in ids)


def test_a_missing_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    ran = clade(tmp_path / "home", "run", tmp_path / "gone.csv", "--output", tmp_path / "out")

    assert ran.returncode == 1
    assert "gone.csv" in told(ran.stderr)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("option", ["--text-column", "--id-column"])
def test_a_wrong_column_is_told_with_those_there_are(
    tmp_path: Path, source: Path, option: str
) -> None:
    ran = clade(tmp_path / "home", "run", source, option, "body", "--output", tmp_path / "out")

    assert ran.returncode == 1
    assert "'body'" in told(ran.stderr)
    assert "text, label" in told(ran.stderr)


@pytest.mark.parametrize("content", [b"", b"text,label\r\n", b"a,b\r\n1,2\r\n"])
def test_a_file_without_texts_is_told_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    source = tmp_path / "empty.csv"
    source.write_bytes(content)

    ran = clade(tmp_path / "home", "run", source, "--output", tmp_path / "out")

    assert ran.returncode == 1
    assert "empty.csv" in told(ran.stderr)
    assert not list((tmp_path / "out").glob("*"))


@pytest.mark.parametrize(
    ("variable", "value", "options", "words"),
    [
        ("CLADE_SEED", "0", ["--id-column", "label"], "row"),
        ("CLADE_SEED", "0", ["--output", "texts.csv"], "--output"),
        ("CLADE_HOME", "texts.csv", [], "CLADE_HOME"),
        ("CLADE_MAX_ROWS", "many", [], "CLADE_MAX_ROWS"),
        ("CLADE_MAX_ROWS", "59", [], "59"),
    ],
)
def test_what_cannot_be_used_is_told_in_a_sentence(
    tmp_path: Path,
    source: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    variable: str,
    value: str,
    options: list[str],
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CLADE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv(variable, value)

    assert main(["run", source.name, "--output", "out", *options]) == 1

    assert words in told(capsys.readouterr().err)


@pytest.mark.parametrize(
    "arguments", [[], ["run"], ["run", "a.csv"], ["export"], ["export", "a"], ["walk"]]
)
def test_a_wrong_use_is_told_with_the_usage(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == 2
    assert "usage: python -m core" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [("--help",), ("run", "--help"), ("--version",)])
def test_help_answers_at_once(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    began = time.monotonic()
    ran = clade(tmp_path / "home", *arguments)

    assert ran.returncode == 0
    assert ran.stdout
    assert time.monotonic() - began < 2.0
    assert not (tmp_path / "home").exists()


def test_help_loads_no_torch() -> None:
    code = (
        "import sys\n"
        "from core.__main__ import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: print('LOADED', 'torch' in sys.modules, 'pandas' in sys.modules)"
    )

    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)

    assert ran.stdout.splitlines()[-1] == "LOADED False False"


@pytest.mark.slow
def test_a_sample_is_taken_where_it_is_asked_for_and_advised_where_it_is_not(
    tmp_path: Path,
    source: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CLADE_HOME", str(tmp_path / "home"))
    start = ["run", str(source), "--output", str(tmp_path / "out")]

    assert main([*start, "--sample", "40"]) == 0
    assert "note: 20 rows wait outside the sample" in capsys.readouterr().err
    assert len(pd.read_csv(tmp_path / "out" / "assignments.csv")) == 40
    assert main([*start, "--sample", "0"]) == 1
    assert "one text at least" in told(capsys.readouterr().err)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("core.project.running.make_map", stop)
    assert main(start) == 130
    assert "--sample" not in capsys.readouterr().err
    monkeypatch.setattr("core.project.sampling.memory", lambda: 1_000_000_000)
    assert main(start) == 130
    assert "clade: note: 60 texts take about" in capsys.readouterr().err
