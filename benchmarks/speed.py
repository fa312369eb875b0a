"""How fast the map comes, beside the same done plainly, and how time and memory grow.

    python -m benchmarks.speed [--bertopic FOLDER]

CLINC150, the bundled embedder, one pass a row, each part in a process of its own on the same
cores one after the other: read the ratios, for the seconds are those of one machine. The two
ways to embed take turns in one process. CPU seconds are those of the part's process.

Upload to map: from the bytes of a CSV to a clustered, laid out, named map on disk, beside
BERTopic's default pipeline on the same embedder, which draws no map. BERTopic is no part of
Clade: FOLDER holds an installation of it. Without one its pipeline is written out plainly
(UMAP to 5-D, HDBSCAN, c-TF-IDF). Gold labels reach the score alone. Growth: CLINC150's
vectors repeated with noise. Adding: 1,000 texts of Bank77 by a worker that starts for it,
then 1,000 more by the same worker, which is at hand.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.report import DATA, Silent, keep

if TYPE_CHECKING:
    from core.project.workspace import Workspace

CLINC = DATA / "clinc150_all.csv"
TURNS = 5
ADDED = 1000
GROWTH = (5_000, 25_000, 100_000)


def texts() -> tuple[list[str], list[str]]:
    """Return CLINC150's distinct texts and their intents."""
    rows = pd.read_csv(CLINC, dtype=str).drop_duplicates("text")
    return rows["text"].tolist(), rows["label"].tolist()


def row(what: str, way: str, count: int, seconds: float, **more: Any) -> dict[str, Any]:
    used = resource.getrusage(resource.RUSAGE_SELF)
    peak = used.ru_maxrss / 1024
    given = {"times_control": None, "nmi": None, "acc": None, "unassigned": None, "note": ""}
    first = {"what": what, "way": way, "texts": count, "seconds": seconds}
    measured = {"cpu_seconds": used.ru_utime + used.ru_stime, "peak_mb": peak}
    return {**first, **measured, **given, **more}


def embedding(_: Path) -> list[dict[str, Any]]:
    from core.adapters.encoders import load_bundled

    bodies, encoder = texts()[0], load_bundled()

    def plain(some: list[str]) -> NDArray[np.float32]:
        found: NDArray[np.float32] = encoder.model.encode(
            some, normalize_embeddings=True, show_progress_bar=False
        )
        return found

    ways: dict[str, Callable[[list[str]], NDArray[np.float32]]] = {
        "SentenceTransformer.encode, defaults": plain,
        "Clade": encoder.encode,
    }
    for way in ways.values():
        way(bodies[:200])  # the first pass allocates
    seconds, vectors = (
        dict.fromkeys(ways, 0.0),
        {name: list[NDArray[np.float32]]() for name in ways},
    )
    # They take turns, a fifth of the texts each, so that a busy moment slows both.
    for turn in range(TURNS):
        for name, way in ways.items():
            started = time.perf_counter()
            vectors[name].append(way(bodies[turn::TURNS]))
            seconds[name] += time.perf_counter() - started
    slow, fast = seconds.values()
    theirs, ours = (np.concatenate(found) for found in vectors.values())
    lowest = f"lowest cosine {float((ours * theirs).sum(axis=1).min()):.4f}"
    first, second = ways
    return [
        row("embedding", first, len(bodies), slow, times_control=1.0),
        row("embedding", second, len(bodies), fast, times_control=fast / slow, note=lowest),
    ]


def upload(home: Path) -> list[dict[str, Any]]:
    from core.domain.settings import Settings
    from core.project.arrays import load_clustering
    from core.project.intake import bring, load_corpus
    from core.project.mapping import current, make_map
    from core.project.workspace import open_workspace

    data = CLINC.read_bytes()
    started = time.perf_counter()
    workspace = open_workspace(Settings(home=home))
    project = bring(workspace, CLINC.name, data)
    make_map(workspace, project.id, {}, Silent())
    seconds = time.perf_counter() - started
    here = current(workspace, project.id)
    corpus = load_corpus(workspace, here.project)
    gold = dict(zip(*texts(), strict=True))
    labels = load_clustering(workspace, here.map).labels.tolist()
    found = scores(labels, [gold[text.body] for text in corpus.texts])
    return [row("upload to map", "Clade", len(labels), seconds, **found)]


def scores(labels: list[int], gold: list[str]) -> dict[str, Any]:
    from core.steps.metrics import accuracy, nmi

    loose = labels.count(-1) / len(labels)
    found = {"nmi": 100 * nmi(labels, gold), "acc": 100 * accuracy(labels, gold)}
    return {**found, "unassigned": 100 * loose, "note": f"{len(set(labels) - {-1})} groups"}


def topics(folder: Path) -> list[dict[str, Any]]:
    if str(folder) != ".":
        sys.path.append(str(folder))
    try:
        from bertopic import BERTopic  # type: ignore[import-not-found]
    except ImportError:
        BERTopic = None  # noqa: N806
    from core.adapters.encoders import load_bundled

    bodies, gold = texts()
    started = time.perf_counter()
    model = load_bundled().model
    if BERTopic:
        labels, _ = BERTopic(embedding_model=model).fit_transform(bodies)
        way = "BERTopic, defaults (no drawn map)"
    else:
        labels, way = plain_topics(model, bodies), "BERTopic's pipeline, written plainly"
    seconds = time.perf_counter() - started
    found = scores([int(label) for label in labels], gold)
    return [row("upload to map", way, len(bodies), seconds, times_control=1.0, **found)]


def plain_topics(model: Any, bodies: list[str]) -> list[int]:
    from hdbscan import HDBSCAN
    from umap import UMAP

    from core.steps.taxonomy.keywords import keywords

    vectors = model.encode(bodies, show_progress_bar=False)
    shape = {"n_neighbors": 15, "n_components": 5, "min_dist": 0.0, "metric": "cosine"}
    reduced = UMAP(**shape).fit_transform(vectors)
    labels: list[int] = HDBSCAN(min_cluster_size=10).fit_predict(reduced).tolist()
    found: dict[str, list[str]] = {}
    for label, body in zip(labels, bodies, strict=True):
        found.setdefault(str(label), []).append(body)
    keywords(found)
    return labels


def adding(home: Path) -> list[dict[str, Any]]:
    from core.domain.settings import Settings
    from core.jobs import standby
    from core.project.workspace import open_workspace

    workspace = open_workspace(Settings(home=home))
    lines = pd.read_csv(DATA / "bank77_test.csv", dtype=str)["text"].drop_duplicates()
    found = [
        added(workspace, way, lines[start : start + ADDED])
        for way, start in (("Clade, nothing loaded", 0), ("Clade, a worker at hand", ADDED))
    ]
    standby.dismiss(home)
    return found


def added(workspace: Workspace, way: str, lines: pd.Series[str]) -> dict[str, Any]:
    """Add texts as the app does, in a worker process; seconds from the file's bytes to the map."""
    from core.project import adding as more
    from core.project.arrays import load_layout
    from core.project.intake import all_projects
    from core.project.mapping import current
    from core.project.use_cases import watch_job

    (project,) = all_projects(workspace)
    layout = load_layout(workspace, current(workspace, project.id).map)
    data = lines.to_frame().to_csv(index=False).encode()
    started = time.perf_counter()
    ready = more.prepare(workspace, project, more.read_more(workspace, "more.csv", data))
    job = more.begin(workspace, project, ready)
    assert job is not None
    while not job.status.over:
        time.sleep(0.1)
        job = watch_job(workspace, job.id)
    seconds = time.perf_counter() - started
    after = load_layout(workspace, current(workspace, project.id).map)
    old = np.isin(after.text_ids, layout.text_ids)
    still = bool(np.array_equal(after.xy[old], layout.xy))
    loose = (job.result or {})["unassigned"]
    note = f"old points {'did not move' if still else 'MOVED'}; {loose} in no topic"
    return row("adding 1,000 texts", way, ready.texts, seconds, note=note)


