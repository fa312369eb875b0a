"""What the report says in sentences: how far it can be trusted, what it cost, how it was made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import core
from core.adapters.assets import report_template
from core.domain.judging import NANO
from core.domain.judgments import Judgment, Source
from core.project.drawing import describe
from core.project.judging import budget_of, usage
from core.project.mapping import Current
from core.project.people import agreements
from core.project.reliability import measured
from core.project.trust import left_wrong
from core.project.workspace import Workspace
from core.steps.charts import DARK_PALETTE, LIGHT_PALETTE
from core.steps.export import Front
from core.steps.taxonomy import leaves

_GIVEN: Mapping[Source, str] = {
    "human": "by people one at a time",
    "bulk": "by people in bulk",
    "llm": "by a language model",
    "rule": "by a rule",
}


def front(
    workspace: Workspace,
    here: Current,
    judgments: tuple[Judgment, ...],
    caveats: tuple[str, ...],
) -> Front:
    """Return the sentences of a project's report."""
    return Front(
        template=report_template(),
        light=LIGHT_PALETTE,
        dark=DARK_PALETTE,
        agreement=_agreement(workspace, here.project.id, judgments),
        spend=_spend(workspace, here.project.id),
        caveats=(*caveats, *_standing_caveats(here)),
        made=_made(workspace, here),
    )


def _agreement(
    workspace: Workspace, project_id: str, judgments: tuple[Judgment, ...]
) -> tuple[str, ...]:
    if not judgments:
        return ("No question was answered: the topics are what the texts' likeness alone gives.",)
    by = Counter(judgment.source for judgment in judgments)
    parts = [f"{by[source]:,} {words}" for source, words in _GIVEN.items() if by[source]]
    told = [f"{len(judgments):,} answers were given: {', '.join(parts)}."]
    told += [f"{one.model}: {one.told}" for one in measured(workspace, project_id)]
    left = left_wrong(workspace, project_id)
    told += [left.told] if left else []
    told += [one.told for one in agreements(workspace, project_id)]
    if len(told) == 1:
        told.append(
            "Nothing was answered by two people, or by a person who had not seen the model's "
            "answer, so how often the answers are right was not measured."
        )
    return tuple(told)


def _spend(workspace: Workspace, project_id: str) -> str:
    used = [one for one in usage(workspace, project_id) if one.calls or one.cached]
    if not used:
        return "Nothing: no language model was used, and no text left the computer."
    spent = budget_of(workspace, project_id).spent / NANO
    calls, cached = sum(one.calls for one in used), sum(one.cached for one in used)
    models = ", ".join(sorted(one.model for one in used))
    return (
        f"${spent:,.2f} for {calls:,} calls of {models}; {cached:,} answers came from what was "
        "asked before."
    )


def _standing_caveats(here: Current) -> tuple[str, ...]:
    ends = [topic for topic in leaves(here.taxonomy) if not topic.archived]
    unnamed = sum(topic.named_by != "human" for topic in ends)
    found = [
        "The map squeezes hundreds of dimensions into two: what lies close is alike, but distances "
        "between far groups mean little.",
    ]
    if unnamed:
        found.insert(
            0,
            f"{unnamed:,} of {len(ends):,} topics carry a name that no person gave; read the "
            "texts below before you rely on it.",
        )
    return tuple(found)


def _made(workspace: Workspace, here: Current) -> tuple[tuple[str, str], ...]:
    space = workspace.store.maps.space(here.map.space).space
    learned = ", retrained on the answers" if space.parent else ""
    return (
        ("Program", f"Clade {core.__version__}"),
        ("Texts", f"{here.project.source} (SHA-256 {here.project.source_hash[:16]}…)"),
        ("Embedder", f"{space.encoder}{learned} (revision {space.revision[:12]})"),
        ("Clusters", describe(here.map.spec)),
        ("Answers", "spread over all texts" if here.map.prior_key else "not spread over the texts"),
        ("Seed", str(here.project.seed)),
        ("Taxonomy", f"version {here.taxonomy.version}, round {here.map.round}"),
    )
