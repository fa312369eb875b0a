"""What was written, what becomes of it, and what a training learns from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from core.domain.generated import CuratedSentence, Generation, Ruling
from core.domain.training import TrainingExamples
from core.project.workspace import Workspace
from core.steps.curation import curate, generated_examples


@dataclass(frozen=True, slots=True)
class Shelf:
    """The sentences of the newest generation with what becomes of them, and how many
    texts of it the embedder can learn from: those with a kept positive and negative."""

    generation: Generation
    sentences: tuple[CuratedSentence, ...]
    taught: int

    @property
    def told(self) -> str:
        """Return in words what there is."""
        kept = sum(one.kept for one in self.sentences)
        # Models that run elsewhere give no logits to contrast.
        local = self.generation.model.startswith(("bundled/", "transformers/"))
        how = f", with ω {self.generation.spec.omega:g}" if local else ""
        dropped = len(self.sentences) - kept
        return (
            f"{len(self.sentences):,} sentences by {self.generation.model}{how}: {kept:,} kept, "
            f"{dropped:,} dropped. {self.taught:,} texts have both a kept positive and a kept "
            "negative; the embedder learns from these."
        )


def shelf(workspace: Workspace, project_id: str, bodies: Mapping[str, str]) -> Shelf | None:
    """Return what was written last; None where nothing was. `bodies` by text id."""
    newest = workspace.store.generations.newest(project_id)
    if newest is None:
        return None
    curated = curate(
        workspace.store.generations.sentences(newest),
        bodies,
        workspace.store.generations.rulings(project_id),
    )
    return Shelf(newest, curated, len(generated_examples(curated, bodies)))


def rule(
    workspace: Workspace, project_id: str, one: CuratedSentence, *, keep: bool, annotator: str
) -> None:
    """Keep or veto a sentence, on a person's word; what the scores said is no ruling."""
    decided: Ruling | None = "restored" if keep else "vetoed"
    if keep is one.passed:
        decided = None
    workspace.store.generations.rule(
        project_id, one.sentence.id, decided, annotator=annotator, at=datetime.now(UTC)
    )


def lesson(
    workspace: Workspace,
    project_id: str,
    bodies: Mapping[str, str],
    *,
    without: Collection[str] = (),
) -> TrainingExamples:
    """Return what the kept sentences teach, for `fine_tune`: nothing where there are none.

    `without` are the texts of held-out answers: a training may not see them, not even in
    other words.
    """
    found = shelf(workspace, project_id, bodies)
    if found is None:
        return TrainingExamples((), ())
    return generated_examples(found.sentences, bodies, without=without)