def precision(home: Path) -> list[dict[str, Any]]:
    from core.domain.settings import Settings
    from core.project.comparing import WAYS, compare
    from core.project.intake import all_projects
    from core.project.workspace import open_workspace

    workspace = open_workspace(Settings(home=home))
    (project,) = all_projects(workspace)
    started = time.perf_counter()
    done = compare(workspace, project.id, {"ways": ["seed", "int8", "uint8"]}, Silent())
    seconds = time.perf_counter() - started
    return [
        row(
            "clusters beside float32",
            WAYS[one["way"]],
            22_500,
            seconds / 3,
            note=f"ARI {one['ari']:.3f}, NMI {one['nmi']:.3f}, {one['groups']} groups",
        )
        for one in done["found"][1:]
    ]


def grown(folder: Path) -> list[dict[str, Any]]:
    from core.domain.clusterings import ClusterSpec
    from core.domain.ids import content_id
    from core.domain.spaces import Embedding
    from core.steps.clustering import cluster, take_in
    from core.steps.grouping import lay_ground
    from core.steps.neighbours import find_neighbours
    from core.steps.projection import project

    vectors, count = np.load(folder / "vectors.npy"), int((folder / "count").read_text())
    chance = np.random.default_rng(0)
    rows = chance.integers(len(vectors), size=count)
    noise = 0.02 * chance.normal(size=(count, vectors.shape[1]))
    found = (vectors[rows] + noise).astype(np.float32)
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    del noise
    ids = tuple(sorted(content_id(str(number)) for number in range(count)))
    embedding = Embedding("grown", ids, found)
    started = time.perf_counter()
    near = find_neighbours(embedding, seed=0)
    at = time.perf_counter() - started
    layout = project(embedding, near, seed=0)
    dense = cluster(embedding, layout, ClusterSpec())
    lay_ground(embedding, take_in(dense, near), near, blocks=400)
    seconds = time.perf_counter() - started
    return [row("growth", "Clade, vectors given", count, seconds, note=f"neighbours {at:.0f} s")]


PARTS: dict[str, Callable[[Path], list[dict[str, Any]]]] = {
    "embedding": embedding,
    "upload": upload,
    "topics": topics,
    "adding": adding,
    "precision": precision,
    "growth": grown,
}


def alone(part: str, folder: Path) -> list[dict[str, Any]]:
    """Run a part in a process of its own and return its rows."""
    command = [sys.executable, "-m", "benchmarks.speed", "--part", part, "--folder", str(folder)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    rows: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return rows


def related(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows with the times of the control filled in."""
    by = {(one["what"], one["way"]): one for one in rows}
    ours = by.get(("upload to map", "Clade"))
    control = next((o for o in rows if o["what"] == "upload to map" and o["way"] != "Clade"), None)
    if ours and control:
        ours["times_control"] = ours["seconds"] / control["seconds"]
    for more in (one for one in rows if ours and one["what"] == "adding 1,000 texts"):
        more["times_control"] = more["seconds"] / ours["seconds"]
    return rows


def main(bertopic: Path) -> None:
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        for part in ("embedding", "upload", "topics", "precision", "adding"):
            rows += alone(part, bertopic if part == "topics" else home)
            keep("speed", related(rows))
        from core.adapters.encoders import load_bundled

        scratch = Path(folder)
        np.save(scratch / "vectors.npy", load_bundled().encode(texts()[0]))
        for count in GROWTH:
            (scratch / "count").write_text(str(count))
            rows += alone("growth", scratch)
            keep("speed", related(rows))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--bertopic", type=Path, default=Path())
    parser.add_argument("--part", choices=PARTS)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    if given.part:
        print(json.dumps(PARTS[given.part](given.folder)))
    else:
        main(given.bertopic)
