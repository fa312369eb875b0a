"""The arrows between the rooms, read off the imports of every file."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
OURS = ("core", "pages")
FILES = sorted(
    path.relative_to(ROOT)
    for path in (*(ROOT / "core").rglob("*.py"), *(ROOT / "pages").rglob("*.py"), ROOT / "app.py")
)
HEAVY = (
    *("torch", "transformers", "sentence_transformers", "umap", "hdbscan", "sklearn"),
    *("langchain", "langchain_core", "openai", "anthropic"),
)
# What a pure function has no use for: disk, network, clock, chance without a seed.
IMPURE = frozenset(
    {"os", "pathlib", "shutil", "tempfile", "socket", "urllib", "http", "requests", "subprocess"}
    | {"time", "random", "secrets", "uuid", "threading", "multiprocessing"}
)


def imports(path: Path) -> set[str]:
    """Return every module a file imports, at its top or inside a function."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            assert node.module is not None
            found.update(
                name if is_module(name := f"{node.module}.{alias.name}") else node.module
                for alias in node.names
            )
    return found


def is_module(name: str) -> bool:
    place = ROOT.joinpath(*name.split("."))
    return place.with_suffix(".py").is_file() or place.is_dir()


def module_of(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def allowed(importer: str, imported: str) -> bool:
    """Whether the design lets module `importer` import module `imported` of ours."""
    if (importer, imported) == ("core.jobs.worker", "core.project.use_cases"):
        return True
    own, other = [*importer.split("."), "", ""], [*imported.split("."), "", ""]
    if own[0] == "app":
        return other[:2] == ["pages", "_ui"]
    if own[0] == "pages":
        return other[:2] in (["pages", "_ui"], ["core", "domain"], ["core", "project"])
    match own[1]:
        case "domain":
            return other[1] == "domain"
        case "steps" | "adapters":
            return other[1] == "domain" or other[1:3] == own[1:3]
        case "jobs":
            return other[1] in ("domain", "jobs")
        case "__main__":
            return other[1] in ("", "domain", "project")
        case "project":
            return other[1] in ("", "domain", "steps", "adapters", "jobs", "project")
    return False


@pytest.mark.parametrize("path", FILES, ids=str)
def test_a_file_imports_along_the_arrows_only(path: Path) -> None:
    importer = module_of(path)
    ours = {name for name in imports(path) if name.split(".")[0] in OURS}

    assert {name for name in ours if not allowed(importer, name)} == set()


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("core.domain.ids", "core.steps.texts"),
        ("core.steps.training", "core.steps.metrics"),
        ("core.steps.charts.scatter", "core.adapters.files"),
        ("core.adapters.files", "core.project.workspace"),
        ("core.adapters.tables.kinds", "core.adapters.store"),
        ("core.jobs.queue", "core.project.use_cases"),
        ("core.jobs.worker", "core.project.mapping"),
        ("core.project.review", "pages._ui"),
        ("core.__main__", "core.adapters.store"),
        ("pages.map", "core.steps.charts"),
        ("pages.map", "pages.review"),
        ("app", "core.project.mapping"),
    ],
)
def test_an_arrow_against_the_design_is_seen(importer: str, imported: str) -> None:
    assert not allowed(importer, imported)


def test_every_room_is_read() -> None:
    rooms = {path.parts[1] for path in FILES if path.parts[0] == "core" and len(path.parts) > 2}

    assert rooms == {"domain", "steps", "adapters", "jobs", "project"}


@pytest.mark.parametrize("path", [p for p in FILES if p.parts[0] == "core"], ids=str)
def test_the_core_never_imports_streamlit(path: Path) -> None:
    assert not {name for name in imports(path) if name.split(".")[0] == "streamlit"}


@pytest.mark.parametrize("path", [p for p in FILES if p.parts[:2] == ("core", "steps")], ids=str)
def test_a_step_touches_no_disk_network_clock_or_chance(path: Path) -> None:
    assert not {name for name in imports(path) if name.split(".")[0] in IMPURE}


def test_the_app_process_starts_without_the_heavy_libraries() -> None:
    modules = sorted(
        {name for path in FILES if path.parts[0] in ("app.py", "pages") for name in imports(path)}
        | {module_of(path) for path in FILES if path.parts[:2] == ("core", "project")}
    )
    code = (
        "import importlib, sys\n"
        f"for name in {modules!r}: importlib.import_module(name)\n"
        f"print(*(name for name in {HEAVY!r} if name in sys.modules))"
    )

    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120
    )

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == []
