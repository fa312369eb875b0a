"""Setting the two spaces side by side, and keeping the new one with what it learned from."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import numpy as np

from core.domain.clusterings import Clustering
from core.domain.proposals import Comparison, Proposal
from core.domain.spaces import Embedding, Lesson, Origin
from core.project.arrays import load_clustering, load_embedding
from core.project.drawing import Drawn
from core.project.mapping import Current
from core.project.retraining.learning import Trained
from core.project.retraining.material import Halves
from core.project.spread import said
from core.project.workspace import Workspace
from core.steps.clustering import movers
from core.steps.metrics import ari, nmi, silhouette
from core.steps.training import mark


def propose(
    workspace: Workspace, here: Current, drawn: Drawn, halves: Halves, trained: Trained
) -> Proposal:
    """Keep the new space, its map and the proposal, which is returned."""
    before = (load_embedding(workspace, here.map), load_clustering(workspace, here.map))
    after = (drawn.embedding, drawn.clustering)
    found = compare(before, after, halves, seed=here.project.seed)
    proposal = Proposal(
        id=uuid4().hex,
        project=here.project.id,
        old_map=here.map.id,
        new_map=drawn.map.id,
        before=found.before.all,
        after=found.after.all,
        trained_on=halves.taught,
        moved=int((before[1].labels != after[1].labels).sum()),
        seconds=trained.seconds,
        lineage=drawn.lineage,
        status="open",
        at=datetime.now(UTC),
        comparison=found,
    )
    lesson = Lesson(said(halves.learned), _facts(here, halves, trained, found))
    model_key = workspace.files.put_folder(trained.encoder.save)
    workspace.store.maps.add_space(Origin(trained.encoder.space, model_key, lesson=lesson))
    workspace.store.maps.propose(drawn.map, proposal)
    return proposal


def compare(
    before: tuple[Embedding, Clustering],
    after: tuple[Embedding, Clustering],
    halves: Halves,
    *,
    seed: int,
) -> Comparison:
    """Compare two spaces over the same texts, their cluster ids matched."""
    old, new = (mark(space, halves.held_out, halves.train) for space, _ in (before, after))
    asked = {one.question.id: one.question.texts for one in halves.learned}
    return Comparison(
        before=old.scores,
        after=new.scores,
        gained=int(np.sum(new.all & ~old.all)),
        lost=int(np.sum(old.all & ~new.all)),
        silhouettes=(silhouette(*before, seed=seed), silhouette(*after, seed=seed)),
        ari=ari(before[1].labels, after[1].labels),
        nmi=nmi(before[1].labels, after[1].labels),
        movers=movers(before, after, asked),
    )


def _facts(here: Current, halves: Halves, trained: Trained, found: Comparison) -> dict[str, Any]:
    """Return what a model card tells, as JSON values."""
    sources = Counter(one.source for one in halves.learned)
    return {
        "project": here.project.name,
        "source": here.project.source,
        "source_sha256": here.project.source_hash,
        "seed": here.project.seed,
        "answers": dict(sorted(sources.items())),
        "constraints": halves.taught,
        "held_out": len(halves.held_out),
        "training": trained.settings,
        "seconds": round(trained.seconds, 1),
        "losses": [round(loss, 5) for loss in (*trained.losses[:1], *trained.losses[1:][-1:])],
        "before": asdict(found.before),
        "after": asdict(found.after),
        "silhouettes": list(found.silhouettes),
    }
