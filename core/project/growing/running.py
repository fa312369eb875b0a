"""Growing the tree again as a job: what comes is an offer, and the tree stays as it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pydantic import SecretStr

from core.domain.growing import GrowthSpec
from core.domain.jobs import Job
from core.domain.ports import Progress
from core.project.growing.by_linkage import linked
from core.project.growing.by_model import asked
from core.project.growing.ground import ground_of
from core.project.intake import load_corpus
from core.project.judging.plan import allowed, begin, in_worker, settings_of
from core.project.mapping import current
from core.project.workspace import Workspace

KIND = "grow"


def start(
    workspace: Workspace, project_id: str, spec: GrowthSpec, key: SecretStr | None = None
) -> Job:
    """Start growing in a process of its own.

    Raises TooFewError where there is nothing to group, InputError where a language model
    is asked for and none is set up, NothingLeaves, BusyError while another job is live.
    """
    ground_of(workspace, current(workspace, project_id), spec)
    if spec.by == "llm":
        allowed(workspace, project_id, settings_of(workspace, project_id))
        begin(workspace, project_id)
    return in_worker(workspace, project_id, KIND, {"spec": json.dumps(asdict(spec))}, key)


def grow_tree(
    workspace: Workspace, project_id: str, params: Mapping[str, Any], progress: Progress
) -> Mapping[str, Any]:
    """The use case of the worker: return a new tree over the leaves that may move.

    `params["spec"]` is a GrowthSpec. Nothing of the taxonomy is changed. Raises
    TooFewError, InputError, and with a language model what asking one raises.
    """
    progress.report(0.0, "Reading the topics")
    spec = GrowthSpec(**json.loads(params["spec"]))
    here = current(workspace, project_id)
    ground = ground_of(workspace, here, spec)
    judgments = workspace.store.reviews.judgments(project_id) if spec.by == "linkage" else ()
    if spec.by == "llm":
        parents, alone = asked(workspace, project_id, ground, progress)
    else:
        bodies = {text.id: text.body for text in load_corpus(workspace, here.project).texts}
        parents, alone = linked(workspace, here, ground, spec, judgments, bodies, progress)
    return {
        "by": spec.by,
        "model": next((parent.model for parent in parents), ""),
        "parents": [asdict(parent) for parent in parents],
        "alone": list(alone),
        "answers": len(judgments),
        "keep": spec.keep,
    }
